import WebSocketTransport

/// What a header of the upgrade request may be.
package enum HeaderCheck {
  /// Fields of the handshake itself; a second one would break or weaken it.
  private static let ofTheHandshake = ["upgrade", "connection"]
  private static let ofABody = ["content-length", "transfer-encoding", "te", "trailer"]

  /// Why `header` cannot be sent (RFC 9110 5.5, 5.6.2), or nil.
  package static func problem(_ header: HTTPHeader) -> String? {
    let name = header.name.lowercased()
    if name.isEmpty || !name.utf8.allSatisfy(isToken) { return "is no header name" }
    if ofABody.contains(name) { return "is about a body, and the upgrade request has none" }
    switch name {
    case "sec-websocket-protocol": return "is set with --subprotocol"
    case "sec-websocket-extensions": return "would offer an extension that mqttws does not speak"
    case "sec-websocket-key": return "has to be random, and is made for each connection"
    default: break
    }
    if ofTheHandshake.contains(name) || name.hasPrefix("sec-websocket-") {
      return "belongs to the handshake, which sends its own"
    }
    if !header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
      return "has a control character in its value"
    }
    return nil
  }

  /// Whether the value is likely to be a credential.
  package static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["auth", "cookie", "token", "secret", "password", "api-key", "apikey", "signature"]
      .contains { name.contains($0) }
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
