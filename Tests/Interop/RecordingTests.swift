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

  // MARK: - Replay

  /// Bytes that are no UTF-8, every property, all QoS, retained and not.
  private static let recording = """
    {"topic":"from/a/1","qos":0,"payload":"/wA=","payload_encoding":"base64","timestamp_ns":1000000000}
    {"topic":"from/b/2","qos":1,"payload":"zwei \\"ü\\"","properties":{"payload-format-indicator":1,\
    "content-type":"text/plain","response-topic":"r/t","correlation-data":"AP8=",\
    "correlation-data-encoding":"base64","user-properties":[{"k":"1"},{"k":"2"}]},"timestamp_ns":1010000000}
    {"topic":"from/c","qos":2,"retain":1,"payload":"","timestamp_ns":1020000000}
    {"topic":"from/c","qos":2,"payload":"last","subscription_ids":[9],"timestamp_ns":1020000000}

    """

  /// What of a recorded line has to come back.
  private static func essence(_ line: String) -> String {
    line.split(separator: ",", omittingEmptySubsequences: false).filter { part in
      !["{\"tst\"", "\"mid\"", "\"timestamp_ns\"", "\"dup\""].contains { part.hasPrefix($0) }
    }.joined(separator: ",")
  }

  @Test func whatIsReplayedIsRecordedTheSame() throws {
    let topic = freshTopic()
    try directory.write("original", Self.recording)
    var recorded: [String] = []
    for (index, from) in ["from", topic + "/0"].enumerated() {
      let to = "\(topic)/\(index)"
      let path = directory.file("copy\(index)")
      let child = try program.startSubscriber([
        target, "-t", to + "/#", "-q", "2", "-C", "4", "--retain-as-published", "--record", path,
      ])
      let source = index == 0 ? directory.file("original") : directory.file("copy0")
      let result = try program.run("pub", target, "--replay", source, "--remap", "\(from)/#=\(to)/#")
      #expect(result.status == .exited(0))
      #expect(result.errorText.hasPrefix("mqttws: 4 messages sent, "))
      #expect(try child.wait(within: .seconds(20)).status == .exited(0))
      recorded.append(try text(path).replacing(to, with: "T"))
    }
    let lines = recorded.map { $0.split(separator: "\n").map { Self.essence(String($0)) }.sorted() }
    #expect(lines[0].count == 4)
    #expect(lines[0] == lines[1])
    #expect(lines[0].contains { $0.contains(#""payload":"/wA=","payload_encoding":"base64""#) })
    #expect(lines[0].contains { $0.contains(#""user-properties":[{"k":"1"},{"k":"2"}]"#) })
  }

  @Test func oneProgramRecordsAndAnotherReplaysThroughAPipe() throws {
    let topic = freshTopic()
    let receiver = try program.startSubscriber([target, "-t", "\(topic)/new", "-C", "2"])
    let child = try program.startSubscriber([target, "-t", "\(topic)/old", "-C", "2", "--format", "json"])
    for payload in ["1", "2"] { try publish("\(topic)/old", payload) }
    let recorded = try child.wait(within: .seconds(10)).output
    let replay = try program.command(
      ["pub", target, "--replay", "-", "--remap", "\(topic)/old=\(topic)/new", "--speed", "max", "--json"],
      input: .bytes(recorded)
    ).run()
    #expect(replay.status == .exited(0))
    #expect(replay.outputText.hasPrefix("{\"messages\":2,\"failed\":0,\"payload_bytes\":2,"))
    #expect(try receiver.wait(within: .seconds(10)).outputLines == ["1", "2"])
  }

  @Test func aDamagedLineIsNamedWithWhatWentOutBefore() throws {
    let path = try directory.write("damaged", Self.recording + "{\"topic\":1}\n")
    let result = try program.run(
      "pub", target, "--replay", path, "--speed", "max", "--remap", "#=\(freshTopic())/#")
    #expect(result.status == .exited(65))
    #expect(
      result.errorLines.last
        == "mqttws: input: \(path): line 5: topic is no string — 4 messages went out before it")
    try directory.write("damaged", "hello\n")
    // Nobody listens there: it is said before anything connects.
    let early = try program.run("pub", "ws://127.0.0.1:1/mqtt", "--replay", path)
    #expect(early.status == .exited(65))
    #expect(early.errorText.hasSuffix("line 1: column 1: expected a value — nothing was sent\n"))
  }

  @Test func aCutOffRecordingIsReplayedUpToItsLastRecord() throws {
    let path = try directory.write("cut", String(Self.recording.dropLast(20)))
    let result = try program.run(
      "pub", target, "--replay", path, "--speed", "max", "--remap", "#=\(freshTopic())/#")
    #expect(result.status == .exited(0))
    #expect(
      result.errorLines.first == "mqttws: the recording ends in the middle of a line, after 3 messages")
  }

  @Test func aReplayIsInterruptedAtOnce() throws {
    let topic = freshTopic()
    let path = try directory.write(
      "slow",
      "{\"topic\":\"\(topic)\",\"payload\":\"first\",\"timestamp_ns\":0}\n"
        + "{\"topic\":\"\(topic)\",\"timestamp_ns\":3600000000000}\n")
    let receiver = try program.startSubscriber([target, "-t", topic])
    let child = try program.start("pub", target, "--replay", path, "--loop")
    try receiver.line { $0 == "first" }
    child.signal(SIGINT)
    let result = try child.wait(within: .seconds(10))
    #expect(result.status == .signalled(SIGINT))
    #expect(result.errorLines.count == 1)
    receiver.kill()
  }

  @Test func aRecordingThatIsNotThere() throws {
    let result = try program.run("pub", target, "--replay", "/nowhere")
    #expect(result.status == .exited(66))
    #expect(result.errorText.contains("/nowhere"))
  }
}
