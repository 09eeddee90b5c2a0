import Glibc
import Support
import Testing

/// Where the output goes wrong, the exit status says so.
@Suite(.ownThread)
struct OutputTests {
  private let program: Mqttws
  private let target: String
  private let broker: Mosquitto

  init() throws {
    program = try Mqttws()
    broker = try Brokers.shared().mosquitto
    target = "ws://127.0.0.1:\(broker.openPort)/mqtt"
  }

  @Test func aReaderThatHasSeenEnoughEndsItQuietly() throws {
    let result = try program.shell(
      "\"$MQTTWS\" sub @demo -t 'sensor/#' | head -1; echo status ${PIPESTATUS[0]}")
    #expect(result.outputLines.last == "status 141")
    #expect(result.outputLines.count == 2)
    #expect(result.errorText == "")
  }

  @Test(arguments: ["/dev/full": "74", "&-": "74"])
  func whatCannotBeWrittenIsAnError(_ sink: String, _ status: String) throws {
    let topic = freshTopic()
    #expect(
      try broker.publisher(["-t", topic, "-r", "-q", "1", "-m", "kept"]).run().status == .exited(0))
    let result = try program.shell(
      "\"$MQTTWS\" sub \(target) -t '\(topic)' -q 1 -C 1 >\(sink); echo status $? >&2")
    #expect(result.errorLines.last == "status \(status)")
    #expect(result.errorLines.dropLast().last?.hasPrefix("mqttws: output: ") == true, "\(result.errorText)")
  }

  /// Who asks for JSON gets the error as JSON also when it is the output that fails.
  @Test(arguments: ["bench @demo --messages 1 --quiet", "profile path", "doctor @demo --idle 0"])
  func whatCannotBeWrittenIsAnErrorInJSON(_ words: String) throws {
    let result = try program.shell("\"$MQTTWS\" \(words) --json >/dev/full; echo status $? >&2")
    #expect(result.errorLines.last == "status 74")
    #expect(
      result.errorLines.dropLast().last?.hasPrefix(#"{"layer":"output","exit":74,"#) == true,
      "\(result.errorText)")
  }

  @Test func nothingIsAcknowledgedThatWasNotWritten() throws {
    let topic = freshTopic()
    let session = ["-t", topic, "-q", "1", "-c", "-i", topic]
    #expect(try program.command(["sub", target, "-E"] + session).run().status == .exited(0))
    #expect(try broker.publisher(["-t", topic, "-q", "1", "-m", "precious"]).run().status == .exited(0))
    var full = try program.command(["sub", target, "-C", "1"] + session)
    full.output = .file("/dev/full")
    #expect(try full.run().status == .exited(74))
    let again = try program.command(["sub", target, "-C", "1"] + session).run()
    #expect(again.outputLines == ["precious"])
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aSignalIsRaisedAgainAfterGoodbye(_ signal: Int32) throws {
    let relay = try Relay(to: broker.openPort)
    let child = try program.startSubscriber(["ws://127.0.0.1:\(relay.port)/mqtt", "-t", freshTopic()])
    child.signal(signal)
    let result = try child.wait(within: .seconds(10))
    #expect(result.status == .signalled(signal))
    #expect(try relay.wait { $0.open == 0 }.packets[.disconnect] == 1)
  }

  @Test func slowMessagesAreNotHeldBack() throws {
    let topic = freshTopic()
    let child = try program.startSubscriber([target, "-t", topic])
    for text in ["one", "two"] {
      #expect(try broker.publisher(["-t", topic, "-m", text]).run().status == .exited(0))
      try child.line { $0 == text }
    }
  }
}
