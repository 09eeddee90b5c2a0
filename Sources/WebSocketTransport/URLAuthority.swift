/// `host[:port]`, as it stands in an address and in Host.
enum URLAuthority {
  /// The host, still with its brackets, and what stands behind its colon. nil when a bracket is not closed
  /// or is followed by anything else, and when an IPv6 address has no brackets.
  static func split(_ text: String) -> (host: String, port: String?)? {
    let bytes = text.utf8
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      let rest = text[bytes.index(after: close)...]
      guard rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") else { return nil }
      return (String(text[...close]), rest.isEmpty ? nil : String(rest.utf8.dropFirst()) ?? "")
    }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (text, nil) }
    let port = text[bytes.index(after: colon)...]
    guard !port.utf8.contains(UInt8(ascii: ":")) else { return nil }
    return (String(text[..<colon]), String(port))
  }

  /// A port of 1...65535 in decimal digits.
  static func port(_ text: String) -> Int? {
    guard 1...5 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = Int(text),
      1...65_535 ~= port
    else { return nil }
    return port
  }
}
