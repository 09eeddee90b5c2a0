import Glibc
import NIOCore
import Presentation
import Support
import Testing

@testable import CLI

/// The writer's thread against real pipes and devices.
@Suite(.ownThread)
final class OutputWriterTests: Sendable {
  private struct Heard {
    var written: [UInt64] = []
    /// Whether each call found the writer drained.
    var drained: [Bool] = []
    var failures: [CInt] = []
  }

  private let loop = RunningLoop()
  private let heard = Monitor(Heard())
  private let current = Monitor<OutputWriter?>(nil)

  @Test func writesEverythingInOrderAndSaysSo() throws {
    let pipe = try TestPipe()
    let writer = try start(pipe.writing)
    try append(writer, "one ", "two ", "three")
    try waitUntilWritten(3)
    #expect(heard.withLock { $0.written } == heard.withLock { $0.written.sorted() })
    #expect(writer.isDrained)
    pipe.closeWriting()
    #expect(pipe.readToEnd() == Array("one two three".utf8))
  }

  /// Each message is appended when the one before was reported: a writer that is not drained then is
  /// never heard of again.
  @Test func isDrainedWhenItReportsItsLastWrite() throws {
    let pipe = try TestPipe()
    try startThread { _ = pipe.readToEnd() }
    let count: UInt64 = 20_000
    let (heard, current) = (heard, current)
    let writer = try start(pipe.writing) { sequence in
      let isDrained = current.withLock { $0?.isDrained } ?? false
      heard.withLock { $0.drained.append(isDrained) }
      guard sequence < count, let writer = current.withLock({ $0 }) else { return }
      var bytes: [UInt8] = [0x61]
      _ = writer.append(&bytes, sequence: sequence + 1)
    }
    current.withLock { $0 = writer }
    try append(writer, "a")
    try waitUntilWritten(count)
    #expect(heard.withLock { $0.drained.allSatisfy(\.self) })
    current.withLock { $0 = nil }
  }

  @Test func losesNoWakeUp() throws {
    let pipe = try TestPipe()
    let read = Monitor<[UInt8]?>(nil)
    try startThread {
      let bytes = pipe.readToEnd()
      read.withLock { $0 = bytes }
    }
    let writer = try start(pipe.writing)
    for part in 0..<1000 {
      try loop.on { _ in
        for index in 0..<100 {
          var bytes = Array("\(part * 100 + index)\n".utf8)
          _ = writer.append(&bytes, sequence: UInt64(part * 100 + index + 1))
        }
      }
    }
    try waitUntilWritten(100_000)
    pipe.closeWriting()
    let bytes = try #require(read.wait(until: .after(.seconds(30))) { $0 })
    #expect(bytes == Array((0..<100_000).map { "\($0)\n" }.joined().utf8))
  }

  @Test func saysWhenToStopAndWhenThereIsRoomAgain() throws {
    let pipe = try TestPipe()
    let writer = try start(pipe.writing)
    let block = [UInt8](repeating: 0x78, count: 64 * 1024)
    let appended = try loop.on { _ in
      var sequence: UInt64 = 0
      while true {
        sequence += 1
        var bytes = block
        // One block is in the pipe, less than the bound may be on its way, and no more than it waits.
        if !writer.append(&bytes, sequence: sequence) { return sequence }
        if sequence > 100 { return sequence }
      }
    }
    let most = UInt64(OutputWriter.bound / block.count)
    #expect((most...2 * most + 1).contains(appended))
    #expect(!writer.isDrained)
    try startThread { _ = pipe.readToEnd() }
    try waitUntilWritten(appended)
    #expect(writer.isDrained)
  }

  @Test func writesTheRestBeforeItCloses() throws {
    let pipe = try TestPipe()
    let writer = try start(pipe.writing)
    let large = [UInt8](repeating: 0x78, count: 500_000)
    try loop.on { _ in
      var bytes = large
      _ = writer.append(&bytes, sequence: 1)
      writer.close()
    }
    let read = Monitor<[UInt8]?>(nil)
    try startThread {
      let bytes = pipe.readToEnd()
      read.withLock { $0 = bytes }
    }
    try waitUntilWritten(1)
    pipe.closeWriting()
    #expect(read.wait(until: .after(.seconds(30))) { $0 }?.count == large.count)
  }

  @Test(arguments: [PayloadCoder.Form.bytes, .hex, .base64])
  func largePayloadsKeepTheirPlace(_ form: PayloadCoder.Form) throws {
    let pipe = try TestPipe()
    let writer = try start(pipe.writing)
    let payload = (0..<500_003).map { UInt8(truncatingIfNeeded: $0 / 3) }
    let large = LargeOutput(payload: ByteBuffer(bytes: payload), coder: PayloadCoder(form), end: [0x0A])
    var expected: [UInt8] = []
    var coder = PayloadCoder(form)
    payload.withUnsafeBytes { coder.append($0, to: &expected) }
    coder.finish(&expected)
    expected = [0x61] + expected + [0x0A] + [0x61] + expected + [0x0A, 0x62]
    try loop.on { _ in
      for sequence in [UInt64(1), 2] {
        var bytes: [UInt8] = [0x61]
        _ = writer.append(&bytes, sequence: sequence - 1)
        writer.append(large, sequence: sequence)
      }
      var bytes: [UInt8] = [0x62]
      _ = writer.append(&bytes, sequence: 3)
    }
    let read = Monitor<[UInt8]?>(nil)
    try startThread {
      let bytes = pipe.readToEnd()
      read.withLock { $0 = bytes }
    }
    try waitUntilWritten(3)
    pipe.closeWriting()
    #expect(read.wait(until: .after(.seconds(30))) { $0 } == expected)
  }

  @Test func aReaderThatWentAwayIsAFailure() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = try TestPipe()
    pipe.closeReading()
    let writer = try start(pipe.writing)
    try append(writer, "lost")
    #expect(try failure() == EPIPE)
    #expect(!writer.isDrained)
    #expect(heard.withLock { $0.written }.isEmpty)
  }

  @Test func aFullDiskIsAFailureOfTheFirstWrite() throws {
    let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let writer = try start(descriptor)
    try append(writer, "lost")
    #expect(try failure() == ENOSPC)
    #expect(heard.withLock { $0.written }.isEmpty)
  }

  @Test func aDescriptorThatDoesNotBlockIsWaitedFor() throws {
    let pipe = try TestPipe()
    _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
    let writer = try start(pipe.writing)
    try loop.on { _ in
      var bytes = [UInt8](repeating: 0x78, count: 300_000)
      _ = writer.append(&bytes, sequence: 1)
    }
    try startThread { _ = pipe.readToEnd() }
    try waitUntilWritten(1)
    pipe.closeWriting()
  }

  @Test func aReaderIsWatchedWhileNothingIsWritten() throws {
    let pipe = try TestPipe()
    let heard = heard
    try loop.on { loop in
      try ReaderWatch.start(descriptor: pipe.writing, eventLoop: loop) {
        heard.withLock { $0.failures.append(EPIPE) }
      }
    }
    pipe.closeReading()
    #expect(try failure() == EPIPE)
  }

  // MARK: - Steps

  private func start(
    _ descriptor: CInt, alsoOnWritten: @escaping @Sendable (UInt64) -> Void = { _ in }
  ) throws -> OutputWriter {
    let heard = heard
    return try loop.on { loop in
      try OutputWriter(
        descriptor: descriptor, eventLoop: loop,
        onWritten: { sequence in
          alsoOnWritten(sequence)
          heard.withLock { $0.written.append(sequence) }
        },
        onFailure: { error in heard.withLock { $0.failures.append(error.errno) } })
    }
  }

  private func append(_ writer: OutputWriter, _ texts: String...) throws {
    try loop.on { _ in
      for (index, text) in texts.enumerated() {
        var bytes = Array(text.utf8)
        _ = writer.append(&bytes, sequence: UInt64(index + 1))
        #expect(bytes.isEmpty)
      }
    }
  }

  private func waitUntilWritten(_ sequence: UInt64) throws {
    try #require(
      heard.wait(until: .after(.seconds(30))) { $0.written.last == sequence ? true : nil } != nil,
      "not written up to \(sequence)")
  }

  private func failure() throws -> CInt {
    try #require(heard.wait(until: .after(.seconds(30))) { $0.failures.first })
  }
}
