import NIOCore

/// The request that turns a connection into a WebSocket, RFC 6455 4.1.
package struct UpgradeRequest: Equatable, Sendable {
  /// Path and query, byte for byte.
  package var target: String
  /// The value of Host.
  package var host: String
  /// 16 random bytes in base64: see `makeKey`.
  package var key: String
  /// nil offers none.
  package var subprotocol: String?
  package var origin: String?
  /// Further fields, written last and in this order.
  package var headers: HTTPHeaders

  package init(
    target: String, host: String, key: String, subprotocol: String? = "mqtt", origin: String? = nil,
    headers: HTTPHeaders = HTTPHeaders()
  ) {
    self.target = target
    self.host = host
    self.key = key
    self.subprotocol = subprotocol
    self.origin = origin
    self.headers = headers
  }

  /// A key from random bytes; the first 16 of them count.
  package static func makeKey(from random: [UInt8]) -> String { Base64.encode(Array(random.prefix(16))) }

  /// Nothing is written when a field cannot be.
  package func encode(into buffer: inout ByteBuffer) throws(UpgradeRequestError) {
    guard target.utf8.first == UInt8(ascii: "/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw .invalidTarget
    }
    var lines = "GET \(target) HTTP/1.1\r\n"
    for field in fields {
      guard field.value.utf8.allSatisfy(HTTPText.isFieldByte) else { throw .invalidValue(name: field.name) }
      lines += "\(field.name): \(field.value)\r\n"
    }
    for field in headers.fields {
      guard HTTPText.isToken(field.name.utf8) else { throw .invalidName(field.name) }
      guard field.value.utf8.allSatisfy(HTTPText.isFieldByte) else { throw .invalidValue(name: field.name) }
      guard !isReserved(field.name) else { throw .reserved(name: field.name) }
      lines += "\(field.name): \(field.value)\r\n"
    }
    buffer.writeString(lines + "\r\n")
  }

  private var fields: [HTTPHeader] {
    var fields = [
      HTTPHeader("Host", host),
      HTTPHeader("Upgrade", "websocket"),
      HTTPHeader("Connection", "Upgrade"),
      HTTPHeader("Sec-WebSocket-Key", key),
      HTTPHeader("Sec-WebSocket-Version", "13"),
    ]
    if let subprotocol { fields.append(HTTPHeader("Sec-WebSocket-Protocol", subprotocol)) }
    if let origin { fields.append(HTTPHeader("Origin", origin)) }
    return fields
  }

  /// A second field of these would contradict the first or ask for what we do not speak.
  private func isReserved(_ name: String) -> Bool {
    let names = [
      "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept",
      "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Content-Length", "Transfer-Encoding",
    ]
    return (names + (origin == nil ? [] : ["Origin"])).contains { HTTPText.equalWithoutCase($0, name) }
  }
}

/// A part of the user's that cannot be written into a request.
package enum UpgradeRequestError: Error, Equatable, Sendable {
  /// The path does not begin with `/`, or holds a blank, a control character or a raw non-ASCII one.
  case invalidTarget
  case invalidName(String)
  /// A control character in the value of the named field.
  case invalidValue(name: String)
  /// The named field belongs to the handshake itself.
  case reserved(name: String)
}
