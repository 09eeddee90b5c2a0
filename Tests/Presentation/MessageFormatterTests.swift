import MQTTPackets
import NIOCore
import Testing
import Text

@testable import Presentation

struct MessageFormatterTests {
  @Test(arguments: [
    ("hello", false, true, "hello\n"), ("hello", true, true, "a/b hello\n"), ("hello", false, false, "hello"),
    ("hello", true, false, "a/b hello"), ("", false, true, ""), ("", true, true, "a/b (null)\n"),
    ("", true, false, ""), ("\u{1B}[31m\u{0}", false, true, "\u{1B}[31m\u{0}\n"),
  ])
  func payloadAsMosquittoPrintsIt(
    payload: String, showsTopic: Bool, endsLines: Bool, expected: String
  ) {
    let layout = MessageLayout(showsTopic: showsTopic, endsLines: endsLines)
    #expect(printed(received(payload), .payload, layout) == expected)
  }

  @Test func everyByteSurvivesAPipe() {
    var formatter = MessageFormatter(.payload, layout: MessageLayout(endsLines: false))
    var output: [UInt8] = []
    formatter.append(received(0...255), to: &output)
    #expect(output == Array(0...255))
  }

  @Test func terminalsGetSanitisedPayloads() {
    let layout = MessageLayout(showsTopic: true, sanitises: true)
    let message = received([0x1B, 0x5D, 0x0A, 0x9B, 0x61], topic: "t\u{202E}")
    #expect(printed(message, .payload, layout) == "t\\u{202E} \\e]\n\\x9Ba\n")
  }

  @Test func hexAndBase64() {
    #expect(printed(received("hello"), .hex) == "68656c6c6f\n")
    #expect(printed(received("hello"), .base64) == "aGVsbG8=\n")
    #expect(printed(received(""), .hex) == "\n")
    let layout = MessageLayout(showsTopic: true, endsLines: false)
    #expect(printed(received("hello"), .hex, layout) == "a/b 68656c6c6f")
  }

  @Test func json() {
    let expected =
      #"{"tst":"2026-11-22T14:48:56.123456+0000","topic":"a/b","qos":0,"retain":0,"payloadlen":5,"#
      + #""payload":"hello","payload_encoding":"utf8","timestamp_ns":1795358936123456789,"dup":0}"#
    #expect(printed(received("hello"), .json) == expected + "\n")
  }

  @Test func jsonWithEverything() {
    let message = received(
      [0xFF, 0x00], qos: .exactlyOnce, retain: true, properties: allProperties, isDuplicate: true)
    let expected =
      #"{"tst":"2026-11-22T14:48:56.123456+0000","topic":"a/b","qos":2,"retain":1,"payloadlen":2,"#
      + #""mid":1,"properties":{"payload-format-indicator":1,"message-expiry-interval":100,"#
      + #""content-type":"text/plain","response-topic":"r/t","correlation-data":"cd","#
      + #""subscription-identifier":7,"topic-alias":3,"user-properties":[{"a":"b"},{"a":"c"}]},"#
      + #""payload":"/wA=","payload_encoding":"base64","timestamp_ns":1795358936123456789,"dup":1,"#
      + #""subscription_ids":[7,9]}"#
    #expect(printed(message, .json) == expected + "\n")
  }

  @Test func binaryCorrelationDataSaysItsEncoding() {
    let properties: Properties = [.correlationData(ByteBuffer(bytes: [0xFF]))]
    let text = printed(received("", properties: properties), .json)
    #expect(text.contains(#""properties":{"correlation-data":"/w==","correlation-data-encoding":"base64"}"#))
  }

  /// Any payload comes back from the line, which stays one line.
  @Test func jsonIsLossless() throws {
    var payloads: [[UInt8]] = [[], Array(0...255), Array(0..<128), [0xC3], [0x22, 0x5C, 0x0A]]
    for byte in UInt8.min...UInt8.max { payloads.append([0x61, byte, 0x62]) }
    payloads.append(Array("\u{2028}é😀\u{0}\u{FFFF}".utf8))
    for layout in [
      MessageLayout(), MessageLayout(sanitises: true), MessageLayout(sanitises: true, asciiOnly: true),
    ] {
      for payload in payloads {
        let line = printed(received(payload), .json, layout)
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
        let value = try JSONParser.parse(line, limit: 10_000)
        let text = try #require(value["payload"]?.string)
        let isBase64 = value["payload_encoding"]?.string == "base64"
        #expect((isBase64 ? Base64.decode(text) : Array(text.utf8)) == payload)
        #expect(value["payloadlen"]?.integer == payload.count)
        if layout.sanitises { #expect(!line.dropLast().unicodeScalars.contains(where: Sanitiser.isUnsafe)) }
      }
    }
  }

  @Test(arguments: [
    (WallTime(nanoseconds: 0), "1970-01-01T00:00:00.000000+0000"),
    (WallTime(nanoseconds: -1), "1969-12-31T23:59:59.999999+0000"),
    (WallTime(nanoseconds: 951_782_399_999_999_999), "2000-02-28T23:59:59.999999+0000"),
    (WallTime(nanoseconds: 951_782_400_000_000_000), "2000-02-29T00:00:00.000000+0000"),
  ])
  func times(time: WallTime, expected: String) {
    #expect(printed(received([], at: time), .json).contains(#""tst":"\#(expected)""#))
  }

  @Test func theCachedSecondIsNotUsedForAnother() {
    var formatter = MessageFormatter(.json, layout: MessageLayout(zone: .utc))
    var output: [UInt8] = []
    for second in [5, 5, 6, 4] {
      formatter.append(received([], at: WallTime(nanoseconds: Int64(second) * 1_000_000_000)), to: &output)
    }
    let seconds = String(decoding: output, as: UTF8.self).split(separator: "\n").map {
      $0.prefix(27).suffix(2)
    }
    #expect(seconds == ["05", "05", "06", "04"])
  }
}

struct PrettyFormatTests {
  @Test(arguments: [
    ("21.5", "14:48:56.123 a/b 21.5\n"),
    ("", "14:48:56.123 a/b (empty)\n"),
    ("one\n", "14:48:56.123 a/b one\n"),
    ("one\ntwo\n", "14:48:56.123 a/b\n  one\n  two\n"),
    (#"{"t":1}"#, "14:48:56.123 a/b {\"t\":1}\n"),
    ("\u{1B}[2J\t", "14:48:56.123 a/b \\e[2J\\t\n"),
  ])
  func text(payload: String, expected: String) {
    #expect(printed(received(payload), .pretty) == expected)
  }

  @Test func flagsAndProperties() {
    let message = received(
      "x", qos: .atLeastOnce, retain: true,
      properties: [.contentType("a\nb"), .userProperty(name: "k", value: "v")],
      isDuplicate: true)
    let expected =
      "14:48:56.123 a/b (q1, retained, dup) x\n  content-type: a\\nb, user-property: k = v\n"
    #expect(printed(message, .pretty) == expected)
  }

  @Test func propertiesStandAboveTheOtherLinesOfThePayload() {
    let message = received("1\n2", properties: [.responseTopic("r")])
    #expect(printed(message, .pretty) == "14:48:56.123 a/b\n  response-topic: r\n  1\n  2\n")
    let binary = received([0], properties: [.contentType("application/json")])
    #expect(
      printed(binary, .pretty).hasPrefix(
        "14:48:56.123 a/b (1 byte)\n  content-type: application/json\n  0000"))
  }

  @Test(arguments: ["application/json", "application/senml+json", "text/plain; charset=utf-8"])
  func propertiesThatThePayloadShowsAreLeftOut(_ type: String) {
    let message = received("{}", properties: [.payloadFormatIndicator(1), .contentType(type)])
    #expect(printed(message, .pretty) == "14:48:56.123 a/b {}\n")
  }

  @Test func payloadsAreAlignedBehindTopics() {
    var formatter = MessageFormatter(.pretty, layout: MessageLayout(zone: .utc))
    var output: [UInt8] = []
    for topic in ["a", "ab/ç", String(repeating: "x", count: 33), "b"] {
      var message = received("1", retain: topic == "b")
      message.publish.message.topic = topic
      formatter.append(message, to: &output)
    }
    let time = "14:48:56.123"
    #expect(
      String(decoding: output, as: UTF8.self)
        == "\(time) a 1\n\(time) ab/ç 1\n\(time) \(String(repeating: "x", count: 33)) 1\n"
        + "\(time) b    (retained) 1\n")
  }

  @Test func longJSONIsIndented() {
    let long = #"{"name":"\#(String(repeating: "x", count: 100))","u":"\u202e"}"#
    let expected = "14:48:56.123 a/b\n  {\n    \"name\": \"\(String(repeating: "x", count: 100))\",\n"
    #expect(printed(received(long), .pretty) == expected + "    \"u\": \"\\u202e\"\n  }\n")
  }

  @Test func hugeJSONIsNot() {
    let huge = "[" + String(repeating: "1,", count: 600_000) + "1]"
    #expect(
      printed(received(huge), .pretty).hasPrefix("14:48:56.123 a/b (too large to pretty print)\n  [1,1"))
  }

  @Test func binaryIsDumped() {
    let text = printed(received(0..<18), .pretty)
    let expected = """
      14:48:56.123 a/b (18 bytes)
        0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  |................|
        0010  10 11                                            |..|

      """
    #expect(text == expected)
    #expect(printed(received([UInt8](repeating: 0, count: 300)), .pretty).contains("... 44 bytes more"))
  }

  @Test func coloursFrameOnlyOurOwnText() {
    let layout = MessageLayout(colours: true, zone: .utc)
    let expected = "\u{1B}[2m14:48:56.123\u{1B}[0m \u{1B}[1;36ma/b\u{1B}[0m \u{1B}[2m(q1)\u{1B}[0m x\n"
    #expect(printed(received("x", qos: .atLeastOnce), .pretty, layout) == expected)
  }
}
