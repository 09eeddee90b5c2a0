import MQTTPackets
import NIOCore

/// PUBLISH, PUBACK, PUBREC, PUBREL and PUBCOMP.
let publishVectors: [Vector] = goodPublishes + badPublishes + badTexts + badProperties + acknowledgements

private func publish(
  _ topic: String, _ payload: String = "", _ qos: QoS = .atMostOnce, retain: Bool = false, dup: Bool = false,
  id: UInt16? = nil,
  properties: Properties = []
) -> Packet {
  .publish(
    Publish(
      message: Message(
        topic: topic, payload: ByteBuffer(string: payload), qos: qos, retain: retain, properties: properties),
      isDuplicate: dup, packetIdentifier: id))
}

private let goodPublishes: [Vector] = [
  .good(.v3_1_1, .toClient, "QoS 0", framed("30", "\"a/b\" 'hi'"), publish("a/b", "hi")),
  .good(.v3_1_1, .toServer, "retained, empty", framed("31", "\"a\""), publish("a", retain: true)),
  .good(.v3_1_1, .toClient, "QoS 1", framed("32", "\"a\" 0001 'x'"), publish("a", "x", .atLeastOnce, id: 1)),
  .good(
    .v3_1_1, .toServer, "QoS 2 again", framed("3D", "\"a\" FFFF"),
    publish("a", "", .exactlyOnce, retain: true, dup: true, id: 65535)),
  .good(.v5, .toClient, "QoS 0", framed("30", "\"a/b\" 00 'hi'"), publish("a/b", "hi")),
  .good(
    .v5, .toClient, "QoS 1 again", framed("3A", "\"a\" 0102 00"),
    publish("a", "", .atLeastOnce, dup: true, id: 258)),
  .good(
    .v5, .toServer, "alias instead of topic", framed("30", "\"\" 03 230001 'x'"),
    publish("", "x", properties: [.topicAlias(1)])),
  .good(
    .v5, .toClient, "all properties",
    framed(
      "30",
      "\"t\" 26 0100 0200000000 03\"\" 08\"r/s\" 090002FF00 0B01 0BFFFFFF7F 23FFFF 26\"k\"\"v\" '!'"),
    publish(
      "t", "!",
      properties: [
        .payloadFormatIndicator(0), .messageExpiryInterval(0), .contentType(""), .responseTopic("r/s"),
        .correlationData(ByteBuffer(bytes: [0xFF, 0])), .subscriptionIdentifier(1),
        .subscriptionIdentifier(268_435_455), .topicAlias(65535), .userProperty(name: "k", value: "v"),
      ])),
  .good(
    .v5, .toClient, "a property length of two bytes",
    framed("30", "\"t\" 8001 26 0000 007B" + String(repeating: "61", count: 123)),
    publish("t", properties: [.userProperty(name: "", value: String(repeating: "a", count: 123))])),
  // Control characters, a byte order mark, non-characters and either normal form are kept as they are.
  .good(
    .v5, .toClient, "odd but legal characters",
    framed("30", "0016 01 1F 7F C280 C29F EFBBBF EFBFBE F09FBFBF C3A9 65CC81 00"),
    publish("\u{1}\u{1F}\u{7F}\u{80}\u{9F}\u{FEFF}\u{FFFE}\u{1FFFF}\u{E9}e\u{301}")),
  .good(
    .v3_1_1, .toClient, "first and last of each length",
    framed("30", "0011 C280 DFBF E0A080 ED9FBF EE8080 F0908080"),
    publish("\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{10000}")),
  .good(.v3_1_1, .toClient, "last character", framed("30", "0004 F48FBFBF"), publish("\u{10FFFF}")),
  .good(
    .v5, .toClient, "empty response topic", framed("30", "\"t\" 03 080000"),
    publish("t", properties: [.responseTopic("")])),
]

private let badPublishes: [Vector] = [
  .bad(.v5, .toClient, "QoS 3", "36", .malformed, "QoS", 0, "[MQTT-3.3.1-4]"),
  .bad(.v3_1_1, .toServer, "QoS 3 with DUP", "3E00", .malformed, "QoS", 0, "[MQTT-3.3.1-4]"),
  .bad(.v5, .toClient, "DUP at QoS 0", "3800", .malformed, "DUP", 0, "[MQTT-3.3.1-2]"),
  .bad(
    .v3_1_1, .toServer, "id 0", framed("32", "\"a\" 0000"), .malformed, "Packet Identifier", 5,
    "[MQTT-2.3.1-1]"),
  .bad(
    .v5, .toServer, "id 0", framed("32", "\"a\" 0000 00"), .malformed, "Packet Identifier", 5,
    "[MQTT-2.2.1-3]"),
  .bad(
    .v5, .toClient, "id 0", framed("34", "\"a\" 0000 00"), .malformed, "Packet Identifier", 5,
    "[MQTT-2.2.1-4]"),
  .bad(.v5, .toClient, "no id", framed("32", "\"a\" 01"), .malformed, "Packet Identifier", 5, "MQTT 5.0 1.5"),
  .bad(.v5, .toClient, "empty body", "3000", .malformed, "Topic Name", 2, "MQTT 5.0 1.5.4"),
  .bad(
    .v5, .toClient, "topic beyond the packet", "3003 FFFF61", .malformed, "Topic Name", 2, "MQTT 5.0 1.5.4"),
  .bad(
    .v5, .toClient, "no properties", framed("30", "\"a\""), .malformed, "Property Length", 5, "MQTT 5.0 1.5.5"
  ),
  .bad(
    .v5, .toClient, "empty topic without alias", framed("30", "\"\" 00"), .protocolError, "Topic Name", 2,
    "MQTT 5.0 3.3.2.1"),
  .bad(
    .v3_1_1, .toClient, "empty topic", framed("30", "\"\""), .topicNameInvalid, "Topic Name", 2,
    "[MQTT-4.7.3-1]"),
  .bad(
    .v5, .toClient, "topic with #", framed("30", "\"a/#\" 00"), .topicNameInvalid, "Topic Name", 6,
    "[MQTT-3.3.2-2]"),
  .bad(
    .v3_1_1, .toServer, "topic with +", framed("30", "\"sensor/+/t\""), .topicNameInvalid, "Topic Name", 11,
    "[MQTT-3.3.2-2]"),
  .bad(
    .v3_1_1, .toClient, "topic with U+0000", framed("30", "0003 61 00 62"), .malformed, "Topic Name", 5,
    "[MQTT-1.5.3-2]"),
  .bad(
    .v5, .toClient, "long topic with U+0000", framed("30", "000B '0123456789' 00 00"), .malformed,
    "Topic Name", 14, "[MQTT-1.5.4-2]"),
  .bad(
    .v5, .toServer, "subscription id from a client", framed("30", "\"a\" 02 0B01"), .protocolError,
    "Subscription Identifier", 8, "[MQTT-3.3.4-6]"),
]

/// Bytes that are no UTF-8, each as a topic behind `ab`, so that its first bad byte is at 6.
private let badTexts: [Vector] = [
  ("overlong NUL", "C080"), ("overlong slash", "C0AF"), ("overlong in three", "E08080"),
  ("overlong in four", "F0808080"), ("low surrogate bound", "EDA080"), ("high surrogate bound", "EDBFBF"),
  ("above Unicode", "F4908080"), ("F5", "F5808080"), ("FF", "FF"), ("lone continuation", "80"),
  ("cut after one", "C3"), ("cut after two", "E282"), ("cut after three", "F09F98"),
  ("broken by ASCII", "E28261"), ("broken in the fourth", "F09F9861"),
].flatMap { name, bytes in
  let length = "00" + (wire(bytes).count + 2 < 16 ? "0" : "") + String(wire(bytes).count + 2, radix: 16)
  return [
    Vector.bad(
      .v3_1_1, .toServer, name, framed("30", "\(length) 'ab' \(bytes)"), .malformed, "Topic Name", 6,
      "[MQTT-1.5.3-1]"),
    Vector.bad(
      .v5, .toClient, name, framed("30", "\(length) 'ab' \(bytes) 00"), .malformed, "Topic Name", 6,
      "[MQTT-1.5.4-1]"),
  ]
}

private let badProperties: [Vector] = badPropertyRows.map { (name, bytes, kind, field, offset, rule) in
  .bad(.v5, .toClient, "property: " + name, framed("30", "\"a\" " + bytes), kind, field, offset, rule)
}

/// Behind the topic `a`; offsets count from the packet's first byte.
private let badPropertyRows: [(String, String, DecodeError.Kind, String, Int, String)] = [
  ("length beyond the packet", "05 0101", .malformed, "Property Length", 5, "MQTT 5.0 2.2.2"),
  ("length of five bytes", "8080808001", .malformed, "Property Length", 5, "MQTT 5.0 1.5.5"),
  ("padded length", "8000", .malformed, "Property Length", 5, "[MQTT-1.5.5-1]"),
  ("cut length", "80", .malformed, "Property Length", 6, "MQTT 5.0 1.5.5"),
  ("unknown", "02 0400", .malformed, "Property Identifier", 6, "MQTT 5.0 2.2.2.2"),
  ("identifier above 127", "02 8001", .malformed, "Property Identifier", 6, "MQTT 5.0 2.2.2.2"),
  ("of another packet", "03 210001", .malformed, "Receive Maximum", 6, "MQTT 5.0 2.2.2.2"),
  ("of the will", "05 1800000001", .malformed, "Will Delay Interval", 6, "MQTT 5.0 2.2.2.2"),
  ("twice", "04 0101 0101", .protocolError, "Payload Format Indicator", 8, "MQTT 5.0 2.2.2.2"),
  (
    "value cut by the property length", "03 020000 000000", .malformed, "Message Expiry Interval", 7,
    "MQTT 5.0 1.5"
  ),
  ("string cut by the property length", "04 030002 61 62", .malformed, "Content Type", 7, "MQTT 5.0 1.5.4"),
  ("binary cut by the property length", "03 090001 61", .malformed, "Correlation Data", 7, "MQTT 5.0 1.5.6"),
  ("half a user property", "04 26\"k\"", .malformed, "User Property", 10, "MQTT 5.0 1.5.4"),
  ("no UTF-8 in a user property", "07 26\"k\"0001C3", .malformed, "User Property", 12, "[MQTT-1.5.4-1]"),
  ("U+0000 in a content type", "04 03000100", .malformed, "Content Type", 9, "[MQTT-1.5.4-2]"),
  ("format 2", "02 0102", .protocolError, "Payload Format Indicator", 7, "MQTT 5.0 3.3.2.3.2"),
  ("alias 0", "03 230000", .topicAliasInvalid, "Topic Alias", 7, "[MQTT-3.3.2-8]"),
  ("subscription id 0", "02 0B00", .protocolError, "Subscription Identifier", 7, "MQTT 5.0 3.8.2.1.2"),
  (
    "subscription id of five bytes", "06 0B8080808001", .malformed, "Subscription Identifier", 7,
    "MQTT 5.0 1.5.5"
  ),
  ("padded subscription id", "03 0B8100", .malformed, "Subscription Identifier", 7, "[MQTT-1.5.5-1]"),
  ("response topic with wildcard", "04 08\"+\"", .topicNameInvalid, "Response Topic", 7, "[MQTT-3.3.2-14]"),
]

private let acknowledgements: [Vector] = [
  .good(.v3_1_1, .toClient, "PUBACK", "40020001", .pubAck(Acknowledgement(1))),
  .good(.v3_1_1, .toServer, "PUBREC", "5002FFFF", .pubRec(Acknowledgement(65535))),
  .good(.v3_1_1, .toClient, "PUBREL", "62020001", .pubRel(Acknowledgement(1))),
  .good(.v3_1_1, .toServer, "PUBCOMP", "70020001", .pubComp(Acknowledgement(1))),
  .good(.v5, .toClient, "PUBACK", "40020001", .pubAck(Acknowledgement(1))),
  .good(
    .v5, .toClient, "PUBACK to nobody", "4003000110", .pubAck(Acknowledgement(1, .noMatchingSubscribers))),
  .good(.v5, .toClient, "PUBACK with its code", "4003000100", .pubAck(Acknowledgement(1)), lenient: true),
  .good(
    .v5, .toClient, "PUBACK in full", "400400011000", .pubAck(Acknowledgement(1, .noMatchingSubscribers)),
    lenient: true),
  .good(
    .v5, .toServer, "PUBREC with reason", framed("50", "0001 97 04 1F\"q\""),
    .pubRec(Acknowledgement(1, .quotaExceeded, properties: [.reasonString("q")]))),
  .good(
    .v5, .toClient, "PUBREL of nothing", "6203000192", .pubRel(Acknowledgement(1, .packetIdentifierNotFound))),
  .good(
    .v5, .toServer, "PUBCOMP with user property", framed("70", "0001 00 07 26\"a\"\"b\""),
    .pubComp(Acknowledgement(1, properties: [.userProperty(name: "a", value: "b")]))),
  .bad(.v3_1_1, .toClient, "id 0", "40020000", .malformed, "Packet Identifier", 2, "[MQTT-2.3.1-6]"),
  .bad(.v5, .toServer, "id 0", "62020000", .malformed, "Packet Identifier", 2, "[MQTT-2.2.1-5]"),
  .bad(.v5, .toServer, "half an id", "400100", .malformed, "Packet Identifier", 2, "MQTT 5.0 1.5"),
  .bad(
    .v3_1_1, .toClient, "code in 3.1.1", "4003000100", .malformed, "Remaining Length", 4, "MQTT 3.1.1 2.2.3"),
  .bad(
    .v5, .toClient, "PUBACK with code of PUBREL", "4003000192", .protocolError, "Reason Code", 4,
    "[MQTT-3.4.2-1]"),
  .bad(
    .v5, .toClient, "PUBREC with code of PUBREL", "5003000192", .protocolError, "Reason Code", 4,
    "[MQTT-3.5.2-1]"),
  .bad(
    .v5, .toClient, "PUBREL with code of PUBREC", "6203000110", .protocolError, "Reason Code", 4,
    "[MQTT-3.6.2-1]"),
  .bad(
    .v5, .toClient, "PUBCOMP with code of PUBREC", "7003000180", .protocolError, "Reason Code", 4,
    "[MQTT-3.7.2-1]"),
  .bad(
    .v5, .toClient, "Content Type in PUBACK", framed("40", "0001 00 04 03\"t\""), .malformed, "Content Type",
    6,
    "MQTT 5.0 2.2.2.2"),
]
