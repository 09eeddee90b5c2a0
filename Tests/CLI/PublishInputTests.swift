import Glibc
import MQTTPackets
import NIOCore
import Support
import Testing

@testable import CLI

/// The sources of payloads, on real descriptors.
@Suite(.ownThread)
final class PublishInputTests: Sendable {
  private struct Seen {
    var payloads: [String] = []
    var failure: InputFailure?
    var isOver = false
  }

  private let loop = RunningLoop()
  private let seen = Monitor(Seen())
  private let input = Monitor<NIOLoopBound<LineInput>?>(nil)

  // MARK: - Lines

  @Test(arguments: [
    ("", [String]()), ("a\nb\n", ["a", "b"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]), ("a\r\n", ["a\r"]),
  ])
  func everyLineIsAPayload(_ text: String, _ lines: [String]) throws {
    let pipe = try TestPipe()
    pipe.write(text)
    pipe.closeWriting()
    let seen = try readLines(of: pipe)
    #expect(seen.payloads == lines)
    #expect(seen.failure == nil)
  }

  @Test func linesComeWhileTheInputGoesOn() throws {
    let pipe = try TestPipe()
    try start(pipe)
    for line in ["one", "two", "three"] {
      pipe.write(line + "\n")
      #expect(seen.wait(until: .after(.seconds(30))) { $0.payloads.last == line ? true : nil } != nil)
    }
    #expect(!seen.withLock { $0.isOver })
    pipe.closeWriting()
    #expect(try end().payloads == ["one", "two", "three"])
  }

  @Test func noLineOfManyIsLost() throws {
    let pipe = try TestPipe()
    let lines = (0..<200_000).map { "line \($0)" }
    try startThread {
      pipe.write(lines.joined(separator: "\n"))
      pipe.closeWriting()
    }
    #expect(try readLines(of: pipe).payloads == lines)
  }

  @Test func aLineThatIsTooLongIsAFailureAfterTheOnesBefore() throws {
    let pipe = try TestPipe()
    pipe.write("ok\n" + String(repeating: "x", count: 11) + "\nnever\n")
    pipe.closeWriting()
    let seen = try readLines(of: pipe, limit: 10)
    #expect(seen.payloads == ["ok"])
    #expect(seen.failure == .lineTooLong(limit: 10, line: 2))
  }

  @Test func aDescriptorThatCannotBeReadIsAFailure() throws {
    let directory = open("/", O_RDONLY | O_CLOEXEC)
    defer { close(directory) }
    try start(directory, limit: 10)
    #expect(try end().failure == .read("input", CLI.SystemError(errno: EISDIR, operation: "read")))
  }

  // MARK: - Repeats

  @Test func theSamePayloadANumberOfTimes() {
    let input = RepeatedInput(ByteBuffer(string: "x"), count: 2, clock: { .distantPast })
    #expect(!input.isAtEnd)
    #expect(input.next(Self.plan)?.payload == ByteBuffer(string: "x"))
    #expect(!input.isAtEnd)
    #expect(input.next(Self.plan)?.payload == ByteBuffer(string: "x"))
    #expect(input.isAtEnd)
    #expect(input.next(Self.plan) == nil)
  }

  // MARK: - Whole files

  @Test(arguments: [0, 1, 4095, 4096, 4097, 300_000])
  func aFileIsOnePayload(_ size: Int) throws {
    let directory = try TemporaryDirectory()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = try directory.write("payload", bytes)
    #expect(try whole(.file(path), limit: 300_000) == .success(ByteBuffer(bytes: bytes)))
  }

  @Test func aNamedPipeIsReadToItsEnd() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    try startThread {
      let descriptor = open(path, O_WRONLY)
      _ = write(descriptor, "one ", 4)
      _ = write(descriptor, "two", 3)
      close(descriptor)
    }
    #expect(try whole(.file(path), limit: 100) == .success(ByteBuffer(string: "one two")))
  }

  @Test(arguments: [(10, true), (9, false)])
  func noMoreThanTheLimitIsTaken(_ limit: Int, _ fits: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("payload", "0123456789")
    let expected: Result<ByteBuffer, InputFailure> =
      fits ? .success(ByteBuffer(string: "0123456789")) : .failure(.tooLarge(path, limit: limit))
    #expect(try whole(.file(path), limit: limit) == expected)
    let endless = InputFailure.tooLarge("/dev/zero", limit: limit)
    #expect(try whole(.file("/dev/zero"), limit: limit) == .failure(endless))
  }

  /// A file that is read while it is sent.
  private final class Sent {
    var input: FileInput?
    var bytes: [UInt8] = []
    var failures = 0
  }

  @Test(arguments: [0, -1, 1]) func aLargeFileIsReadAsItIsSent(_ growth: Int) throws {
    let directory = try TemporaryDirectory()
    let content = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let path = try directory.write("payload", "")
    let descriptor = open(path, O_RDWR)
    #expect(content.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) } == content.count)
    let result = Monitor<(bytes: Int, isEqual: Bool, failure: InputFailure?)?>(nil)
    try loop.on { loop in
      let plan = PublishPlan(
        topic: "t", source: .file(path), qos: .atMostOnce, retain: false, properties: [], payloadLimit: 1)
      let sent = Sent()
      let finish = {
        let count = sent.bytes.count
        let isEqual = sent.bytes.elementsEqual(content.prefix(count))
        result.withLock { $0 = (count, isEqual, sent.input?.failure) }
      }
      let file = FileInput.File(name: path, descriptor: descriptor, length: content.count - growth)
      let input = try FileInput(file, eventLoop: loop) { finish() }
      sent.input = input
      #expect(input.next(plan)?.payload.readableBytes == 0 && input.isAtEnd && input.next(plan) == nil)
      input.onMore = { [unowned input] in
        while let piece = input.next() { sent.bytes += piece.readableBytesView }
        if sent.bytes.count == input.length { finish() }
      }
    }
    let (bytes, isEqual, failure) = try #require(result.wait(until: .after(.seconds(30))) { $0 })
    #expect(bytes == min(content.count, content.count - growth) && isEqual)
    #expect(failure == (growth < 0 ? .cut(path, missing: 1) : nil))
  }

  @Test func onlyLargeFilesAreLeftUnread() throws {
    let directory = try TemporaryDirectory()
    for (size, isLeft) in [(WholeInput.largeFile - 1, false), (WholeInput.largeFile, true)] {
      let path = try directory.write("payload", String(repeating: "x", count: size))
      let found = Monitor<Bool?>(nil)
      try loop.on { loop in
        try WholeInput.open(.file(path), limit: 1 << 24, leavesLarge: true, eventLoop: loop) { result in
          if case .success(.file(let file)) = result { close(file.descriptor) }
          found.withLock { $0 = if case .success(.file) = result { true } else { false } }
        }
      }
      #expect(found.wait(until: .after(.seconds(30))) { $0 } == isLeft)
    }
  }

  @Test func whatCannotBeReadIsAFailure() throws {
    let missing = InputFailure.read("/nowhere/x", CLI.SystemError(errno: ENOENT, operation: "open"))
    #expect(try whole(.file("/nowhere/x"), limit: 10) == .failure(missing))
    let directory = InputFailure.read("/", CLI.SystemError(errno: EISDIR, operation: "read"))
    #expect(try whole(.file("/"), limit: 1 << 20) == .failure(directory))
  }

  private func whole(
    _ source: WholeInput.Source, limit: Int
  ) throws -> Result<ByteBuffer, InputFailure> {
    let result = Monitor<Result<ByteBuffer, InputFailure>?>(nil)
    try loop.on { loop in
      try WholeInput.read(source, limit: limit, eventLoop: loop) { found in
        result.withLock { $0 = found }
      }
    }
    return try #require(result.wait(until: .after(.seconds(30))) { $0 })
  }

  // MARK: - Steps

  private func readLines(of pipe: TestPipe, limit: Int = 1000) throws -> Seen {
    try start(pipe, limit: limit)
    return try end()
  }

  private func start(_ pipe: TestPipe, limit: Int = 1000) throws { try start(pipe.reading, limit: limit) }

  private func start(_ descriptor: CInt, limit: Int) throws {
    let (input, seen) = (input, seen)
    try loop.on { loop in
      let lines = try LineInput("input", descriptor: descriptor, limit: limit, eventLoop: loop) {
        guard let bound = input.withLock({ $0 }) else { return }
        Self.drain(bound.value, into: seen)
      }
      let bound = NIOLoopBound(lines, eventLoop: loop)
      input.withLock { $0 = bound }
    }
  }

  private static var plan: PublishPlan {
    PublishPlan(
      topic: "t", source: .lines, qos: .atMostOnce, retain: false, properties: [], payloadLimit: 1000)
  }

  private static func drain(_ lines: LineInput, into seen: Monitor<Seen>) {
    var payloads: [String] = []
    while let message = lines.next(plan) { payloads.append(String(buffer: message.payload)) }
    let isOver = lines.isAtEnd
    let failure = lines.failure
    seen.withLock { seen in
      seen.payloads += payloads
      seen.isOver = isOver
      seen.failure = failure
    }
  }

  private func end() throws -> Seen {
    try #require(seen.wait(until: .after(.seconds(60))) { $0.isOver ? $0 : nil })
  }
}
