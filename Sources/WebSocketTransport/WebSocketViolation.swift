/// The peer broke a rule of RFC 6455 after the upgrade. The connection is to be failed with `closeCode`.
package struct WebSocketViolation: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case reservedBits, reservedOpcode, textFrame
    case maskedByServer, unmaskedByClient
    case lengthNotMinimal, lengthTooLarge, frameTooLarge, tooManyFragments
    case controlTooLong, controlFragmented
    case continuationWithoutStart, dataInsideFragments
    case closePayload, closeCode, closeReason
  }

  package let kind: Kind
  /// `RFC 6455 5.2` or an MQTT rule such as `[MQTT-6.0.0-1]`.
  package let rule: String
  /// Our own words with numbers of the peer's; plain ASCII.
  package let detail: String
  package let closeCode: CloseCode
  /// Bytes since the upgrade up to the frame that broke the rule; 0 for a `CloseFrame` read by itself.
  package let offset: UInt64

  package init(_ kind: Kind, rule: String, detail: String, closeCode: CloseCode, offset: UInt64) {
    self.kind = kind
    self.rule = rule
    self.detail = detail
    self.closeCode = closeCode
    self.offset = offset
  }
}
