/// Where the specifications say what a packet broke: a conformance clause (`[MQTT-1.5.5-1]`) where
/// there is one, else the section. The two versions number their clauses differently.
struct Rule: Sendable {
  private let v5: String
  private let v3_1_1: String

  /// Without `v3_1_1` the clause has the same number in both versions, or 3.1.1 has none.
  init(_ v5: String, v3_1_1: String? = nil) {
    self.v5 = v5
    self.v3_1_1 = v3_1_1 ?? v5
  }

  func text(_ version: ProtocolVersion) -> String { version == .v5 ? v5 : v3_1_1 }
}

extension Rule {
  // Data representation and fixed header.
  static var integer: Rule { Rule("MQTT 5.0 1.5", v3_1_1: "MQTT 3.1.1 1.5") }
  static var string: Rule { Rule("MQTT 5.0 1.5.4", v3_1_1: "MQTT 3.1.1 1.5.3") }
  static var wellFormedUTF8: Rule { Rule("[MQTT-1.5.4-1]", v3_1_1: "[MQTT-1.5.3-1]") }
  static var noNullCharacter: Rule { Rule("[MQTT-1.5.4-2]", v3_1_1: "[MQTT-1.5.3-2]") }
  static var variableByteInteger: Rule { Rule("MQTT 5.0 1.5.5", v3_1_1: "MQTT 3.1.1 2.2.3") }
  static var minimalLength: Rule { Rule("[MQTT-1.5.5-1]") }
  static var binary: Rule { Rule("MQTT 5.0 1.5.6", v3_1_1: "MQTT 3.1.1 3.1.3") }
  static var packetType: Rule { Rule("MQTT 5.0 2.1.2", v3_1_1: "MQTT 3.1.1 2.2.1") }
  static var reservedFlags: Rule { Rule("[MQTT-2.1.3-1]", v3_1_1: "[MQTT-2.2.2-2]") }
  static var remainingLength: Rule { Rule("MQTT 5.0 2.1.4", v3_1_1: "MQTT 3.1.1 2.2.3") }
  static var serverPacketSize: Rule { Rule("[MQTT-3.1.2-24]", v3_1_1: "MQTT 3.1.1 2.2.3") }
  static var clientPacketSize: Rule { Rule("[MQTT-3.2.2-15]", v3_1_1: "MQTT 3.1.1 2.2.3") }
  static var packetIdentifier: Rule { Rule("[MQTT-2.2.1-3]", v3_1_1: "[MQTT-2.3.1-1]") }
  static var serverPacketIdentifier: Rule { Rule("[MQTT-2.2.1-4]", v3_1_1: "[MQTT-2.3.1-1]") }
  static var acknowledgedIdentifier: Rule { Rule("[MQTT-2.2.1-5]", v3_1_1: "[MQTT-2.3.1-6]") }
  static var subscriptionIdentifierEchoed: Rule { Rule("[MQTT-2.2.1-6]", v3_1_1: "[MQTT-2.3.1-7]") }
  static var noIdentifierAtQoS0: Rule { Rule("[MQTT-2.2.1-2]", v3_1_1: "[MQTT-2.3.1-5]") }
  static var properties: Rule { Rule("MQTT 5.0 2.2.2") }
  static var propertyIdentifier: Rule { Rule("MQTT 5.0 2.2.2.2") }

  // CONNECT and CONNACK.
  static var protocolName: Rule { Rule("[MQTT-3.1.2-1]") }
  static var protocolLevel: Rule { Rule("[MQTT-3.1.2-2]") }
  static var connectReserved: Rule { Rule("[MQTT-3.1.2-3]") }
  static var willQoSWithoutWill: Rule { Rule("[MQTT-3.1.2-11]", v3_1_1: "[MQTT-3.1.2-13]") }
  static var willQoS: Rule { Rule("[MQTT-3.1.2-12]", v3_1_1: "[MQTT-3.1.2-14]") }
  static var willRetainWithoutWill: Rule { Rule("[MQTT-3.1.2-13]", v3_1_1: "[MQTT-3.1.2-15]") }
  static var passwordWithoutUserName: Rule { Rule("[MQTT-3.1.2-22]") }
  static var clientIdentifier: Rule { Rule("[MQTT-3.1.3-7]") }
  static var connAckFlags: Rule { Rule("[MQTT-3.2.2-1]", v3_1_1: "MQTT 3.1.1 3.2.2.1") }
  static var sessionPresent: Rule { Rule("[MQTT-3.2.2-6]", v3_1_1: "[MQTT-3.2.2-4]") }
  static var connAckCode: Rule { Rule("[MQTT-3.2.2-8]", v3_1_1: "MQTT 3.1.1 3.2.2.3") }
  static var authenticationData: Rule { Rule("MQTT 5.0 3.1.2.11.10") }

  // PUBLISH and its acknowledgements.
  static var duplicateAtQoS0: Rule { Rule("[MQTT-3.3.1-2]") }
  static var publishQoS: Rule { Rule("[MQTT-3.3.1-4]") }
  static var topicWildcard: Rule { Rule("[MQTT-3.3.2-2]") }
  /// For the other topic names: that of a will.
  static var wildcardInName: Rule { TopicError.Reason.wildcardInName.rule }
  static var topicOrAlias: Rule { Rule("MQTT 5.0 3.3.2.1", v3_1_1: "[MQTT-4.7.3-1]") }
  static var subscriptionIdentifierFromClient: Rule { Rule("[MQTT-3.3.4-6]") }
  static var pubAckCode: Rule { Rule("[MQTT-3.4.2-1]") }
  static var pubRecCode: Rule { Rule("[MQTT-3.5.2-1]") }
  static var pubRelCode: Rule { Rule("[MQTT-3.6.2-1]") }
  static var pubCompCode: Rule { Rule("[MQTT-3.7.2-1]") }

  // Subscriptions.
  static var subscribePayload: Rule { Rule("[MQTT-3.8.3-2]", v3_1_1: "[MQTT-3.8.3-3]") }
  static var noLocalShared: Rule { Rule("[MQTT-3.8.3-4]") }
  static var subscriptionReserved: Rule { Rule("[MQTT-3.8.3-5]", v3_1_1: "[MQTT-3.8.3-4]") }
  static var subscriptionOptions: Rule { Rule("MQTT 5.0 3.8.3.1", v3_1_1: "[MQTT-3.8.3-4]") }
  static var subAckPayload: Rule { Rule("[MQTT-3.8.4-6]", v3_1_1: "[MQTT-3.8.4-5]") }
  static var subAckCode: Rule { Rule("[MQTT-3.9.3-2]") }
  static var unsubscribePayload: Rule { Rule("[MQTT-3.10.3-2]") }
  static var unsubAckPayload: Rule { Rule("[MQTT-3.11.3-1]") }
  static var unsubAckCode: Rule { Rule("[MQTT-3.11.3-2]") }

  // DISCONNECT and AUTH.
  static var disconnectCode: Rule { Rule("[MQTT-3.14.2-1]") }
  static var sessionExpiryFromServer: Rule { Rule("[MQTT-3.14.2-2]") }
  static var authCode: Rule { Rule("[MQTT-3.15.2-1]") }
  static var authenticationMethod: Rule { Rule("MQTT 5.0 3.15.2.2.2") }
}
