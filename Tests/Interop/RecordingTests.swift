import Glibc
import Support
import Testing

/// `sub --record` and what becomes of the file.
@Suite(.ownThread)
struct RecordingTests {
  private let program: Mqttws
  private let target: String
  private let broker: Mosquitto
  private let directory: TemporaryDirectory

  init() throws {
    program = try Mqttws()
    broker = try Brokers.shared().mosquitto
    target = "ws://127.0.0.1:\(broker.openPort)/mqtt"
    directory = try TemporaryDirectory()
  }

  private func publish(_ topic: String, _ payload: String) throws {
    #expect(try broker.publisher(["-t", topic, "-q", "1", "-m", payload]).run().status == .exited(0))
  }

  private func text(_ path: String) throws -> String { String(decoding: try readFile(path), as: UTF8.self) }

  @Test func whatIsPrintedIsRecorded() throws {
    let topic = freshTopic()
    let path = directory.file("new.ndjson")
    let child = try program.startSubscriber(
      [target, "-t", "\(topic)/#", "-q", "1", "-C", "2", "--record", path, "--format", "json"])
    try publish("\(topic)/a", "one")
    try publish("\(topic)/b", "two")
    let result = try child.wait(within: .seconds(10))
    #expect(result.status == .exited(0))
    #expect(try text(path) == result.outputText)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func aFileThatIsThereIsKept() throws {
    let path = directory.file("old.ndjson")
    try directory.write("old.ndjson", "precious\n")
    let arguments = ["sub", target, "-t", freshTopic(), "-E", "--record", path]
    let refused = try program.command(arguments).run()
    #expect(refused.status == .exited(73))
    #expect(refused.errorText.hasSuffix("file exists — --force replaces it\n"))
    #expect(try text(path) == "precious\n")
    #expect(try program.command(arguments + ["--force"]).run().status == .exited(0))
    #expect(try text(path) == "")
  }

  @Test func aRecordThatCannotBeWrittenIsAnErrorAndNothingIsAcknowledged() throws {
    let topic = freshTopic()
    let session = ["-t", topic, "-q", "1", "-c", "-i", topic]
    #expect(try program.command(["sub", target, "-E"] + session).run().status == .exited(0))
    try publish(topic, "precious")
    let full = ["sub", target, "-C", "1", "--record", "/dev/full", "--force"]
    let result = try program.command(full + session).run()
    #expect(result.status == .exited(74))
    #expect(result.errorText.contains("writing to '/dev/full' failed"))
    let again = try program.command(["sub", target, "-C", "1"] + session).run()
    #expect(again.outputLines == ["precious"])
  }

  @Test(arguments: ["/nowhere/file", "/dev/null/file"])
  func aFileThatCannotBeCreated(_ path: String) throws {
    let result = try program.command(["sub", target, "-t", "a", "-E", "--record", path]).run()
    #expect(result.status == .exited(73))
  }
}
