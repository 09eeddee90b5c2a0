// The acknowledgements, SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK: MQTT 5.0 sections 3.4 to 3.11.

extension Acknowledgement {
  func write(_ writer: inout PacketWriter, _ codes: Rule) throws(EncodeError) {
    try writer.packetIdentifier(packetIdentifier)
    try writer.reasonTail(reasonCode, properties, codes)
  }
}

extension Subscribe {
  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    guard !subscriptions.isEmpty else {
      throw writer.invalid("Topic Filter", .subscribePayload, "there is none")
    }
    try writer.packetIdentifier(packetIdentifier)
    try writer.properties(properties, .packet(.subscribe))
    for subscription in subscriptions { try subscription.write(&writer) }
  }
}

extension Subscription {
  fileprivate func write(_ writer: inout PacketWriter) throws(EncodeError) {
    var options = qos.rawValue
    if noLocal { options |= 0b100 }
    if retainAsPublished { options |= 0b1000 }
    options |= retainHandling.rawValue << 4
    guard writer.version == .v5 || options == qos.rawValue else {
      throw writer.notInVersion("Subscription Options")
    }
    guard !noLocal || !filter.hasPrefix(TopicFilter.sharePrefix) else {
      throw writer.invalid("Subscription Options", .noLocalShared, "No Local on a shared subscription")
    }
    try writer.topicFilter(filter, "Topic Filter")
    writer.uint8(options)
  }
}

extension SubAck {
  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    guard !reasonCodes.isEmpty else { throw writer.invalid("Reason Code", .subAckPayload, "there is none") }
    try writer.packetIdentifier(packetIdentifier)
    try writer.properties(properties, .packet(.subAck))
    for code in reasonCodes { try writer.reasonCode(code, .subAckCode) }
  }
}

extension Unsubscribe {
  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    guard !filters.isEmpty else {
      throw writer.invalid("Topic Filter", .unsubscribePayload, "there is none")
    }
    try writer.packetIdentifier(packetIdentifier)
    try writer.properties(properties, .packet(.unsubscribe))
    for filter in filters { try writer.topicFilter(filter, "Topic Filter") }
  }
}

extension UnsubAck {
  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    guard writer.version == .v5 || reasonCodes.isEmpty else { throw writer.notInVersion("Reason Code") }
    guard writer.version == .v3_1_1 || !reasonCodes.isEmpty else {
      throw writer.invalid("Reason Code", .unsubAckPayload, "there is none")
    }
    try writer.packetIdentifier(packetIdentifier)
    try writer.properties(properties, .packet(.unsubAck))
    for code in reasonCodes { try writer.reasonCode(code, .unsubAckCode) }
  }
}
