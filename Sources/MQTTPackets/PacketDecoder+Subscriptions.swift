import NIOCore

// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK: MQTT 5.0 sections 3.8 to 3.11.

extension PacketDecoder {
  func subscribe(
    _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Subscribe {
    var packet = Subscribe(try reader.packetIdentifier(.packetIdentifier), [])
    if version == .v5 { packet.properties = try reader.properties(.packet(.subscribe), source) }
    guard reader.remaining > 0 else {
      throw reader.error(.protocolError, "Topic Filter", reader.position, .subscribePayload, "there is none")
    }
    while reader.remaining > 0 {
      packet.subscriptions.append(try subscription(&reader))
    }
    return packet
  }

  private func subscription(_ reader: inout PacketReader) throws(DecodeError) -> Subscription {
    let filter = try reader.topicFilter("Topic Filter")
    let options = try reader.uint8("Subscription Options")
    let reserved: UInt8 = version == .v5 ? 0xC0 : 0xFC
    func flaw(_ kind: DecodeError.Kind, _ rule: Rule, _ detail: String) -> DecodeError {
      reader.error(kind, "Subscription Options", reader.position - 1, rule, detail)
    }
    guard options & reserved == 0 else {
      throw flaw(.malformed, .subscriptionReserved, "0x\(Hex.byte(options)) sets reserved bits")
    }
    guard let qos = QoS(rawValue: options & 0b11) else {
      throw flaw(version == .v5 ? .protocolError : .malformed, .subscriptionOptions, "3 is no QoS")
    }
    guard let retainHandling = Subscription.RetainHandling(rawValue: options >> 4 & 0b11) else {
      throw flaw(.protocolError, .subscriptionOptions, "3 is no Retain Handling")
    }
    let noLocal = options & 0b100 != 0
    guard !noLocal || !filter.hasPrefix(TopicFilter.sharePrefix) else {
      throw flaw(.protocolError, .noLocalShared, "No Local on a shared subscription")
    }
    return Subscription(
      filter, qos: qos, noLocal: noLocal, retainAsPublished: options & 0b1000 != 0,
      retainHandling: retainHandling)
  }

  func subAck(_ reader: inout PacketReader, _ source: PacketSource) throws(DecodeError) -> SubAck {
    var packet = SubAck(try reader.packetIdentifier(.subscriptionIdentifierEchoed), [])
    if version == .v5 { packet.properties = try reader.properties(.packet(.subAck), source) }
    packet.reasonCodes = try reader.reasonCodes(.subAckCode, atLeastOne: .subAckPayload)
    return packet
  }

  func unsubscribe(
    _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Unsubscribe {
    var packet = Unsubscribe(try reader.packetIdentifier(.packetIdentifier), [])
    if version == .v5 { packet.properties = try reader.properties(.packet(.unsubscribe), source) }
    guard reader.remaining > 0 else {
      throw reader.error(
        .protocolError, "Topic Filter", reader.position, .unsubscribePayload, "there is none")
    }
    while reader.remaining > 0 {
      packet.filters.append(try reader.topicFilter("Topic Filter"))
    }
    return packet
  }

  func unsubAck(
    _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> UnsubAck {
    var packet = UnsubAck(try reader.packetIdentifier(.subscriptionIdentifierEchoed))
    guard version == .v5 else { return packet }
    packet.properties = try reader.properties(.packet(.unsubAck), source)
    packet.reasonCodes = try reader.reasonCodes(.unsubAckCode, atLeastOne: .unsubAckPayload)
    return packet
  }
}

extension PacketReader {
  /// The payload of SUBACK and UNSUBACK: a code for each filter, to the end of the packet.
  fileprivate mutating func reasonCodes(_ rule: Rule, atLeastOne: Rule) throws(DecodeError) -> [ReasonCode] {
    guard remaining > 0 else {
      throw error(.malformed, "Reason Code", position, atLeastOne, "there is none")
    }
    var codes: [ReasonCode] = []
    while remaining > 0 { codes.append(try reasonCode(rule)) }
    return codes
  }
}
