/// Guesses what a peer speaks from its first bytes, when they are no HTTP.
enum UpgradeSniffer {
  /// nil while a known beginning may still follow; `atEnd` says that nothing more will.
  static func look(at bytes: [UInt8], atEnd: Bool) -> LooksLike? {
    for (pattern, guess) in patterns {
      let seen = zip(bytes, pattern)
      guard seen.allSatisfy({ byte, wanted in wanted.contains(byte) }) else { continue }
      if bytes.count >= pattern.count { return guess }
      if !atEnd { return nil }
    }
    guard let first = bytes.first else { return atEnd ? .unknown : nil }
    return HTTPText.isFieldByte(first) && first < 0x7F ? .text : .unknown
  }

  /// Each pattern is a list of allowed bytes, place by place.
  private static let patterns: [([ClosedRange<UInt8>], LooksLike)] = [
    (exactly([0x15, 0x03]), .tlsAlert),
    ([0x14...0x17, 0x03...0x03], .tls),
    (exactly("SSH-"), .ssh),
    (exactly("PRI "), .http2),
    // The server's preface is a SETTINGS frame; GOAWAY is what an HTTP/1 request earns.
    (exactly([0x00, 0x00]) + [0x00...0xFF, 0x04...0x04], .http2),
    (exactly([0x00, 0x00]) + [0x00...0xFF, 0x07...0x07], .http2),
    (exactly("220 "), .greeting),
    (exactly("220-"), .greeting),
    (exactly("<"), .html),
    // CONNECT, CONNACK, PINGRESP, DISCONNECT with a plausible length.
    ([0x10...0x10, 0x00...0xFF], .mqtt),
    ([0x20...0x20, 0x02...0x1F], .mqtt),
    ([0xD0...0xD0, 0x00...0x00], .mqtt),
    ([0xE0...0xE0, 0x00...0x7F], .mqtt),
    ([0x81...0x82], .webSocketFrame),
    ([0x88...0x8A], .webSocketFrame),
  ]

  private static func exactly(_ bytes: [UInt8]) -> [ClosedRange<UInt8>] { bytes.map { $0...$0 } }
  private static func exactly(_ text: String) -> [ClosedRange<UInt8>] { exactly(Array(text.utf8)) }
}
