import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct UpgradeRefusalTests {
  static let statuses = [200, 301, 302, 400, 401, 403, 404, 407, 426, 429, 500, 502, 503, 504]

  @Test(arguments: statuses, [1, 3, Int.max]) func keepsStatusHeadersAndBody(status: Int, piece: Int) {
    let bytes =
      head(["HTTP/1.1 \(status) Some Words", "Location: /x", "Server: nginx", "Content-Length: 5"])
      + Array("<htmlmore".utf8)
    let log = read(response: bytes, piece: piece)
    guard case .refused(let refusal) = log.outcome else {
      Issue.record("not refused: \(log)")
      return
    }
    #expect(refusal.status == status && refusal.reason == "Some Words")
    #expect(refusal.location == "/x" && refusal.headers.first("SERVER") == "nginx")
    #expect(refusal.bodyPrefix == Array("<html".utf8))
  }

  /// A body as it is framed, what is kept of it, and whether that is known before the server closes.
  static let bodies: [(header: String, body: String, kept: String, endsByItself: Bool)] = [
    ("Content-Length: 0", "", "", true),
    ("Content-Length: 3", "abcd", "abc", true),
    ("Content-Length: 9", "abcd", "abcd", false),
    ("Content-Length: x", "abcd", "abcd", false),
    ("Content-Length: -1", "abcd", "abcd", false),
    ("Content-Length: 99999999999999999999", "abcd", "abcd", false),
    ("X: y", "abcd", "abcd", false),
    ("Transfer-Encoding: chunked", "3\r\nabc\r\n1;ext=1\r\nd\r\n0\r\n\r\n", "abcd", true),
    ("Transfer-Encoding: gzip, Chunked", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", true),
    ("Transfer-Encoding: chunked", "3\r\nab", "ab", false),
    ("Transfer-Encoding: chunked", "zz\r\nabc", "", true),
    ("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFF1\r\nabc", "", true),
    ("Transfer-Encoding: chunked", "3\r\nabcXYZ", "abc", true),
  ]

  @Test(arguments: bodies.indices, [1, 2, Int.max]) func unwrapsTheBody(index: Int, piece: Int) {
    let (header, body, kept, endsByItself) = Self.bodies[index]
    let bytes = head(["HTTP/1.1 503 Busy", header]) + Array(body.utf8)
    let early = read(response: bytes, piece: piece)
    #expect((early.outcome != .needMore) == endsByItself, "\(header)")
    guard case .refused(let refusal) = read(response: bytes, piece: piece, closes: true).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(String(decoding: refusal.bodyPrefix, as: UTF8.self) == kept)
  }

  @Test func keepsNoMoreThanAKiloByte() {
    let bytes = head(["HTTP/1.0 200 OK"]) + [UInt8](repeating: 65, count: 5_000)
    guard case .refused(let refusal) = read(response: bytes, piece: 100).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.bodyPrefix.count == UpgradeRefusal.maximumBodyPrefix)
  }

  @Test func tellsARefusalWhoseBodyIsStillComing() throws {
    var parser = UpgradeResponseParser(key: sampleKey)
    var buffer = ByteBuffer(bytes: head(["HTTP/1.1 403 Forbidden"]) + [65])
    #expect(try parser.feed(&buffer) == .needMore)
    #expect(parser.pendingRefusal?.status == 403)
    #expect(parser.pendingRefusal?.bodyPrefix == [65])
  }

  @Test(arguments: [204, 304]) func someAnswersHaveNoBody(status: Int) {
    #expect(read(response: head(["HTTP/1.1 \(status)"])).outcome != .needMore)
  }
}
