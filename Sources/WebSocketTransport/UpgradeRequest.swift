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
  package static func makeKey(from random: [UInt8]) -> String { "" }

  /// Nothing is written when a field cannot be.
  package func encode(into buffer: inout ByteBuffer) throws(UpgradeRequestError) {
  }
}

/// A field of the user's that cannot be written into a request.
package enum UpgradeRequestError: Error, Equatable, Sendable {
  case invalidName(String)
  /// A control character in the value of the named field.
  case invalidValue(name: String)
  /// The named field belongs to the handshake itself.
  case reserved(name: String)
}
