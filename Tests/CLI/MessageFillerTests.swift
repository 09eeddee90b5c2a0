import MQTTPackets
import NIOCore
import Options
import Presentation
import Testing
import Text

@testable import CLI

struct MessageFillerTests {
  private func filled(_ topic: String, _ payload: String?, count: Int = 1) throws -> [Message] {
    var number: UInt64 = 0
    let filler = MessageFiller(
      topic: try PlaceholderOptions.template(topic, of: "-t"),
      payload: try payload.map { try PlaceholderOptions.template($0, of: "the payload") }, client: "me",
      clock: { WallTime(nanoseconds: 1_795_358_936_123_456_789) },
      random: {
        defer { number += 1 }
        return number
      })
    return (0..<count).map { _ in
      var message = Message(topic: "raw", payload: ByteBuffer(string: "{seq}"))
      filler.fill(&message)
      return message
    }
  }

  @Test(arguments: [
    ("{seq}", "1"), ("{seq:06}", "000001"), ("{client}/x", "me/x"), ("{{{seq}}}", "{1}"), ("plain", "plain"),
    ("{now:s}", "1795358936"), ("{now:ms}", "1795358936123"), ("{now:us}", "1795358936123456"),
    ("{now:ns}", "1795358936123456789"), ("{now}", "2026-11-22T14:48:56.123456+0000"),
    ("{random}", "abcdefgh"), ("{random:3}", "abc"), ("{random:5-5}", "5"), ("{random:7-9}", "7"),
  ])
  func placeholders(_ template: String, _ text: String) throws {
    #expect(try filled(template, nil).map(\.topic) == [text])
    #expect(try filled("t", template).map { String(buffer: $0.payload) } == [text])
  }

  @Test func everyMessageIsFilledAnew() throws {
    let messages = try filled("t/{seq}", "{seq:02} {random:0-9}", count: 3)
    #expect(messages.map(\.topic) == ["t/1", "t/2", "t/3"])
    #expect(messages.map { String(buffer: $0.payload) } == ["01 0", "02 1", "03 2"])
  }

  @Test func linesGoAsTheyAre() throws {
    #expect(try filled("t/{seq}", nil).map { String(buffer: $0.payload) } == ["{seq}"])
  }

  static let refused: [Refused] = [
    Refused("-t", "a/{", "-n", line: "64 mqttws: usage: -t: the placeholder has no closing '}'"),
    Refused("-t", "{id}", "-n", line: "64 mqttws: usage: -t: unknown placeholder {id}; known: {seq} {now}"),
    Refused("-t", "{seq:x}", "-n", line: "64 mqttws: usage: -t: {seq:x} takes a width from 1 to 20"),
    Refused("-t", "a/#/{seq}", "-n", line: "64 mqttws: usage: -t 'a/#/x'"),
    Refused(
      "-t", "a", "-m", "{now:min}", line: "64 mqttws: usage: the payload: {now:min} takes s, ms, us or ns"),
    Refused(
      "-t", "a", "-m", "{random:9-1}", line: "64 mqttws: usage: the payload: {random:9-1} takes a count"),
    Refused("-t", "a", "-m", "{client:1}", line: "64 mqttws: usage: the payload: {client:1} takes nothing"),
    Refused("--replay", "f", line: "64 mqttws: usage: --placeholders does not go with --replay"),
  ]

  @Test(arguments: refused)
  func refusals(_ example: Refused) {
    let words = example.words + ["--placeholders"]
    let line = failure(words) {
      _ = try PublishOptions.plan(try arguments(words, of: PublishOptions.definition))
    }
    #expect(line?.hasPrefix(example.line) == true, "\(line ?? "")")
  }

  @Test func withoutTheOptionBracesAreBraces() throws {
    let plan = try PublishOptions.plan(
      try arguments(["-t", "{x}", "-m", "{seq}"], of: PublishOptions.definition))
    #expect(plan.message(ByteBuffer(string: "{seq}")).topic == "{x}")
  }
}
