import NIOCore
import Testing

@testable import WebSocketTransport

/// An answer and the rule it breaks.
struct ResponseVector: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var violation: UpgradeViolation.Kind
  var closes = false

  var testDescription: String { name }
}

@Suite struct UpgradeResponseParserTests {
  static let accepted: [(String, [UInt8])] = [
    ("plain", response()),
    ("capitals", response(["Upgrade": "WebSocket", "Connection": "upgrade"])),
    ("lists", response(["Upgrade": "h2c, websocket", "Connection": "keep-alive, Upgrade"])),
    ("two Connection lines", response(adding: ["Connection: keep-alive"])),
    ("empty list elements", response(["Connection": ", ,Upgrade,"])),
    ("no blank behind the colon", response(["Upgrade": nil], adding: ["Upgrade:websocket"])),
    ("blanks around the value", response(["Upgrade": nil], adding: ["uPGRADE: \t websocket \t "])),
    ("no words behind the status", response(status: "HTTP/1.1 101")),
    ("an empty reason", response(status: "HTTP/1.1 101 ")),
    ("bytes beyond ASCII in a value", response(adding: ["Server: caf\u{E9}"])),
    ("an interim answer first", head(["HTTP/1.1 103 Early Hints", "Link: x"]) + response()),
    ("100 fields", response(adding: (0..<96).map { "X-\($0): y" })),
  ]

  @Test(arguments: accepted.indices, [1, 2, 7, Int.max]) func acceptsSoundAnswers(index: Int, piece: Int) {
    let first = frame(0x82, [0x20, 0x02]) + [0x82]
    let log = read(response: Self.accepted[index].1 + first, piece: piece)
    #expect(log.violation == nil, "\(Self.accepted[index].0)")
    guard case .accepted(let answer) = log.outcome else {
      Issue.record("\(Self.accepted[index].0) is not accepted")
      return
    }
    #expect(answer.subprotocol == "mqtt")
    #expect(log.leftover == first)
  }

  static let broken: [ResponseVector] = [
    vector("wrong Accept", ["Sec-WebSocket-Accept": "AAAA"], .wrongAccept),
    vector("Accept in lower case", ["Sec-WebSocket-Accept": sampleAccept.lowercased()], .wrongAccept),
    vector("no Accept", ["Sec-WebSocket-Accept": nil], .missingAccept),
    vector("two Accepts", [:], adding: ["Sec-WebSocket-Accept: \(sampleAccept)"], .duplicateAccept),
    vector("no Upgrade", ["Upgrade": nil], .missingUpgrade),
    vector("another Upgrade", ["Upgrade": "websockets"], .missingUpgrade),
    vector("no Connection", ["Connection": nil], .missingConnection),
    vector("Connection: close", ["Connection": "close"], .missingConnection),
    vector("no subprotocol", ["Sec-WebSocket-Protocol": nil], .missingSubprotocol),
    vector("an older subprotocol", ["Sec-WebSocket-Protocol": "mqttv3.1"], .wrongSubprotocol("mqttv3.1")),
    vector("subprotocol in capitals", ["Sec-WebSocket-Protocol": "MQTT"], .wrongSubprotocol("MQTT")),
    vector(
      "a list of them", ["Sec-WebSocket-Protocol": "mqtt, mqttv3.1"], .wrongSubprotocol("mqtt, mqttv3.1")),
    vector("an empty one", ["Sec-WebSocket-Protocol": ""], .wrongSubprotocol("")),
    vector("two subprotocols", [:], adding: ["Sec-WebSocket-Protocol: mqtt"], .duplicateSubprotocol),
    vector(
      "an extension", [:],
      adding: ["Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99"],
      .unofferedExtension),
    vector("an empty extension", [:], adding: ["Sec-WebSocket-Extensions:"], .unofferedExtension),
    vector("Content-Length", [:], adding: ["Content-Length: 0"], .unexpectedBody),
    vector("Transfer-Encoding", [:], adding: ["Transfer-Encoding: chunked"], .unexpectedBody),
    ResponseVector(
      name: "101 in HTTP/1.0", bytes: response(status: "HTTP/1.0 101 Switching Protocols"),
      violation: .version),
    ResponseVector(name: "HTTP/2", bytes: response(status: "HTTP/2 101"), violation: .startLine),
    ResponseVector(
      name: "status of two digits", bytes: response(status: "HTTP/1.1 99 x"), violation: .startLine),
    ResponseVector(
      name: "status of four digits", bytes: response(status: "HTTP/1.1 1010"), violation: .startLine),
    ResponseVector(name: "status 000", bytes: response(status: "HTTP/1.1 000 x"), violation: .startLine),
    ResponseVector(name: "two blanks", bytes: response(status: "HTTP/1.1  101 x"), violation: .startLine),
    ResponseVector(
      name: "ESC in the reason", bytes: response(status: "HTTP/1.1 101 \u{1B}["), violation: .startLine),
    syntax("a folded line", "X: a\r\n b"), syntax("a folded line with a tab", "X: a\r\n\tb"),
    syntax("a bare line feed", "X: a\nY: b"), syntax("a bare carriage return", "X: a\rY: b"),
    syntax("a blank before the colon", "X : a"), syntax("a tab before the colon", "X\t: a"),
    syntax("no colon", "nonsense"), syntax("an empty name", ": a"), syntax("ESC in a value", "X: \u{1B}[31m"),
    syntax("NUL in a value", "X: a\0b"), syntax("DEL in a value", "X: \u{7F}"),
    syntax("a control in a name", "X\u{1}: a"), syntax("a name beyond ASCII", "X\u{E9}: a"),
    vector("101 fields", [:], adding: (0..<97).map { "X-\($0): y" }, .tooManyHeaders),
    vector(
      "a line of 8 KiB and one", [:], adding: ["X: " + String(repeating: "y", count: 8_190)], .lineTooLong),
    ResponseVector(
      name: "an endless line", bytes: Array(("HTTP/1.1 101 " + String(repeating: "y", count: 9_000)).utf8),
      violation: .lineTooLong),
    vector(
      "a head of 64 KiB and more", [:],
      adding: (0..<12).map { "X-\($0): " + String(repeating: "y", count: 6_000) },
      .headTooLarge),
    ResponseVector(name: "closed at once", bytes: [], violation: .closedWithoutAnswer, closes: true),
    ResponseVector(name: "closed in the word", bytes: Array("HTT".utf8), violation: .truncated, closes: true),
    ResponseVector(
      name: "closed in the head", bytes: response().dropLast(3), violation: .truncated, closes: true),
  ]

  static func vector(
    _ name: String, _ changes: [String: String?], adding: [String] = [], _ kind: UpgradeViolation.Kind
  ) -> ResponseVector {
    ResponseVector(name: name, bytes: response(changes, adding: adding), violation: kind)
  }

  static func syntax(_ name: String, _ line: String) -> ResponseVector {
    ResponseVector(name: name, bytes: response(adding: [line]), violation: .headerSyntax)
  }

  @Test(arguments: broken) func refusesBrokenAnswers(_ vector: ResponseVector) {
    let whole = read(response: vector.bytes, closes: vector.closes).violation
    #expect(whole?.kind == vector.violation)
    #expect(whole?.detail.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } == true)
    for piece in [1, 2, 1_000] {
      #expect(read(response: vector.bytes, piece: piece, closes: vector.closes).violation == whole)
    }
  }

  @Test func showsWhatWasExpectedAndWhatCame() {
    let wrong = read(response: response(["Sec-WebSocket-Accept": "x\\y\u{E9}"])).violation
    #expect(wrong?.detail == "Sec-WebSocket-Accept is x\\x5cy\\xc3\\xa9, expected \(sampleAccept)")
    #expect(wrong?.rule == "RFC 6455 4.1" && wrong?.status == 101)
    let control = read(response: response(adding: ["X: a\u{1B}]0;t\u{7}"])).violation
    #expect(control?.detail.contains("X: a\\x1b]0;t\\x07") == true)
    #expect(control?.offset == response().count - 2 + 4)
  }

  @Test func aMissingSubprotocolCanBeAllowed() {
    let bytes = response(["Sec-WebSocket-Protocol": nil])
    guard case .accepted(let answer) = read(response: bytes, allowsMissingSubprotocol: true).outcome else {
      Issue.record("not accepted")
      return
    }
    #expect(answer.subprotocol == nil)
    let wrong = response(["Sec-WebSocket-Protocol": "chat"])
    #expect(
      read(response: wrong, allowsMissingSubprotocol: true).violation?.kind == .wrongSubprotocol("chat"))
    #expect(read(response: response(), subprotocol: nil).violation?.kind == .wrongSubprotocol("mqtt"))
    #expect(read(response: bytes, subprotocol: nil).violation == nil)
  }

  @Test func anEndlessDripOfInterimAnswersEnds() {
    let drip = [[UInt8]](repeating: head(["HTTP/1.1 102 Processing"]), count: 4_000).joined()
    #expect(read(response: Array(drip)).violation?.kind == .headTooLarge)
    #expect(read(response: Array(drip), maximumHeadLength: 300).violation?.offset == 300)
  }
}
