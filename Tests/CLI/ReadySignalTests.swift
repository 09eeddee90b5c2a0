import Glibc
import Support
import Testing

@testable import CLI

@Suite(.ownThread)
struct ReadySignalTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func signal(_ words: String...) throws -> ReadySignal {
    try ReadySignal(try arguments(["-t", "a"] + words, of: SubscribeOptions.definition))
  }

  private func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 100)
    return String(decoding: buffer[..<max(read(descriptor, &buffer, 100), 0)], as: UTF8.self)
  }

  @Test func theFileAppearsWithItsContents() throws {
    let path = directory.file("ready")
    let signal = try signal("--ready-file", path)
    #expect(contents(path) == nil)
    try signal.give("ready\n")
    #expect(contents(path) == "ready\n")
  }

  @Test func anOldFileIsGoneBeforeAnythingStarts() throws {
    let path = try directory.write("ready", "old")
    let signal = try signal("--ready-file", path)
    #expect(contents(path) == nil)
    try signal.give("new")
    #expect(contents(path) == "new")
  }

  @Test func nothingButARegularFileIsReplaced() throws {
    let fifo = directory.file("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    let target = try directory.write("target", "kept")
    let link = directory.file("link")
    #expect(symlink(target, link) == 0)
    for path in [fifo, link, directory.path, "/dev/null"] {
      let line = failure([path]) { _ = try signal("--ready-file", path) }
      #expect(line?.hasPrefix("73 mqttws: output: --ready-file '\(path)' exists and is no regular") == true)
      #expect(access(path, F_OK) == 0)
    }
    #expect(contents(target) == "kept")
  }

  @Test func aDirectoryThatIsNotThereIsAnError() throws {
    let path = directory.file("missing/ready")
    let signal = try signal("--ready-file", path)
    #expect(failure([path]) { try signal.give("x") }?.hasPrefix("73 mqttws: output: ") == true)
  }

  @Test func theDescriptorIsWrittenAndClosed() throws {
    let pipe = try TestPipe()
    let number = fcntl(pipe.writing, F_DUPFD_CLOEXEC, 100)
    pipe.closeWriting()
    try signal("--ready-fd", "\(number)").give("ready\n")
    #expect(pipe.readToEnd() == Array("ready\n".utf8))
    #expect(fcntl(number, F_GETFD) == -1)
  }

  @Test func aReaderOfTheDescriptorMayBeGone() throws {
    Glibc.signal(SIGPIPE, SIG_IGN)
    let pipe = try TestPipe()
    let number = fcntl(pipe.writing, F_DUPFD_CLOEXEC, 100)
    pipe.closeReading()
    try signal("--ready-fd", "\(number)").give("ready\n")
  }

  @Test func aDescriptorThatCannotBeWrittenIsAnError() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let signal = try signal("--ready-fd", "\(full)")
    #expect(failure(["full"]) { try signal.give("x") }?.hasPrefix("74 mqttws: output: ") == true)
  }

  @Test(arguments: [
    ("999", "64 mqttws: usage: --ready-fd 999: this descriptor is not open"),
    ("-1", "64 mqttws: usage: --ready-fd '-1' is no whole number from 0"),
    ("x", "64 mqttws: usage: --ready-fd 'x' is no whole number from 0"),
  ])
  func numbersThatAreNoOpenDescriptor(_ number: String, _ line: String) {
    #expect(failure([number]) { _ = try signal("--ready-fd", number) }?.hasPrefix(line) == true)
  }
}
