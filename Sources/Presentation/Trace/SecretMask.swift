import WebSocketTransport

/// Puts asterisks in the place of secrets, byte for byte, so that lengths stay what they were.
package enum SecretMask {
  package static let byte = UInt8(ascii: "*")

  /// An HTTP head: what fields and query parameters with telling names hold. Bytes behind the head stay.
  package static func http(_ head: [UInt8]) -> [UInt8] {
    var masked = head
    var start = 0
    while start < head.count {
      let end = head[start...].firstIndex(of: 0x0A) ?? head.count
      if head[start..<end].allSatisfy({ $0 == 0x0D }) { break }
      line(&masked, start..<end, isFirst: start == 0)
      start = end + 1
    }
    return masked
  }

  private static func line(_ bytes: inout [UInt8], _ range: Range<Int>, isFirst: Bool) {
    if !isFirst, let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: bytes[range.lowerBound..<colon], as: UTF8.self).lowercased()
      if isSecretField(name) {
        for index in colon + 1..<range.upperBound where bytes[index] > 0x20 { bytes[index] = byte }
        return
      }
    }
    query(&bytes, range)
  }

  private static func isSecretField(_ name: String) -> Bool {
    switch name {
    case "authorization", "proxy-authorization", "cookie", "set-cookie": true
    case "sec-websocket-key", "sec-websocket-accept": false
    default: URLQueryRedaction.isSecret(name[...]) || name.hasPrefix("x-auth")
    }
  }

  /// The parameters behind a question mark, in a request line or an address.
  private static func query(_ bytes: inout [UInt8], _ range: Range<Int>) {
    guard let question = bytes[range].firstIndex(of: UInt8(ascii: "?")) else { return }
    let space = bytes[question..<range.upperBound].firstIndex { $0 <= 0x20 } ?? range.upperBound
    var start = question + 1
    while start < space {
      let end = bytes[start..<space].firstIndex { $0 == UInt8(ascii: "&") } ?? space
      if let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")),
        URLQueryRedaction.isSecret(String(decoding: bytes[start..<equals], as: UTF8.self)[...])
      {
        for index in equals + 1..<end { bytes[index] = byte }
      }
      start = end + 1
    }
  }
}
