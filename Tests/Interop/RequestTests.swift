import Glibc
import Support
import Testing

/// `mqttws request` against responders that others would write.
@Suite(.ownThread)
struct RequestTests {
  private let program: Mqttws
  private let target: String

  init() throws {
    program = try Mqttws()
    target = "ws://127.0.0.1:\(try Brokers.shared().mosquitto.openPort)/mqtt"
  }

  /// A shell script that answers one request, with the correlation data if it has any.
  private func responder(_ topic: String, _ answer: String, _ options: String = "") throws -> ChildProcess {
    let script = """
      "$MQTTWS" sub \(target) -t '\(topic)' -C 1 --ready-fd 3 \(options) -F '%R %D' |
        while read -r response correlation; do
          "$MQTTWS" pub \(target) -t "${response:-\(topic)/answer}" \
            ${correlation:+--correlation-data "$correlation"} \(answer)
        done
      """
    var command = try program.command([])
    command.environment["MQTTWS"] = command.executable
    command.executable = try findExecutable("bash")
    command.arguments = ["-c", script]
    command.capturesExtra = true
    let child = try command.start()
    try child.waitForOutput(on: .extra) { !$0.isEmpty }
    return child
  }

  @Test func theAnswerIsPrintedWithItsLatency() throws {
    let topic = freshTopic()
    let responder = try responder(topic, "-m 'forty two'")
    let result = try program.run("request", target, "-t", topic, "-m", "?", "-v")
    #expect(result.status == .exited(0))
    #expect(result.outputText.hasPrefix("mqttws/response/"))
    #expect(result.outputText.hasSuffix(" forty two\n"))
    #expect(result.errorText.hasPrefix("mqttws: answer after "))
    _ = try responder.wait(within: .seconds(10))
  }

  @Test func placeholdersAreFilled() throws {
    let topic = freshTopic()
    let responder = try responder("\(topic)/me", "-m yes")
    let receiver = try program.startSubscriber([target, "-t", "\(topic)/#", "-C", "1"])
    let result = try program.run(
      "request", target, "-i", "me", "-t", "\(topic)/{client}", "-m", "{{{seq}}} {random:7-7}",
      "--placeholders")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(try receiver.wait(within: .seconds(10)).outputText == "{1} 7\n")
    _ = try responder.wait(within: .seconds(10))
  }

  @Test func olderVersionsAgreeOnATopic() throws {
    let topic = freshTopic()
    let responder = try responder(topic, "-m yes", "-V 3.1.1")
    let result = try program.run(
      "request", target, "-V", "3.1.1", "-t", topic, "-n", "--response-topic", "\(topic)/answer", "--json")
    #expect(result.status == .exited(0))
    #expect(result.outputText.contains("\"latency_ns\":"))
    _ = try responder.wait(within: .seconds(10))
    let refused = try program.run("request", target, "-V", "3.1.1", "-t", topic, "-n")
    #expect(refused.status == .exited(64))
    #expect(refused.errorText.hasPrefix("mqttws: usage: MQTT 3.1.1 has no response topic of its own — name"))
  }

  @Test func nobodyAnswers() throws {
    let topic = freshTopic()
    let result = try program.run("request", target, "-t", topic, "-m", "?", "-W", "0.2", "-q", "1")
    #expect(result.status == .exited(27))
    #expect(
      result.errorText == "mqttws: time: no answer within 200ms — nobody subscribes to '\(topic)'\n")
    let json = try program.run("request", target, "-t", topic, "-m", "?", "-W", "0.2", "--json")
    #expect(json.errorText.contains("\"exit\":27"))
    #expect(json.outputText == "")
  }

  @Test func aSignalEndsTheWait() throws {
    let topic = freshTopic()
    let asked = try program.startSubscriber([target, "-t", topic, "-C", "1"])
    let child = try program.start("request", target, "-t", topic, "-n", "-W", "60")
    #expect(try asked.wait(within: .seconds(20)).status == .exited(0))
    child.signal(SIGINT)
    #expect(try child.wait(within: .seconds(10)).status == .signalled(SIGINT))
  }
}
