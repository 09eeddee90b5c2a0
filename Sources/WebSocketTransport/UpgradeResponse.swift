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
    self.init(subprotocol: subprotocol, headers: HTTPHeaders())
  }

  package func encode(into buffer: inout ByteBuffer) {
  }
}
