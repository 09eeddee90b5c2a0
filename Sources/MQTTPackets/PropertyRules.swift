/// What carries properties: a packet, or the will inside CONNECT.
package enum PropertyContext: Hashable, Sendable {
  case packet(PacketType)
  case will

  fileprivate var bit: UInt16 {
    switch self {
    case .packet(let type): 1 << UInt16(type.rawValue)
    case .will: 1
    }
  }

  /// `PUBLISH`, `WILL`.
  package var name: String {
    switch self {
    case .packet(let type): type.name
    case .will: "WILL"
    }
  }
}

/// Table 2-4 of MQTT 5.0 section 2.2.2.2, and the limits on values that the sections of the single
/// properties set.
package enum PropertyRules {
  package static func isAllowed(_ identifier: Property.Identifier, in context: PropertyContext) -> Bool {
    contexts(identifier) & context.bit != 0
  }

  /// User properties everywhere; the subscription identifiers of a PUBLISH.
  package static func mayRepeat(_ identifier: Property.Identifier, in context: PropertyContext) -> Bool {
    switch identifier {
    case .userProperty: true
    case .subscriptionIdentifier: context == .packet(.publish)
    default: false
    }
  }

  /// One bit a packet type, bit 0 for the will.
  private static func contexts(_ identifier: Property.Identifier) -> UInt16 {
    switch identifier {
    case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData:
      publish | will
    case .subscriptionIdentifier: publish | bit(.subscribe)
    case .sessionExpiryInterval: connect | connAck | bit(.disconnect)
    case .authenticationMethod, .authenticationData: connect | connAck | bit(.auth)
    case .requestProblemInformation, .requestResponseInformation: connect
    case .willDelayInterval: will
    case .serverReference: connAck | bit(.disconnect)
    case .reasonString: answers
    case .receiveMaximum, .topicAliasMaximum, .maximumPacketSize: connect | connAck
    case .topicAlias: publish
    case .userProperty: answers | connect | publish | bit(.subscribe) | bit(.unsubscribe) | will
    case .assignedClientIdentifier, .serverKeepAlive, .responseInformation, .maximumQoS, .retainAvailable,
      .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
      connAck
    }
  }

  private static func bit(_ type: PacketType) -> UInt16 { 1 << UInt16(type.rawValue) }
  private static var will: UInt16 { 1 }
  private static var connect: UInt16 { bit(.connect) }
  private static var connAck: UInt16 { bit(.connAck) }
  private static var publish: UInt16 { bit(.publish) }
  private static var answers: UInt16 {
    connAck | bit(.pubAck) | bit(.pubRec) | bit(.pubRel) | bit(.pubComp) | bit(.subAck) | bit(.unsubAck)
      | bit(.disconnect) | bit(.auth)
  }
}

extension PropertyRules {
  /// A value that the property must not have.
  struct Violation {
    let kind: DecodeError.Kind
    let rule: Rule
    let detail: String
  }

  /// nil for a legal value. Bool flags cannot be wrong here: their bytes are checked where they are read.
  static func violation(by property: Property) -> Violation? {
    switch property {
    case .payloadFormatIndicator(let value) where value > 1:
      notAFlag(value, "MQTT 5.0 3.3.2.3.2")
    case .maximumQoS(let value) where value > 1:
      notAFlag(value, "MQTT 5.0 3.2.2.3.4")
    case .receiveMaximum(0):
      Violation(kind: .protocolError, rule: Rule("MQTT 5.0 3.1.2.11.3"), detail: "0 is not allowed")
    case .maximumPacketSize(0):
      Violation(kind: .protocolError, rule: Rule("MQTT 5.0 3.1.2.11.4"), detail: "0 is not allowed")
    case .subscriptionIdentifier(0):
      Violation(kind: .protocolError, rule: Rule("MQTT 5.0 3.8.2.1.2"), detail: "0 is not allowed")
    case .topicAlias(0):
      Violation(kind: .topicAliasInvalid, rule: Rule("[MQTT-3.3.2-8]"), detail: "0 is not allowed")
    // An empty one is not refused: the clause bars wildcards only, and brokers let it through.
    case .responseTopic(let topic) where topic.withUTF8Bytes({ TextScan($0).hasWildcard }):
      Violation(kind: .topicNameInvalid, rule: Rule("[MQTT-3.3.2-14]"), detail: "contains a wildcard")
    default: nil
    }
  }

  /// A byte that has to be 0 or 1.
  static func notAFlag(_ value: UInt8, _ section: String) -> Violation {
    Violation(kind: .protocolError, rule: Rule(section), detail: "\(value) is neither 0 nor 1")
  }
}

extension Property.Identifier {
  /// The data types of table 2-4, sections 1.5.1 to 1.5.7.
  package enum ValueType: Sendable {
    case byte
    /// A byte of 0 or 1.
    case flag
    case twoByteInteger
    case fourByteInteger
    case variableByteInteger
    case string
    case binary
    case stringPair
  }

  package var valueType: ValueType {
    switch self {
    case .payloadFormatIndicator, .maximumQoS: .byte
    case .requestProblemInformation, .requestResponseInformation, .retainAvailable,
      .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
      .flag
    case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: .twoByteInteger
    case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize:
      .fourByteInteger
    case .subscriptionIdentifier: .variableByteInteger
    case .contentType, .responseTopic, .assignedClientIdentifier, .authenticationMethod,
      .responseInformation, .serverReference, .reasonString:
      .string
    case .correlationData, .authenticationData: .binary
    case .userProperty: .stringPair
    }
  }
}
