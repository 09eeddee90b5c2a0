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
  static let integer = Rule("MQTT 5.0 1.5", v3_1_1: "MQTT 3.1.1 1.5")
  static let string = Rule("MQTT 5.0 1.5.4", v3_1_1: "MQTT 3.1.1 1.5.3")
  static let wellFormedUTF8 = Rule("[MQTT-1.5.4-1]", v3_1_1: "[MQTT-1.5.3-1]")
  static let noNullCharacter = Rule("[MQTT-1.5.4-2]", v3_1_1: "[MQTT-1.5.3-2]")
  static let variableByteInteger = Rule("MQTT 5.0 1.5.5", v3_1_1: "MQTT 3.1.1 2.2.3")
  static let minimalLength = Rule("[MQTT-1.5.5-1]")
  static let binary = Rule("MQTT 5.0 1.5.6", v3_1_1: "MQTT 3.1.1 3.1.3")
  static let packetType = Rule("MQTT 5.0 2.1.2", v3_1_1: "MQTT 3.1.1 2.2.1")
  static let reservedFlags = Rule("[MQTT-2.1.3-1]", v3_1_1: "[MQTT-2.2.2-2]")
  static let remainingLength = Rule("MQTT 5.0 2.1.4", v3_1_1: "MQTT 3.1.1 2.2.3")
  static let packetSize = Rule("[MQTT-3.1.2-24]", v3_1_1: "MQTT 3.1.1 2.2.3")
  static let packetIdentifier = Rule("[MQTT-2.2.1-3]", v3_1_1: "[MQTT-2.3.1-1]")
  static let serverPacketIdentifier = Rule("[MQTT-2.2.1-4]", v3_1_1: "[MQTT-2.3.1-1]")
  static let acknowledgedIdentifier = Rule("[MQTT-2.2.1-5]", v3_1_1: "[MQTT-2.3.1-6]")
  static let subscriptionIdentifierEchoed = Rule("[MQTT-2.2.1-6]", v3_1_1: "[MQTT-2.3.1-7]")
  static let noIdentifierAtQoS0 = Rule("[MQTT-2.2.1-2]", v3_1_1: "[MQTT-2.3.1-5]")
  static let properties = Rule("MQTT 5.0 2.2.2")
  static let propertyIdentifier = Rule("MQTT 5.0 2.2.2.2")

  // CONNECT and CONNACK.
  static let protocolName = Rule("[MQTT-3.1.2-1]")
  static let protocolLevel = Rule("[MQTT-3.1.2-2]")
  static let connectReserved = Rule("[MQTT-3.1.2-3]")
  static let willQoSWithoutWill = Rule("[MQTT-3.1.2-11]", v3_1_1: "[MQTT-3.1.2-13]")
  static let willQoS = Rule("[MQTT-3.1.2-12]", v3_1_1: "[MQTT-3.1.2-14]")
  static let willRetainWithoutWill = Rule("[MQTT-3.1.2-13]", v3_1_1: "[MQTT-3.1.2-15]")
  static let passwordWithoutUserName = Rule("[MQTT-3.1.2-22]")
  static let clientIdentifier = Rule("[MQTT-3.1.3-7]")
  static let connectFormat = Rule("[MQTT-3.1.4-1]")
  static let connAckFlags = Rule("[MQTT-3.2.2-1]", v3_1_1: "MQTT 3.1.1 3.2.2.1")
  static let sessionPresent = Rule("[MQTT-3.2.2-6]", v3_1_1: "[MQTT-3.2.2-4]")
  static let connAckCode = Rule("[MQTT-3.2.2-8]", v3_1_1: "MQTT 3.1.1 3.2.2.3")
  static let authenticationData = Rule("MQTT 5.0 3.1.2.11.10")

  // PUBLISH and its acknowledgements.
  static let duplicateAtQoS0 = Rule("[MQTT-3.3.1-2]")
  static let publishQoS = Rule("[MQTT-3.3.1-4]")
  static let topicWildcard = Rule("[MQTT-3.3.2-2]")
  static let topicOrAlias = Rule("MQTT 5.0 3.3.2.1", v3_1_1: "[MQTT-4.7.3-1]")
  static let subscriptionIdentifierFromClient = Rule("[MQTT-3.3.4-6]")
  static let pubAckCode = Rule("[MQTT-3.4.2-1]")
  static let pubRecCode = Rule("[MQTT-3.5.2-1]")
  static let pubRelCode = Rule("[MQTT-3.6.2-1]")
  static let pubCompCode = Rule("[MQTT-3.7.2-1]")

  // Subscriptions.
  static let subscribePayload = Rule("[MQTT-3.8.3-2]", v3_1_1: "[MQTT-3.8.3-3]")
  static let noLocalShared = Rule("[MQTT-3.8.3-4]")
  static let subscriptionReserved = Rule("[MQTT-3.8.3-5]", v3_1_1: "[MQTT-3.8.3-4]")
  static let subscriptionOptions = Rule("MQTT 5.0 3.8.3.1", v3_1_1: "[MQTT-3.8.3-4]")
  static let subAckPayload = Rule("[MQTT-3.8.4-6]", v3_1_1: "[MQTT-3.8.4-5]")
  static let subAckCode = Rule("[MQTT-3.9.3-2]")
  static let unsubscribePayload = Rule("[MQTT-3.10.3-2]")
  static let unsubAckPayload = Rule("[MQTT-3.11.3-1]")
  static let unsubAckCode = Rule("[MQTT-3.11.3-2]")

  // DISCONNECT and AUTH.
  static let disconnectCode = Rule("[MQTT-3.14.2-1]")
  static let sessionExpiryFromServer = Rule("[MQTT-3.14.2-2]")
  static let authCode = Rule("[MQTT-3.15.2-1]")
  static let authenticationMethod = Rule("MQTT 5.0 3.15.2.2.2")
}
