/// The order of the fields in each packet.
extension FieldWalker {
  /// `MQTT 5.0 3.3.2.1`, or where 3.1.1 has the same.
  private func section(_ v5: String, _ v3_1_1: String? = nil) -> String {
    version == .v5 ? "MQTT 5.0 \(v5)" : "MQTT 3.1.1 \(v3_1_1 ?? v5)"
  }

  mutating func fixedHeader() throws(Stop) {
    guard !bytes.isEmpty else { throw Stop() }
    let first = bytes[0]
    let range = try take(1)
    let type = PacketType(rawValue: first >> 4)
    self.type = type
    var bits = [Field("Packet Type", type?.name ?? "\(first >> 4)", range, rule: section("2.1.2", "2.2.1"))]
    if type == .publish {
      let rule = section("3.3.1")
      bits.append(Field("DUP", flag(first & 8 != 0), range, rule: rule))
      bits.append(Field("QoS", Self.qos(first >> 1 & 3), range, rule: rule))
      bits.append(Field("RETAIN", flag(first & 1 != 0), range, rule: rule))
    } else {
      bits.append(Field("Flags", "0x\(Hex.byte(first & 0xF))", range, rule: section("2.1.3", "2.2.2")))
    }
    append(
      Field(
        "Fixed Header", type?.name ?? "reserved", range, rule: section("2.1.1", "2.2"), children: bits))
    let (length, place) = try variableInteger()
    append(Field("Remaining Length", "\(length)", place, rule: section("2.1.4", "2.2.3")))
  }

  mutating func body(_ type: PacketType) throws(Stop) {
    switch type {
    case .connect: try connect()
    case .connAck: try connAck()
    case .publish: try publish()
    case .pubAck: try acknowledgement("3.4")
    case .pubRec: try acknowledgement("3.5")
    case .pubRel: try acknowledgement("3.6")
    case .pubComp: try acknowledgement("3.7")
    case .subscribe: try subscribe()
    case .subAck: try codes("3.9", isLegacy: true)
    case .unsubscribe: try unsubscribe()
    case .unsubAck: try codes("3.11", isLegacy: false)
    case .pingReq, .pingResp: break
    case .disconnect: try ending("3.14")
    case .auth: try ending("3.15")
    }
  }

  private static func qos(_ value: UInt8) -> String {
    switch value {
    case 0: "0, at most once"
    case 1: "1, at least once"
    case 2: "2, exactly once"
    default: "3, reserved"
    }
  }

  private func flag(_ isSet: Bool) -> String { isSet ? "1" : "0" }

  private mutating func packetIdentifier() throws(Stop) {
    try number("Packet Identifier", 2, section("2.2.1", "2.3.1"))
  }

  // MARK: - Connecting

  private mutating func connect() throws(Stop) {
    try text("Protocol Name", section("3.1.2.1"))
    let (level, range) = try integer(1)
    if let own = ProtocolVersion(rawValue: UInt8(truncatingIfNeeded: level)) { version = own }
    let words = level == 5 ? "5, MQTT 5.0" : level == 4 ? "4, MQTT 3.1.1" : "\(level)"
    append(Field("Protocol Version", words, range, rule: section("3.1.2.2")))
    let flags = try connectFlags()
    try number("Keep Alive", 2, section("3.1.2.10"), unit: " s")
    if version == .v5 { try properties(.packet(.connect), "3.1.2.11") }
    try text("Client Identifier", section("3.1.3.1"))
    if flags & 0x04 != 0 {
      if version == .v5 { try properties(.will, "3.1.3.2", "Will Properties") }
      try text("Will Topic", section("3.1.3.3", "3.1.3.2"))
      try data("Will Payload", section("3.1.3.4", "3.1.3.3"))
    }
    if flags & 0x80 != 0 { try text("User Name", section("3.1.3.5", "3.1.3.4")) }
    if flags & 0x40 != 0 { try data("Password", section("3.1.3.6", "3.1.3.5"), isSecret: true) }
  }

  private mutating func connectFlags() throws(Stop) -> UInt8 {
    let (value, range) = try integer(1)
    let flags = UInt8(truncatingIfNeeded: value)
    func bit(_ name: String, _ mask: UInt8, _ v5: String, _ v3: String? = nil) -> Field {
      Field(name, flag(flags & mask != 0), range, rule: section(v5, v3))
    }
    let bits = [
      bit("User Name Flag", 0x80, "3.1.2.8"), bit("Password Flag", 0x40, "3.1.2.9"),
      bit("Will Retain", 0x20, "3.1.2.7"),
      Field("Will QoS", Self.qos(flags >> 3 & 3), range, rule: section("3.1.2.6")),
      bit("Will Flag", 0x04, "3.1.2.5"),
      bit(version == .v5 ? "Clean Start" : "Clean Session", 0x02, "3.1.2.4"),
      bit("Reserved", 0x01, "3.1.2.3"),
    ]
    append(Field("Connect Flags", "0x\(Hex.byte(flags))", range, rule: section("3.1.2.3"), children: bits))
    return flags
  }

  private mutating func connAck() throws(Stop) {
    let (value, range) = try integer(1)
    append(
      Field(
        "Connect Acknowledge Flags", "0x\(Hex.byte(UInt8(truncatingIfNeeded: value)))", range,
        rule: section("3.2.2.1"),
        children: [
          Field(
            "Session Present", flag(value & 1 != 0), range, rule: section("3.2.2.1.1", "3.2.2.2"))
        ]))
    try reasonCode(section("3.2.2.2", "3.2.2.3"), name: version == .v5 ? "Reason Code" : "Return Code")
    if version == .v5 { try properties(.packet(.connAck), "3.2.2.3") }
  }

  // MARK: - Messages

  private mutating func publish() throws(Stop) {
    try text("Topic Name", section("3.3.2.1"))
    if bytes[0] & 0b0110 != 0 { try packetIdentifier() }
    if version == .v5 { try properties(.packet(.publish), "3.3.2.3") }
    if error == nil {
      let range = try take(end - position)
      append(Field("Payload", shown(range), range, rule: section("3.3.3")))
    }
  }

  private mutating func acknowledgement(_ chapter: String) throws(Stop) {
    try packetIdentifier()
    guard version == .v5, position < end, let type else { return }
    try reasonCode(section("\(chapter).2.1"))
    if position < end { try properties(.packet(type), "\(chapter).2.2") }
  }

  // MARK: - Subscriptions

  private mutating func subscribe() throws(Stop) {
    try packetIdentifier()
    if version == .v5 { try properties(.packet(.subscribe), "3.8.2.1") }
    while position < end {
      try text("Topic Filter", section("3.8.3"))
      let (value, range) = try integer(1)
      let rule = section("3.8.3.1", "3.8.3")
      let qos = Self.qos(UInt8(value & 3))
      var bits: [Field] = []
      if version == .v5 {
        let handling = ["0, send at subscribe", "1, send if new", "2, do not send", "3, reserved"]
        bits = [
          Field("Retain Handling", handling[value >> 4 & 3], range, rule: rule),
          Field("Retain As Published", flag(value & 8 != 0), range, rule: rule),
          Field("No Local", flag(value & 4 != 0), range, rule: rule),
          Field("Maximum QoS", qos, range, rule: rule),
        ]
      }
      append(
        Field(
          version == .v5 ? "Subscription Options" : "Requested QoS",
          version == .v5 ? "0x\(Hex.byte(UInt8(truncatingIfNeeded: value)))" : qos, range, rule: rule,
          children: bits))
    }
  }

  private mutating func unsubscribe() throws(Stop) {
    try packetIdentifier()
    if version == .v5 { try properties(.packet(.unsubscribe), "3.10.2.1") }
    while position < end { try text("Topic Filter", section("3.10.3")) }
  }

  /// SUBACK and UNSUBACK; the latter has no codes in 3.1.1.
  private mutating func codes(_ chapter: String, isLegacy: Bool) throws(Stop) {
    guard let type else { return }
    try packetIdentifier()
    if version == .v5 { try properties(.packet(type), "\(chapter).2.1") }
    guard version == .v5 || isLegacy else { return }
    while position < end {
      try reasonCode(section("\(chapter).3"), name: version == .v5 ? "Reason Code" : "Return Code")
    }
  }

  // MARK: - DISCONNECT and AUTH

  private mutating func ending(_ chapter: String) throws(Stop) {
    guard version == .v5, position < end, let type else { return }
    try reasonCode(section("\(chapter).2.1"))
    if position < end { try properties(.packet(type), "\(chapter).2.2") }
  }
}
