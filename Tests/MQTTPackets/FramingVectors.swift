import MQTTPackets

/// The fixed header: types, flags, direction and the encoding of the length.
let framingVectors: [Vector] = lengths + types + foreign + flags

private let lengths: [Vector] = [
  .bad(.v5, .toClient, "five bytes", "30 8080808001", .malformed, "Remaining Length", 4, "MQTT 5.0 1.5.5"),
  .bad(.v5, .toServer, "all ones", "30 FFFFFFFF", .malformed, "Remaining Length", 4, "MQTT 5.0 1.5.5"),
  .bad(
    .v3_1_1, .toClient, "five bytes", "30 8080808001", .malformed, "Remaining Length", 4, "MQTT 3.1.1 2.2.3"),
  .bad(.v3_1_1, .toServer, "all ones", "30 FFFFFFFF", .malformed, "Remaining Length", 4, "MQTT 3.1.1 2.2.3"),
  .bad(.v5, .toClient, "padded to two bytes", "D0 8000", .malformed, "Remaining Length", 1, "[MQTT-1.5.5-1]"),
  .bad(.v5, .toServer, "padded to four", "C0 80808000", .malformed, "Remaining Length", 1, "[MQTT-1.5.5-1]"),
  .good(.v3_1_1, .toClient, "padded to two bytes", "D0 8000", .pingResp, lenient: true),
  .good(.v3_1_1, .toServer, "padded to four", "C0 80808000", .pingReq, lenient: true),
]

private let types: [Vector] = [
  .bad(.v5, .toClient, "type 0", "00", .malformed, "Packet Type", 0, "MQTT 5.0 2.1.2"),
  .bad(.v3_1_1, .toServer, "type 0", "0F00", .malformed, "Packet Type", 0, "MQTT 3.1.1 2.2.1"),
  .bad(.v3_1_1, .toClient, "type 15", "F0", .malformed, "Packet Type", 0, "MQTT 3.1.1 2.2.1"),
]

/// Packets of the other end.
private let foreign: [Vector] =
  foreignTypes(.v5, .toServer, ["20", "90", "B0", "D0"], "MQTT 5.0 2.1.2")
  + foreignTypes(.v5, .toClient, ["10", "82", "A2", "C0"], "MQTT 5.0 2.1.2")
  + foreignTypes(.v3_1_1, .toClient, ["10", "82", "A2", "C0", "E0"], "MQTT 3.1.1 2.2.1")

private func foreignTypes(
  _ version: ProtocolVersion, _ direction: PacketDecoder.Direction, _ types: [String], _ rule: String
) -> [Vector] {
  types.map { .bad(version, direction, "type \($0)", $0, .protocolError, "Packet Type", 0, rule) }
}

/// Every wrong value of the reserved bits of every type but PUBLISH.
private let flags: [Vector] = PacketType.allCases.filter { $0 != .publish }.flatMap(wrongFlags)

private func wrongFlags(_ type: PacketType) -> [Vector] {
  let right: UInt8 = [.pubRel, .subscribe, .unsubscribe].contains(type) ? 2 : 0
  let fromServer: [PacketType] = [.connAck, .subAck, .unsubAck, .pingResp]
  let direction: PacketDecoder.Direction = fromServer.contains(type) ? .toClient : .toServer
  return (0..<16).filter { $0 != right }.map { flags in
    let first = String(type.rawValue << 4 | flags, radix: 16)
    return .bad(
      .v5, direction, "\(type.name) with flags \(flags)", first + "00", .malformed, "Flags", 0,
      "[MQTT-2.1.3-1]")
  }
}
