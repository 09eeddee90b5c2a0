import NIOCore
import Testing

@testable import WebSocketTransport

/// A request, the status it earns and the rule it breaks.
struct RequestVector: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var status: Int
  var violation: UpgradeViolation.Kind

  var testDescription: String { name }
}

@Suite struct UpgradeRequestParserTests {
  @Test(arguments: [1, 2, 9, Int.max]) func acceptsASoundRequestAndLeavesTheFirstFrame(piece: Int) {
    let first = frame(0x82, [0x10, 0x00], mask: 77)
    let bytes = request(
      ["Sec-WebSocket-Protocol": "chat, mqttv3.1 ,mqtt"], adding: ["Origin: http://localhost:3000", "X: y"])
    let (outcome, leftover) = read(request: bytes + first, piece: piece)
    guard case .accepted(let facts) = outcome else {
      Issue.record("not accepted: \(outcome)")
      return
    }
    #expect(facts.target == "/mqtt?a=1" && facts.host == "localhost:8083" && facts.key == sampleKey)
    #expect(facts.origin == "http://localhost:3000" && facts.headers.first("x") == "y")
    #expect(facts.offeredSubprotocols == ["chat", "mqttv3.1", "mqtt"] && facts.subprotocol == "mqttv3.1")
    #expect(leftover == first)
  }

  static let rejected: [RequestVector] = [
    vector("no key", ["Sec-WebSocket-Key": nil], 400, .key),
    vector("an empty key", ["Sec-WebSocket-Key": ""], 400, .key),
    vector("a short key", ["Sec-WebSocket-Key": "c2hvcnQ="], 400, .key),
    vector("a key that is no base64", ["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZ!=="], 400, .key),
    vector("two keys", [:], adding: ["Sec-WebSocket-Key: \(sampleKey)"], 400, .key),
    vector("version 8", ["Sec-WebSocket-Version": "8"], 426, .webSocketVersion),
    vector("no version", ["Sec-WebSocket-Version": nil], 426, .webSocketVersion),
    vector("no upgrade", ["Upgrade": nil], 426, .missingUpgrade),
    vector("no connection", ["Connection": "keep-alive"], 400, .missingConnection),
    vector("no subprotocol", ["Sec-WebSocket-Protocol": nil], 400, .missingSubprotocol),
    vector("another subprotocol", ["Sec-WebSocket-Protocol": "MQTT, chat"], 400, .missingSubprotocol),
    vector("no host", ["Host": nil], 400, .headerSyntax),
    vector("two hosts", [:], adding: ["Host: localhost"], 400, .headerSyntax),
    vector("a rebound host", ["Host": "evil.example"], 403, .host),
    vector("a host that only begins well", ["Host": "localhost.evil.example"], 403, .host),
    vector("a name that looks like a loopback address", ["Host": "127.0.0.1.evil.example"], 403, .host),
    vector("an address that is no loopback", ["Host": "192.168.0.7:8083"], 403, .host),
    vector("a broken host", ["Host": "[::1"], 403, .host),
    vector("a foreign origin", [:], adding: ["Origin: https://evil.example"], 403, .origin),
    vector("the null origin", [:], adding: ["Origin: null"], 403, .origin),
    vector(
      "two origins", [:], adding: ["Origin: http://localhost", "Origin: http://localhost"], 400, .headerSyntax
    ),
    vector("Content-Length", [:], adding: ["Content-Length: 4"], 400, .unexpectedBody),
    vector("Transfer-Encoding", [:], adding: ["transfer-encoding: chunked"], 400, .unexpectedBody),
    line("POST", "POST /mqtt HTTP/1.1", .method),
    line("a method in lower case", "get /mqtt HTTP/1.1", .method),
    line("HTTP/1.0", "GET /mqtt HTTP/1.0", .version), line("no version", "GET /mqtt", .startLine),
    line("two blanks", "GET  /mqtt HTTP/1.1", .startLine), line("no path", "GET mqtt HTTP/1.1", .target),
    line("a path with ESC", "GET /\u{1B}[m HTTP/1.1", .target),
    vector("a folded line", [:], adding: ["X: a\r\n b"], 400, .headerSyntax),
    vector("a bare line feed", [:], adding: ["X: a\nY: b"], 400, .headerSyntax),
    vector("NUL", [:], adding: ["X: \0"], 400, .headerSyntax),
    vector("a blank before the colon", [:], adding: ["X : y"], 400, .headerSyntax),
    vector("101 fields", [:], adding: (0..<95).map { "X-\($0): y" }, 431, .tooManyHeaders),
    vector("a long line", [:], adding: ["X: " + String(repeating: "y", count: 8_190)], 431, .lineTooLong),
    vector(
      "a large head", [:], adding: (0..<12).map { "X-\($0): " + String(repeating: "y", count: 6_000) }, 431,
      .headTooLarge),
  ]

  static func vector(
    _ name: String, _ changes: [String: String?], adding: [String] = [], _ status: Int,
    _ kind: UpgradeViolation.Kind
  ) -> RequestVector {
    RequestVector(name: name, bytes: request(changes, adding: adding), status: status, violation: kind)
  }

  static func line(_ name: String, _ line: String, _ kind: UpgradeViolation.Kind) -> RequestVector {
    RequestVector(name: name, bytes: request(line: line), status: 400, violation: kind)
  }

  @Test(arguments: rejected, [1, 500, Int.max]) func rejects(_ vector: RequestVector, piece: Int) {
    guard case .rejected(let rejection) = read(request: vector.bytes, piece: piece).outcome else {
      Issue.record("not rejected")
      return
    }
    #expect(rejection.status == vector.status)
    #expect(rejection.violation.kind == vector.violation)
    #expect(rejection.violation.detail.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
  }

  static let loopback = [
    "localhost", "LOCALHOST:1", "dev.localhost:8083", "127.0.0.1", "127.9.8.7:80", "[::1]", "[::1]:8083",
  ]

  @Test(arguments: loopback) func allowsTheLoopback(host: String) {
    let bytes = request(["Host": host], adding: ["Origin: http://\(host)"])
    guard case .accepted = read(request: bytes).outcome else {
      Issue.record("not accepted")
      return
    }
  }

  @Test func allowsWhatIsListed() {
    var policy = UpgradePolicy()
    let bytes = request(["Host": "Broker.lan:8083"], adding: ["Origin: https://App.lan:3000"])
    policy.hosts = .loopback(and: ["broker.lan"])
    policy.origins = .loopback(and: ["https://app.lan:3000"])
    #expect(isAccepted(bytes, policy))
    policy.origins = .loopback(and: ["app.lan"])
    #expect(isAccepted(bytes, policy))
    policy.origins = .loopback(and: ["https://app.lan:3001"])
    #expect(!isAccepted(bytes, policy))
    policy.origins = .any
    policy.hosts = .any
    #expect(isAccepted(bytes, policy))
    policy.subprotocols = ["other"]
    #expect(!isAccepted(bytes, policy))
    policy.requiresSubprotocol = false
    #expect(isAccepted(bytes, policy))
  }

  @Test func answersARejection() {
    var buffer = ByteBuffer()
    guard case .rejected(let old) = read(request: request(["Sec-WebSocket-Version": "8"])).outcome else {
      Issue.record("not rejected")
      return
    }
    old.encode(into: &buffer)
    let text = String(buffer: buffer)
    #expect(text.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
    #expect(text.contains("\r\nSec-WebSocket-Version: 13\r\n"))
    guard case .refused(let refusal) = read(response: Array(text.utf8)).outcome else {
      Issue.record("our own client does not understand it")
      return
    }
    #expect(refusal.status == 426)
    buffer.clear()
    if case .rejected(let tls) = read(request: hex("1603010200")).outcome { tls.encode(into: &buffer) }
    #expect(buffer.readableBytes == 0)
  }

  private func isAccepted(_ bytes: [UInt8], _ policy: UpgradePolicy) -> Bool {
    if case .accepted = read(request: bytes, policy: policy).outcome { return true }
    return false
  }
}
