import Glibc

/// A host as it may stand in an address: a name, an IPv4 or an IPv6 address.
struct URLHost: Equatable, Sendable {
  /// Lower case; `xn--` labels for an international name; no brackets.
  let ascii: String
  /// The international spelling, when there is one.
  let unicode: String?
  let isIPv6: Bool

  /// Takes IPv6 with or without brackets. Errors carry positions in the UTF-8 of `text`.
  init(_ text: String) throws(WebSocketURLError) {
    guard !text.isEmpty else { throw WebSocketURLError(.emptyHost, at: 0) }
    if text.contains("://") { throw WebSocketURLError(.urlAsHost, at: 0) }
    if case let (host, port?)? = URLAuthority.split(text), URLAuthority.port(port) != nil {
      throw WebSocketURLError(.portInHost, at: host.utf8.count)
    }
    if text.utf8.contains(UInt8(ascii: ":")) || text.utf8.first == UInt8(ascii: "[") {
      ascii = try Self.checkedIPv6(text)
      unicode = nil
      isIPv6 = true
      return
    }
    isIPv6 = false
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      ascii = text.lowercased()
      unicode = nil
    } else {
      let mapped = try URLInternationalName.mapped(text)
      ascii = try Self.encoded(mapped)
      unicode = String(String.UnicodeScalarView(mapped))
    }
    try Self.checkName(ascii)
  }

  /// Dotted decimal with four parts.
  static func isIPv4(_ text: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1
  }

  private static func checkedIPv6(_ text: String) throws(WebSocketURLError) -> String {
    var inner = Substring(text)
    if inner.hasPrefix("[") {
      guard inner.hasSuffix("]") else { throw WebSocketURLError(.invalidIPv6, at: text.utf8.count) }
      inner = inner.dropFirst().dropLast()
    }
    if let percent = text.utf8.firstIndex(of: UInt8(ascii: "%")) {
      let position = text.utf8.distance(from: text.startIndex, to: percent)
      throw WebSocketURLError(.zoneIdentifier, at: position)
    }
    var address = in6_addr()
    guard !inner.utf8.contains(0), inet_pton(AF_INET6, String(inner), &address) == 1 else {
      throw WebSocketURLError(.invalidIPv6, at: 0, suggestion: nil)
    }
    return inner.lowercased()
  }

  private static func encoded(_ name: [Unicode.Scalar]) throws(WebSocketURLError) -> String {
    var labels: [String] = []
    for label in name.split(separator: ".", omittingEmptySubsequences: false) {
      guard label.count <= 63 else { throw WebSocketURLError(.labelTooLong, at: 0) }
      if label.allSatisfy(\.isASCII) {
        labels.append(String(String.UnicodeScalarView(label)))
      } else {
        labels.append("xn--" + Punycode.encode(Array(label)))
      }
    }
    return labels.joined(separator: ".")
  }

  private static func checkName(_ name: String) throws(WebSocketURLError) {
    guard name.utf8.count <= 254 else { throw WebSocketURLError(.hostTooLong, at: 0) }
    for (position, byte) in name.utf8.enumerated() where !isNameByte(byte) {
      throw WebSocketURLError(.hostCharacter(UInt32(byte)), at: position)
    }
    var labels = name.split(separator: ".", omittingEmptySubsequences: false)
    // A dot at the end only says that no search domain is to be tried.
    if labels.count > 1 && labels.last == "" { labels.removeLast() }
    var position = 0
    for label in labels {
      guard !label.isEmpty else { throw WebSocketURLError(.invalidHost, at: position) }
      guard label.utf8.count <= 63 else { throw WebSocketURLError(.labelTooLong, at: position) }
      position += label.utf8.count + 1
    }
    // A resolver may read such a name as an IPv4 address in one of its old short forms.
    if let last = labels.last, last.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) || last.hasPrefix("0x") {
      guard isIPv4(name) else { throw WebSocketURLError(.invalidIPv4, at: 0) }
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
