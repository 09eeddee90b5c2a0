import Testing

@testable import WebSocketTransport

@Suite struct UpgradeSnifferTests {
  static let answers: [(String, [UInt8], LooksLike)] = [
    ("a TLS alert", hex("15 03 03 00 02 02 46"), .tlsAlert),
    ("a TLS handshake", hex("16 03 01 00 05"), .tls),
    ("CONNACK", hex("20 02 00 00"), .mqtt),
    ("CONNACK of MQTT 5", hex("20 09 00 00 06 22 00 0A 21 00 14"), .mqtt),
    ("DISCONNECT", hex("E0 02 81 00"), .mqtt),
    ("SSH", Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), .ssh),
    ("HTTP/2 settings", hex("00 00 12 04 00 00 00 00 00"), .http2),
    ("HTTP/2 goaway", hex("00 00 08 07 00 00 00 00 00"), .http2),
    ("a mail server", Array("220 mail ESMTP\r\n".utf8), .greeting),
    ("bare HTML", Array("<html>".utf8), .html),
    ("a frame too early", hex("82 02 20 00"), .webSocketFrame),
    ("words", Array("hello".utf8), .text),
    ("an H that is no HTTP", Array("Hello".utf8), .text),
    ("noise", hex("C0 FF EE"), .unknown),
    ("zeroes", hex("00 00 00 00 00 00"), .unknown),
  ]

  @Test(arguments: answers.indices) func namesWhatAnswersInsteadOfHTTP(index: Int) {
    let (name, bytes, guess) = Self.answers[index]
    let whole = read(response: bytes).violation
    #expect(whole?.kind == .notHTTP(guess), "\(name)")
    #expect(read(response: bytes, piece: 1).violation == whole)
  }

  @Test func decidesAtTheEndWhenTheBytesAreFew() {
    #expect(read(response: [0x15], closes: true).violation?.kind == .notHTTP(.unknown))
    #expect(read(response: Array("SS".utf8), closes: true).violation?.kind == .notHTTP(.text))
    #expect(read(response: Array("22".utf8), closes: true).violation?.kind == .notHTTP(.text))
  }

  static let requests: [(String, [UInt8], LooksLike)] = [
    ("a TLS client", hex("16 03 01 02 00 01"), .tls),
    ("an MQTT client", hex("10 0C 00 04") + Array("MQTT".utf8), .mqtt),
    ("an HTTP/2 client", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), .http2),
    ("noise", hex("FF FF"), .unknown),
  ]

  @Test(arguments: requests.indices, [1, Int.max]) func namesWhatAsksInsteadOfHTTP(index: Int, piece: Int) {
    let (name, bytes, guess) = Self.requests[index]
    guard case .rejected(let rejection) = read(request: bytes, piece: piece).outcome else {
      Issue.record("\(name) is not rejected")
      return
    }
    #expect(rejection.violation.kind == .notHTTP(guess), "\(name)")
  }
}
