/// Why the bytes of a peer are no legal packet. Names the place and the rule, never foreign text.
package struct DecodeError: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case malformed
    case protocolError
    /// Over `PacketDecoder.maximumPacketSize`, known from the fixed header alone.
    case packetTooLarge
    case topicNameInvalid
    case topicFilterInvalid
    case topicAliasInvalid
    /// A CONNECT whose protocol name is not `MQTT` (3.1 says `MQIsdp`). The server may answer with
    /// a CONNACK 0x84 of 5.0 or just close ([MQTT-3.1.2-1]).
    case unsupportedProtocolName
    /// A CONNECT of another level than 4 and 5. The server answers with CONNACK 0x01 of 3.1.1 to
    /// levels below 5, with 0x84 of 5.0 to those above ([MQTT-3.1.2-2]).
    case unsupportedProtocolLevel(UInt8)
    /// A 3.1.1 CONNECT that asks to keep the session of an empty client identifier: CONNACK 0x02
    /// ([MQTT-3.1.3-8]).
    case clientIdentifierNotValid
    /// A CONNACK in the format of the other version: most often a 3.1.1 server that refuses a
    /// 5.0 client with return code 1.
    case connAckOfOtherVersion(code: UInt8)
  }

  package var kind: Kind
  /// nil when not even the type is legal.
  package var packet: PacketType?
  /// As the specification names it: `Topic Name`, `Receive Maximum`.
  package var field: String
  /// Of the offending byte, from the packet's first byte.
  package var offset: Int
  /// The conformance clause, `[MQTT-1.5.5-1]`, or else the section, `MQTT 5.0 1.5.5`.
  package var rule: String
  /// What was found, in words of ours; may be shown as it is.
  package var detail: String
  /// The version that the rule belongs to; for a CONNECT the one it asked for, once that was read.
  package var version: ProtocolVersion

  package init(
    _ kind: Kind, packet: PacketType?, field: String, offset: Int, rule: String, detail: String,
    version: ProtocolVersion
  ) {
    self.kind = kind
    self.packet = packet
    self.field = field
    self.offset = offset
    self.rule = rule
    self.detail = detail
    self.version = version
  }

  /// The 5.0 reason to give in a DISCONNECT (or in a CONNACK that answers a CONNECT).
  package var reasonCode: ReasonCode {
    switch kind {
    case .malformed, .connAckOfOtherVersion: .malformedPacket
    case .protocolError: .protocolError
    case .packetTooLarge: .packetTooLarge
    case .topicNameInvalid: .topicNameInvalid
    case .topicFilterInvalid: .topicFilterInvalid
    case .topicAliasInvalid: .topicAliasInvalid
    case .unsupportedProtocolName, .unsupportedProtocolLevel: .unsupportedProtocolVersion
    case .clientIdentifierNotValid: .clientIdentifierNotValid
    }
  }
}
