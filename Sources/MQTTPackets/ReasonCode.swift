/// A Reason Code of MQTT 5.0 section 2.4, or a 3.1.1 CONNACK or SUBACK return code: the byte as it
/// crossed the wire. Its meaning depends on the packet (and on the version), so names do too.
package struct ReasonCode: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// 0x80 and above are failures ([MQTT5 2.4]); every non-zero 3.1.1 CONNACK code is one too.
  package var isError: Bool { rawValue >= 0x80 }

  package static let success = ReasonCode(rawValue: 0x00)
  package static let normalDisconnection = ReasonCode(rawValue: 0x00)
  package static let grantedQoS0 = ReasonCode(rawValue: 0x00)
  package static let grantedQoS1 = ReasonCode(rawValue: 0x01)
  package static let grantedQoS2 = ReasonCode(rawValue: 0x02)
  package static let disconnectWithWillMessage = ReasonCode(rawValue: 0x04)
  package static let noMatchingSubscribers = ReasonCode(rawValue: 0x10)
  package static let noSubscriptionFound = ReasonCode(rawValue: 0x11)
  package static let continueAuthentication = ReasonCode(rawValue: 0x18)
  package static let reauthenticate = ReasonCode(rawValue: 0x19)
  package static let unspecifiedError = ReasonCode(rawValue: 0x80)
  package static let malformedPacket = ReasonCode(rawValue: 0x81)
  package static let protocolError = ReasonCode(rawValue: 0x82)
  package static let implementationSpecificError = ReasonCode(rawValue: 0x83)
  package static let unsupportedProtocolVersion = ReasonCode(rawValue: 0x84)
  package static let clientIdentifierNotValid = ReasonCode(rawValue: 0x85)
  package static let badUserNameOrPassword = ReasonCode(rawValue: 0x86)
  package static let notAuthorized = ReasonCode(rawValue: 0x87)
  package static let serverUnavailable = ReasonCode(rawValue: 0x88)
  package static let serverBusy = ReasonCode(rawValue: 0x89)
  package static let banned = ReasonCode(rawValue: 0x8A)
  package static let serverShuttingDown = ReasonCode(rawValue: 0x8B)
  package static let badAuthenticationMethod = ReasonCode(rawValue: 0x8C)
  package static let keepAliveTimeout = ReasonCode(rawValue: 0x8D)
  package static let sessionTakenOver = ReasonCode(rawValue: 0x8E)
  package static let topicFilterInvalid = ReasonCode(rawValue: 0x8F)
  package static let topicNameInvalid = ReasonCode(rawValue: 0x90)
  package static let packetIdentifierInUse = ReasonCode(rawValue: 0x91)
  package static let packetIdentifierNotFound = ReasonCode(rawValue: 0x92)
  package static let receiveMaximumExceeded = ReasonCode(rawValue: 0x93)
  package static let topicAliasInvalid = ReasonCode(rawValue: 0x94)
  package static let packetTooLarge = ReasonCode(rawValue: 0x95)
  package static let messageRateTooHigh = ReasonCode(rawValue: 0x96)
  package static let quotaExceeded = ReasonCode(rawValue: 0x97)
  package static let administrativeAction = ReasonCode(rawValue: 0x98)
  package static let payloadFormatInvalid = ReasonCode(rawValue: 0x99)
  package static let retainNotSupported = ReasonCode(rawValue: 0x9A)
  package static let qosNotSupported = ReasonCode(rawValue: 0x9B)
  package static let useAnotherServer = ReasonCode(rawValue: 0x9C)
  package static let serverMoved = ReasonCode(rawValue: 0x9D)
  package static let sharedSubscriptionNotSupported = ReasonCode(rawValue: 0x9E)
  package static let connectionRateExceeded = ReasonCode(rawValue: 0x9F)
  package static let maximumConnectTime = ReasonCode(rawValue: 0xA0)
  package static let subscriptionIdentifiersNotSupported = ReasonCode(rawValue: 0xA1)
  package static let wildcardSubscriptionNotSupported = ReasonCode(rawValue: 0xA2)
}

extension ReasonCode {
  /// Whether the 5.0 specification lists this code for that packet; any other is a Protocol Error.
  package func isAllowed(in packet: PacketType) -> Bool {
    Self.packets[Int(rawValue)] >> UInt16(packet.rawValue) & 1 == 1
  }

  /// `isAllowed` for both versions: 3.1.1 has codes in CONNACK and SUBACK only.
  package func isAllowed(in packet: PacketType, _ version: ProtocolVersion) -> Bool {
    if version == .v5 { return isAllowed(in: packet) }
    return switch packet {
    case .connAck: rawValue <= 5
    case .subAck: rawValue <= 2 || rawValue == 0x80
    default: rawValue == 0
    }
  }

  /// Codes that only a server gives are refused; section 3.14.2.1.
  var mayClientDisconnect: Bool {
    switch rawValue {
    case 0x87, 0x89, 0x8B, 0x8D...0x8F, 0x9A...0xA2: false
    default: true
    }
  }

  /// A server has no will to speak of.
  var mayServerDisconnect: Bool { self != .disconnectWithWillMessage }

  /// The specification's name of this code in that packet, or nil for a code it does not list there.
  package func name(in packet: PacketType, version: ProtocolVersion) -> String? {
    if version == .v3_1_1 {
      switch packet {
      case .connAck: return Self.connectReturnCodes[rawValue]
      case .subAck where rawValue == 0x80: return "Failure"
      case .subAck where rawValue > 2: return nil
      default: break
      }
    }
    return Self.row(rawValue, packet)?.name
  }

  private static func row(_ code: UInt8, _ packet: PacketType) -> Row? {
    table.first { $0.code == code && $0.packets.contains(packet) }
  }

  private struct Row {
    let code: UInt8
    let name: String
    let packets: [PacketType]
  }

  /// `table` turned round: for each code one bit a packet type.
  private static let packets: [UInt16] = {
    var packets = [UInt16](repeating: 0, count: 256)
    for row in table {
      for packet in row.packets { packets[Int(row.code)] |= 1 << UInt16(packet.rawValue) }
    }
    return packets
  }()

  private static let connectReturnCodes: [UInt8: String] = [
    0: "Connection Accepted",
    1: "Connection Refused, unacceptable protocol version",
    2: "Connection Refused, identifier rejected",
    3: "Connection Refused, Server unavailable",
    4: "Connection Refused, bad user name or password",
    5: "Connection Refused, not authorized",
  ]

  private static let table: [Row] = [
    Row(
      code: 0x00, name: "Success", packets: [.connAck, .pubAck, .pubRec, .pubRel, .pubComp, .unsubAck, .auth]),
    Row(code: 0x00, name: "Normal disconnection", packets: [.disconnect]),
    Row(code: 0x00, name: "Granted QoS 0", packets: [.subAck]),
    Row(code: 0x01, name: "Granted QoS 1", packets: [.subAck]),
    Row(code: 0x02, name: "Granted QoS 2", packets: [.subAck]),
    Row(code: 0x04, name: "Disconnect with will message", packets: [.disconnect]),
    Row(code: 0x10, name: "No matching subscribers", packets: [.pubAck, .pubRec]),
    Row(code: 0x11, name: "No subscription found", packets: [.unsubAck]),
    Row(code: 0x18, name: "Continue authentication", packets: [.auth]),
    Row(code: 0x19, name: "Re-authenticate", packets: [.auth]),
    Row(
      code: 0x80, name: "Unspecified error",
      packets: [.connAck, .pubAck, .pubRec, .subAck, .unsubAck, .disconnect]),
    Row(code: 0x81, name: "Malformed packet", packets: [.connAck, .disconnect]),
    Row(code: 0x82, name: "Protocol error", packets: [.connAck, .disconnect]),
    Row(
      code: 0x83, name: "Implementation specific error",
      packets: [.connAck, .pubAck, .pubRec, .subAck, .unsubAck, .disconnect]),
    Row(code: 0x84, name: "Unsupported protocol version", packets: [.connAck]),
    Row(code: 0x85, name: "Client identifier not valid", packets: [.connAck]),
    Row(code: 0x86, name: "Bad user name or password", packets: [.connAck]),
    Row(
      code: 0x87, name: "Not authorized",
      packets: [.connAck, .pubAck, .pubRec, .subAck, .unsubAck, .disconnect]),
    Row(code: 0x88, name: "Server unavailable", packets: [.connAck]),
    Row(code: 0x89, name: "Server busy", packets: [.connAck, .disconnect]),
    Row(code: 0x8A, name: "Banned", packets: [.connAck]),
    Row(code: 0x8B, name: "Server shutting down", packets: [.disconnect]),
    Row(code: 0x8C, name: "Bad authentication method", packets: [.connAck, .disconnect]),
    Row(code: 0x8D, name: "Keep alive timeout", packets: [.disconnect]),
    Row(code: 0x8E, name: "Session taken over", packets: [.disconnect]),
    Row(code: 0x8F, name: "Topic filter invalid", packets: [.subAck, .unsubAck, .disconnect]),
    Row(code: 0x90, name: "Topic name invalid", packets: [.connAck, .pubAck, .pubRec, .disconnect]),
    Row(code: 0x91, name: "Packet identifier in use", packets: [.pubAck, .pubRec, .subAck, .unsubAck]),
    Row(code: 0x92, name: "Packet identifier not found", packets: [.pubRel, .pubComp]),
    Row(code: 0x93, name: "Receive maximum exceeded", packets: [.disconnect]),
    Row(code: 0x94, name: "Topic alias invalid", packets: [.disconnect]),
    Row(code: 0x95, name: "Packet too large", packets: [.connAck, .disconnect]),
    Row(code: 0x96, name: "Message rate too high", packets: [.disconnect]),
    Row(code: 0x97, name: "Quota exceeded", packets: [.connAck, .pubAck, .pubRec, .subAck, .disconnect]),
    Row(code: 0x98, name: "Administrative action", packets: [.disconnect]),
    Row(code: 0x99, name: "Payload format invalid", packets: [.connAck, .pubAck, .pubRec, .disconnect]),
    Row(code: 0x9A, name: "Retain not supported", packets: [.connAck, .disconnect]),
    Row(code: 0x9B, name: "QoS not supported", packets: [.connAck, .disconnect]),
    Row(code: 0x9C, name: "Use another server", packets: [.connAck, .disconnect]),
    Row(code: 0x9D, name: "Server moved", packets: [.connAck, .disconnect]),
    Row(code: 0x9E, name: "Shared subscription not supported", packets: [.subAck, .disconnect]),
    Row(code: 0x9F, name: "Connection rate exceeded", packets: [.connAck, .disconnect]),
    Row(code: 0xA0, name: "Maximum connect time", packets: [.disconnect]),
    Row(code: 0xA1, name: "Subscription identifiers not supported", packets: [.subAck, .disconnect]),
    Row(code: 0xA2, name: "Wildcard subscription not supported", packets: [.subAck, .disconnect]),
  ]
}
