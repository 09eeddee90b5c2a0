import MQTTPackets
import NIOCore
import Options
import Testing

@testable import CLI

struct RequestOptionsTests {
  private func plan(_ words: [String]) throws -> RequestPlan {
    try RequestOptions.plan(try arguments(words, of: RequestOptions.definition), random: 1)
  }

  @Test func defaults() throws {
    let plan = try plan(["-t", "a", "-m", "x"])
    #expect(plan.publish.source == .bytes(ByteBuffer(string: "x")))
    #expect(plan.count == 1)
    #expect(plan.timeout == .seconds(10))
    #expect(plan.hasPrivateTopic)
  }

  @Test func everyOption() throws {
    let plan = try plan([
      "-t", "a/{client}", "-f", "file", "-q", "2", "-C", "3", "--timeout", "250ms", "--response-topic", "r",
      "--correlation-data", "c", "--placeholders",
    ])
    #expect(plan.publish.hasPlaceholders)
    #expect(plan.publish.source == .file("file"))
    #expect(plan.publish.qos == .exactlyOnce)
    #expect(plan.count == 3)
    #expect(plan.timeout == .milliseconds(250))
    #expect(!plan.hasPrivateTopic)
    #expect(
      plan.publish.properties.elements == [.responseTopic("r"), .correlationData(ByteBuffer(string: "c"))])
  }

  static let refused: [Refused] = [
    Refused("-m", "x", line: "64 mqttws: usage: no topic to publish to — name it with -t"),
    Refused("-t", "a", line: "64 mqttws: usage: nothing to publish — give a payload with -m, -f, -s or -n"),
    Refused("-t", "a", "-n", "-C", "0", line: "64 mqttws: usage: -C '0' is no whole number from 1"),
    Refused(
      "-t", "a", "-n", "-W", "0", line: "64 mqttws: usage: -W 0 leaves no time to answer — such as -W 5"),
    Refused(
      "-t", "a", "-n", "--response-topic", "a/#",
      line: "64 mqttws: usage: --response-topic 'a/#': Response Topic does not take this value"),
    Refused("-t", "a", "-n", "--response-topic", "", line: "64 mqttws: usage: --response-topic ''"),
    Refused("-t", "a", "-l", line: "64 mqttws: usage: "),
    Refused(
      "-t", "a", "-n", "-D", "subscribe", "user-property", "a", "b",
      line: "64 mqttws: usage: -D subscribe user-property a b: request sends no SUBSCRIBE"),
  ]

  @Test(arguments: refused)
  func refusals(_ example: Refused) {
    #expect(failure(example.words) { _ = try plan(example.words) }?.hasPrefix(example.line) == true)
  }
}
