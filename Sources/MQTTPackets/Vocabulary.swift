/// The protocol level that CONNECT carries ([MQTT-3.1.2-2]).
package enum ProtocolVersion: UInt8, Sendable, CaseIterable {
  case v3_1_1 = 4
  case v5 = 5
}

/// Quality of Service levels, in the order of their guarantees.
package enum QoS: UInt8, Sendable, CaseIterable, Comparable {
  case atMostOnce = 0
  case atLeastOnce = 1
  case exactlyOnce = 2

  package static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}

/// MQTT Control Packet types, MQTT 5.0 section 2.1.2. AUTH exists in 5.0 only.
package enum PacketType: UInt8, Sendable, CaseIterable {
  case connect = 1
  case connAck
  case publish
  case pubAck
  case pubRec
  case pubRel
  case pubComp
  case subscribe
  case subAck
  case unsubscribe
  case unsubAck
  case pingReq
  case pingResp
  case disconnect
  case auth

  /// The name as the specification writes it: `PUBLISH`, `CONNACK`.
  package var name: String {
    switch self {
    case .connect: "CONNECT"
    case .connAck: "CONNACK"
    case .publish: "PUBLISH"
    case .pubAck: "PUBACK"
    case .pubRec: "PUBREC"
    case .pubRel: "PUBREL"
    case .pubComp: "PUBCOMP"
    case .subscribe: "SUBSCRIBE"
    case .subAck: "SUBACK"
    case .unsubscribe: "UNSUBSCRIBE"
    case .unsubAck: "UNSUBACK"
    case .pingReq: "PINGREQ"
    case .pingResp: "PINGRESP"
    case .disconnect: "DISCONNECT"
    case .auth: "AUTH"
    }
  }
}
