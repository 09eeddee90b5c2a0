import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct UpgradeRequestTests {
  @Test func writesItsFieldsInOrder() throws {
    var request = UpgradeRequest(
      target: "/mqtt?b=2&a=%2f", host: "broker:8083", key: sampleKey, origin: "https://app",
      headers: HTTPHeaders([HTTPHeader("X-Tenant", "acme"), HTTPHeader("x-tenant", "ümlaut")]))
    let text = """
      GET /mqtt?b=2&a=%2f HTTP/1.1\r
      Host: broker:8083\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: \(sampleKey)\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Protocol: mqtt\r
      Origin: https://app\r
      X-Tenant: acme\r
      x-tenant: ümlaut\r
      \r

      """
    #expect(try encoded(request) == text)
    request.subprotocol = nil
    #expect(try encoded(request).contains("Protocol") == false)
  }

  @Test func makesAKeyThatAServerAccepts() {
    let key = UpgradeRequest.makeKey(from: Array(1...20))
    #expect(key == "AQIDBAUGBwgJCgsMDQ4PEA==")
  }

  static let refused: [(HTTPHeader, UpgradeRequestError)] = [
    (HTTPHeader("X Y", "1"), .invalidName("X Y")), (HTTPHeader("", "1"), .invalidName("")),
    (HTTPHeader("X:", "1"), .invalidName("X:")), (HTTPHeader("X\r\nY", "1"), .invalidName("X\r\nY")),
    (HTTPHeader("X", "1\r\nY: 2"), .invalidValue(name: "X")),
    (HTTPHeader("X", "\0"), .invalidValue(name: "X")),
    (HTTPHeader("host", "x"), .reserved(name: "host")),
    (HTTPHeader("Sec-websocket-extensions", "x"), .reserved(name: "Sec-websocket-extensions")),
    (HTTPHeader("Content-Length", "1"), .reserved(name: "Content-Length")),
    (HTTPHeader("Origin", "x"), .reserved(name: "Origin")),
  ]

  @Test(arguments: refused.indices) func refusesFieldsThatWouldBreakTheRequest(index: Int) {
    let (field, error) = Self.refused[index]
    let request = UpgradeRequest(
      target: "/", host: "h", key: sampleKey, origin: "o", headers: HTTPHeaders([field]))
    #expect(throws: error) { try encoded(request) }
  }

  @Test(arguments: ["", "mqtt", "/a b", "/a\r\nX: y", "/ä"]) func refusesTargetsThatAreNoPath(target: String)
  {
    let request = UpgradeRequest(target: target, host: "h", key: sampleKey)
    #expect(throws: UpgradeRequestError.invalidTarget) { try encoded(request) }
  }

  @Test func refusesAHostWithALineBreak() {
    let request = UpgradeRequest(target: "/", host: "h\r\nX: y", key: sampleKey)
    #expect(throws: UpgradeRequestError.invalidValue(name: "Host")) { try encoded(request) }
  }

  @Test func bothEndsUnderstandEachOther() throws {
    let request = UpgradeRequest(target: "/mqtt", host: "[::1]:8083", key: sampleKey)
    var bytes = ByteBuffer()
    try request.encode(into: &bytes)
    var server = UpgradeRequestParser(policy: UpgradePolicy())
    guard case .accepted(let facts) = server.feed(&bytes) else {
      Issue.record("not accepted")
      return
    }
    var answer = ByteBuffer()
    facts.response.encode(into: &answer)
    var client = UpgradeResponseParser(key: sampleKey)
    #expect(try client.feed(&answer) == .accepted(facts.response))
  }

  private func encoded(_ request: UpgradeRequest) throws -> String {
    var buffer = ByteBuffer()
    try request.encode(into: &buffer)
    return String(buffer: buffer)
  }
}
