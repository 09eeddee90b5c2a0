/// The payload of a CLOSE frame, RFC 6455 5.5.1. The reason is the peer's text: escape it before showing.
package struct CloseFrame: Equatable, Sendable {
  private static let maximumReasonLength = 123

  /// nil for an empty payload.
  package let code: CloseCode?
  package let reason: String

  package init(_ code: CloseCode?, reason: String = "") {
    self.code = code
    self.reason = reason
  }

  /// Reads an unmasked payload: nothing, or a code that may be on the wire and a reason in UTF-8.
  package init(payload: UnsafeRawBufferPointer) throws(WebSocketViolation) {
    guard payload.count != 1 else {
      throw Self.violation(.closePayload, "5.5.1", "a CLOSE frame with half a status code", .protocolError)
    }
    guard payload.count >= 2 else {
      self.init(nil)
      return
    }
    let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.isAllowedOnWire else {
      throw Self.violation(
        .closeCode, "7.4", "a CLOSE frame with status \(code.rawValue), which may not be sent", .protocolError
      )
    }
    guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
      throw Self.violation(
        .closeReason, "5.5.1", "a CLOSE frame whose reason is not UTF-8", .invalidPayload)
    }
    self.init(code, reason: reason)
  }

  /// As much of the reason as a control frame holds.
  var reasonThatFits: String {
    guard reason.utf8.count > Self.maximumReasonLength else { return reason }
    var fitting = ""
    var length = 0
    for character in reason {
      length += character.utf8.count
      guard length <= Self.maximumReasonLength else { break }
      fitting.append(character)
    }
    return fitting
  }

  private static func violation(
    _ kind: WebSocketViolation.Kind, _ section: String, _ detail: String, _ closeCode: CloseCode
  ) -> WebSocketViolation {
    WebSocketViolation(kind, rule: "RFC 6455 \(section)", detail: detail, closeCode: closeCode, offset: 0)
  }
}
