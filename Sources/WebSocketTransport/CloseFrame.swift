/// The payload of a CLOSE frame, RFC 6455 5.5.1. The reason is the peer's text: escape it before showing.
package struct CloseFrame: Equatable, Sendable {
  /// nil for an empty payload.
  package let code: CloseCode?
  package let reason: String

  package init(_ code: CloseCode?, reason: String = "") {
    self.code = code
    self.reason = reason
  }

  /// Reads an unmasked payload.
  package init(payload: UnsafeRawBufferPointer) throws(WebSocketViolation) {
    self.init(nil)
  }
}
