import NIOCore

/// A 101 answer: read and checked on the client's side, built on the server's.
package struct UpgradeResponse: Equatable, Sendable {
  /// nil when the server confirmed none and that was allowed.
  package let subprotocol: String?
  package let headers: HTTPHeaders

  package init(subprotocol: String?, headers: HTTPHeaders) {
    self.subprotocol = subprotocol
    self.headers = headers
  }

  /// The answer to a request with this key.
  package init(acceptingKey key: String, subprotocol: String?) {
    var headers = HTTPHeaders([
      HTTPHeader("Upgrade", "websocket"),
      HTTPHeader("Connection", "Upgrade"),
      HTTPHeader("Sec-WebSocket-Accept", acceptKey(for: key)),
    ])
    if let subprotocol { headers.append("Sec-WebSocket-Protocol", subprotocol) }
    self.init(subprotocol: subprotocol, headers: headers)
  }

  package func encode(into buffer: inout ByteBuffer) {
    var lines = "HTTP/1.1 101 Switching Protocols\r\n"
    for field in headers.fields { lines += "\(field.name): \(field.value)\r\n" }
    buffer.writeString(lines + "\r\n")
  }
}
