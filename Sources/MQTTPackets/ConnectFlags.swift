/// The Connect Flags byte, MQTT 5.0 sections 3.1.2.3 to 3.1.2.9.
struct ConnectFlags {
  let rawValue: UInt8

  var cleanStart: Bool { rawValue & 0x02 != 0 }
  var hasWill: Bool { rawValue & 0x04 != 0 }
  /// Meant only where the flags are legal.
  var willQoS: QoS { QoS(rawValue: rawValue >> 3 & 0b11) ?? .atMostOnce }
  var willRetain: Bool { rawValue & 0x20 != 0 }
  var hasPassword: Bool { rawValue & 0x40 != 0 }
  var hasUserName: Bool { rawValue & 0x80 != 0 }

  init(_ packet: Connect) {
    var flags: UInt8 = packet.cleanStart ? 0x02 : 0
    if let will = packet.will {
      flags |= 0x04 | will.qos.rawValue << 3 | (will.retain ? 0x20 : 0)
    }
    if packet.password != nil { flags |= 0x40 }
    if packet.username != nil { flags |= 0x80 }
    rawValue = flags
  }

  init(_ reader: inout PacketReader) throws(DecodeError) {
    rawValue = try reader.uint8("Connect Flags")
    guard let (rule, field, detail) = flaw(reader.version) else { return }
    throw reader.error(.malformed, field, reader.position - 1, rule, detail)
  }

  private func flaw(_ version: ProtocolVersion) -> (Rule, field: String, detail: String)? {
    if rawValue & 1 != 0 { return (.connectReserved, "Connect Flags", "the reserved bit is set") }
    if rawValue & 0x18 == 0x18 { return (.willQoS, "Will QoS", "3 is no QoS") }
    if !hasWill, rawValue & 0x18 != 0 { return (.willQoSWithoutWill, "Will QoS", "set without a will") }
    if !hasWill, willRetain { return (.willRetainWithoutWill, "Will Retain", "set without a will") }
    // 5.0 allows a password alone.
    if version == .v3_1_1, hasPassword, !hasUserName {
      return (.passwordWithoutUserName, "Password Flag", "set without a user name")
    }
    return nil
  }
}
