/// Why a packet value has no legal encoding. Nothing was written when it is thrown.
package struct EncodeError: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// A string or binary field of more than 65,535 bytes.
    case fieldTooLong
    /// A remaining length of more than 268,435,455.
    case packetTooLarge
    /// A field, or a packet, that 3.1.1 lacks.
    case notInVersion
    /// A value that the receiver would have to reject.
    case invalidValue
  }

  package var kind: Kind
  package var packet: PacketType
  /// As the specification names it.
  package var field: String
  /// The conformance clause or the section.
  package var rule: String
  package var detail: String

  package init(_ kind: Kind, packet: PacketType, field: String, rule: String, detail: String) {
    self.kind = kind
    self.packet = packet
    self.field = field
    self.rule = rule
    self.detail = detail
  }
}
