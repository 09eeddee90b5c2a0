import MQTTPackets
import NIOCore
import Options
import Testing

@testable import CLI

struct PublishOptionsTests {
  private func plan(_ words: [String]) throws -> PublishPlan {
    try PublishOptions.plan(try arguments(words, of: PublishOptions.definition))
  }

  // MARK: - What is published

  static let sources: [([String], PublishPlan.Source)] = [
    (["-m", "text"], .bytes(ByteBuffer(string: "text"))), (["-mtext"], .bytes(ByteBuffer(string: "text"))),
    (["-m", ""], .bytes(ByteBuffer())), (["-m", "-5"], .bytes(ByteBuffer(string: "-5"))),
    (["--message=a=b"], .bytes(ByteBuffer(string: "a=b"))), (["-n"], .bytes(ByteBuffer())),
    (["-f", "path"], .file("path")), (["-f", "-"], .file("-")), (["-s"], .standardInput), (["-l"], .lines),
  ]

  @Test(arguments: sources)
  func sourceOfThePayload(_ words: [String], _ source: PublishPlan.Source) throws {
    #expect(try plan(["-t", "a"] + words).source == source)
  }

  @Test func everyOtherOption() throws {
    let plan = try plan([
      "-t", "a/b", "-m", "x", "-q", "2", "-r", "--repeat", "3", "--repeat-delay", "250ms",
      "--require-subscribers", "--content-type", "text/plain", "--response-topic", "r",
      "--correlation-data", "c", "--message-expiry", "60", "--utf8-payload", "--user-property", "k=v=w",
    ])
    #expect(plan.topic == "a/b")
    #expect(plan.qos == .exactlyOnce)
    #expect(plan.retain)
    #expect(plan.repeats == 3)
    #expect(plan.repeatDelay == .milliseconds(250))
    #expect(plan.requiresSubscribers)
    let properties: [Property] = [
      .contentType("text/plain"), .responseTopic("r"), .correlationData(ByteBuffer(string: "c")),
      .messageExpiryInterval(60), .payloadFormatIndicator(1), .userProperty(name: "k", value: "v=w"),
    ]
    #expect(plan.properties.elements == properties)
    let message = plan.message(ByteBuffer(string: "p"))
    #expect(message.payload == ByteBuffer(string: "p"))
    #expect(message.retain)
  }

  @Test func defaults() throws {
    let plan = try plan(["-t", "a", "-m", "x"])
    #expect(plan.qos == .atMostOnce)
    #expect(!plan.retain)
    #expect(plan.repeats == 1)
    #expect(plan.repeatDelay == .zero)
    #expect(plan.properties.isEmpty)
    #expect(!plan.requiresSubscribers)
  }

  @Test func messagesInFlight() throws {
    func needs(_ words: String...) throws -> UInt16? {
      try PublishCommand(arguments(["-t", "a", "-m", "x"] + words, of: PublishOptions.definition))
        .needs.maximumInFlight
    }
    #expect(try needs() == nil)
    #expect(try needs("-M", "1000") == 1000)
    #expect(try needs("--max-inflight", "1") == 1)
    for number in ["0", "65536", "many"] { #expect(throws: CommandFailure.self) { try needs("-M", number) } }
  }

  // MARK: - What is refused

  static let refused: [Refused] = [
    Refused("-m", "x", line: "64 mqttws: usage: no topic to publish to — name it with -t"),
    Refused(
      "-t", "a", line: "64 mqttws: usage: nothing to publish — give a payload with -m, -f, -s, -l or -n"),
    Refused(
      "-t", "a", "-m", "x", "-n", line: "64 mqttws: usage: -m and -n exclude each other — keep one of them"),
    Refused(
      "-t", "a", "-s", "-l", line: "64 mqttws: usage: -s and -l exclude each other — keep one of them"),
    Refused(
      "-t", "a", "-m", "x", "-q", "3",
      line: "64 mqttws: usage: -q '3' is no Quality of Service — use 0, 1 or 2"),
    Refused(
      "-t", "a", "-m", "x", "-q", "-r",
      line: "64 mqttws: usage: -q needs a value (0|1|2), got the option -r"),
    Refused(
      "-t", "a", "-m", "x", "--repeat", "0",
      line: "64 mqttws: usage: --repeat '0' is no whole number from 1"),
    Refused(
      "-t", "a", "-m", "x", "--repeat", "many",
      line: "64 mqttws: usage: --repeat 'many' is no whole number from 1"),
    Refused("-t", "a", "-l", "--repeat", "2", line: "64 mqttws: usage: --repeat does not go with -l"),
    Refused(
      "-t", "a", "-m", "x", "--repeat-delay", "soon",
      line: "64 mqttws: usage: --repeat-delay 'soon' is no time — such as 5, 0.5, 250ms or 2m"),
    Refused(
      "-t", "a", "-m", "x", "--require-subscribers",
      line: "64 mqttws: usage: --require-subscribers needs an acknowledgement — add -q 1"),
    Refused(
      "-m", "x", "-t",
      line: "64 mqttws: usage: -t needs a value (TOPIC) — an unquoted # starts a comment in the shell"),
  ]

  @Test(arguments: refused)
  func refusals(_ example: Refused) {
    #expect(failure(example.words) { _ = try plan(example.words) }?.hasPrefix(example.line) == true)
  }

  @Test(arguments: ["", "a/+", "#", "a/#/b", "a\u{0}b"])
  func topicsThatNobodyMayPublishTo(_ topic: String) {
    let words = ["-t", topic, "-m", "x"]
    #expect(failure(words) { _ = try plan(words) }?.hasPrefix("64 mqttws: usage: -t '") == true)
  }
}
