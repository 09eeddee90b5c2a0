import MQTTPackets
import NIOCore
import Testing

@testable import Presentation

/// What mosquitto_sub 2.0.11 printed for each format, character for character.
struct FormatTemplateTests {
  private func text(
    _ format: String, _ message: ReceivedMessage, _ layout: MessageLayout = MessageLayout(zone: .utc)
  ) throws -> String {
    printed(message, .template(try FormatTemplate(format)), layout)
  }

  @Test(arguments: [
    ("%p", "hello"), ("%8p|", "   hello|"), ("%-8p|", "hello   |"), ("%08p|", "000hello|"),
    ("%-08p|", "hello   |"), ("%2p|", "he|"), ("%.2p|", "hello|"), ("%020p", "000000000000000hello"),
    ("%x", "68656c6c6f"), ("%X", "68656C6C6F"), ("%8x|", "    6865|"), ("%4x|", "6865|"),
    ("%5x|", " 6865|"), ("%1x|", " |"), ("%012x|", "000000006865|"), ("%-12X|", "6865        |"),
    ("%t", "a/b"), ("%8t|", "     a/b|"), ("%-8t|", "a/b     |"), ("%-10t|", "a/b       |"), ("%.2t|", "a/|"),
    ("%5.2t|", "   a/|"), ("%-5.2t|", "a/   |"), ("%08t|", "     a/b|"), ("%l", "5"), ("%5l|", "    5|"),
    ("%05l|", "00005|"), ("%-05l|", "5    |"), ("%.3l|", "5|"), ("%m", "0"), ("%5m|", "    0|"),
    ("%5q|", "0|"), ("%5r|", "0|"), ("%A|%5A|%05A|%-05A|", "|     |00000|00000|"), ("%5E|", "     |"),
    ("%5C|%05C|", "     |     |"), ("%R|%5R|", "||"), ("%S|%5S|", "|     |"), ("%F|%05F|", "|00000|"),
    ("%D|%P|", "||"), ("%%|%5%|", "%|%|"), ("@@|%%", "@|%"), ("plain é", "plain é"),
    (#"\e[1m\a\t\v\r\0\\\n"#, "\u{1B}[1m\u{7}\t\u{B}\r\u{0}\\\n"),
  ])
  func fields(format: String, expected: String) throws {
    #expect(try text(format, received("hello")) == expected + "\n")
  }

  @Test(arguments: [
    ("%A|%3A|%03A|%-3A|", "3|  3|003|3  |"), ("%12C|%-12C|%.3C|", "  text/plain|text/plain  |tex|"),
    ("%D|%9D|", "cd|cd|"), ("%8E|%08E|%-8E|", "     100|00000100|100     |"), ("%3F|%03F|", "  1|001|"),
    ("%P|%20P|", "a:b a:c|a:b a:c|"), ("%6R|%-6R|%.1R|", "   r/t|r/t   |r|"),
    ("%3m|%03m|%m", "  1|001|1"), ("%q%r", "11"), ("%S|%3S|%03S|%-3S|", "7|  7|007|7  |"),
  ])
  func properties(format: String, expected: String) throws {
    let message = received("hello", qos: .atLeastOnce, retain: true, properties: allProperties)
    #expect(try text(format, message) == expected + "\n")
  }

  @Test(arguments: [
    ("%I", "2026-11-22T14:48:56+0000"), ("%26I|", "  2026-11-22T14:48:56+0000|"), ("%.10I|", "2026-11-22|"),
    ("%U", "1795358936.123456789"), ("@H:@M:@S.@N", "14:48:56.123456789"), ("@Y-@m-@d", "2026-11-22"),
    ("@s", "1795358936"), ("@|x", "%|x"), ("@F @T", "2026-11-22 14:48:56"),
  ])
  func times(format: String, expected: String) throws {
    #expect(try text(format, received("")) == expected + "\n")
  }

  @Test func hexadecimalGroups() throws {
    #expect(try text("%.2x", received("hello")) == "68 65 6c 6c 6f\n")
    #expect(try text("%.4:X", received("hello")) == "6865:6C6C:6F\n")
  }

  @Test func floats() throws {
    let float = received(withUnsafeBytes(of: Float(1.5)) { Array($0) })
    let double = received(withUnsafeBytes(of: Double(-2.25)) { Array($0) })
    #expect(try text("%f|%8.2f|%-8.1f|%08.1f|", float) == "1.500000|    1.50|1.5     |000001.5|\n")
    #expect(try text("%.3d", double) == "-2.250\n")
    var formatter = MessageFormatter(.template(try FormatTemplate("[%d]")))
    var output: [UInt8] = []
    #expect(formatter.append(float, to: &output) == .payloadIsNoFloat)
    #expect(output == Array("[]\n".utf8))
  }

  @Test(arguments: [
    ("%z", FormatTemplateError.Reason.unknownSpecifier("z"), 0), ("a%", .incomplete("%"), 1),
    ("a@", .incomplete("@"), 1), ("a\\", .incomplete("\\"), 1), ("\\q", .unknownEscape("q"), 0),
    ("%-", .incomplete("%"), 0), ("%.", .incomplete("%"), 0), ("%5", .incomplete("%"), 0),
    ("%0", .incomplete("%"), 0), ("%5.3", .incomplete("%"), 0), ("x%5é", .unknownSpecifier("é"), 1),
    ("%99999999999999999999p", .tooWide, 0),
  ])
  func errors(format: String, reason: FormatTemplateError.Reason, position: Int) {
    let error = #expect(throws: FormatTemplateError.self) { try FormatTemplate(format) }
    #expect(error == FormatTemplateError(reason: reason, position: position))
  }

  @Test func jsonAsMosquittoPrintsIt() throws {
    let head = #"{"tst":"2026-11-22T14:48:56.123456+0000","topic":"a/b","qos":0,"retain":0,"payloadlen":"#
    #expect(try text("%j", received("he\"l\\lo é")) == head + #"10,"payload":"he\"l\\lo é"}"# + "\n")
    #expect(try text("%j", received("")) == head + #"0,"payload":null}"# + "\n")
    #expect(try text("%J", received("")) == head + #"0,"payload":null}"# + "\n")
    #expect(try text("%J", received(#"{"a": 1.5}"#)) == head + #"10,"payload":{"a":1.5}}"# + "\n")
    #expect(
      try text("%j", received([0xFF, 0])) == head + #"2,"payload":"/wA=","payload_encoding":"base64"}"# + "\n"
    )
    let properties: Properties = [
      .contentType("text/plain"), .responseTopic("r/t"), .correlationData(ByteBuffer(string: "cd")),
      .payloadFormatIndicator(1), .userProperty(name: "a", value: "b"),
      .userProperty(name: "a", value: "c"),
    ]
    let full = received("x", qos: .atLeastOnce, properties: properties)
    let expected =
      #"{"tst":"2026-11-22T14:48:56.123456+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":1,"#
      + #""mid":1,"properties":{"content-type":"text/plain","response-topic":"r/t","#
      + #""correlation-data":"cd","payload-format-indicator":1,"user-properties":{"a":"b","a":"c"}},"#
      + #""payload":"x"}"#
    #expect(try text("%j", full) == expected + "\n")
  }

  @Test func payloadThatIsNotJSONIsReported() throws {
    var formatter = MessageFormatter(.template(try FormatTemplate("%t %J")))
    var output: [UInt8] = []
    #expect(formatter.append(received("nojson"), to: &output) == .payloadIsNotJSON)
    #expect(output == Array("a/b \n".utf8))
  }

  @Test func terminalsGetSanitisedFieldsAndTheUsersOwnEscapes() throws {
    let layout = MessageLayout(sanitises: true, zone: .utc)
    let message = received("\u{1B}[2J\n\u{9B}", topic: "t\u{1B}\n")
    #expect(try text(#"\e[1m%t\e[0m %p"#, message, layout) == "\u{1B}[1mt\\e\\n\u{1B}[0m \\e[2J\n\\u{009B}\n")
  }

  @Test func noLineEnd() throws {
    #expect(try text("%p", received("x"), MessageLayout(endsLines: false)) == "x")
  }
}
