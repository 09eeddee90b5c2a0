import MQTTPackets
import NIOCore

/// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.
let subscriptionVectors: [Vector] = subscribes + badSubscribes + subAcks + unsubscribes

private let subscribes: [Vector] = [
  .good(
    .v3_1_1, .toServer, "two filters", framed("82", "0001 \"a/#\" 01 \"+/b\" 02"),
    .subscribe(
      Subscribe(1, [Subscription("a/#", qos: .atLeastOnce), Subscription("+/b", qos: .exactlyOnce)]))),
  .good(
    .v5, .toServer, "every option", framed("82", "FFFF 09 0B01 26\"k\"\"v\" \"#\" 2E \"$share/g/a\" 18"),
    .subscribe(
      Subscribe(
        65535,
        [
          Subscription(
            "#", qos: .exactlyOnce, noLocal: true, retainAsPublished: true, retainHandling: .doNotSend),
          Subscription("$share/g/a", retainAsPublished: true, retainHandling: .sendIfNewSubscription),
        ], properties: [.subscriptionIdentifier(1), .userProperty(name: "k", value: "v")]))),
]

private let badSubscribes: [Vector] = [
  .bad(
    .v5, .toServer, "no filter", framed("82", "0001 00"), .protocolError, "Topic Filter", 5, "[MQTT-3.8.3-2]"),
  .bad(.v3_1_1, .toServer, "no filter", "82020001", .protocolError, "Topic Filter", 4, "[MQTT-3.8.3-3]"),
  .bad(
    .v5, .toServer, "id 0", framed("82", "0000 00 \"a\" 00"), .malformed, "Packet Identifier", 2,
    "[MQTT-2.2.1-3]"),
  .bad(.v5, .toServer, "flags 0", framed("80", "0001 00 \"a\" 00"), .malformed, "Flags", 0, "[MQTT-2.1.3-1]"),
  .bad(
    .v5, .toServer, "QoS 3", framed("82", "0001 00 \"a\" 03"), .protocolError, "Subscription Options", 8,
    "MQTT 5.0 3.8.3.1"),
  .bad(
    .v3_1_1, .toServer, "QoS 3", framed("82", "0001 \"a\" 03"), .malformed, "Subscription Options", 7,
    "[MQTT-3.8.3-4]"),
  .bad(
    .v5, .toServer, "retain handling 3", framed("82", "0001 00 \"a\" 30"), .protocolError,
    "Subscription Options", 8, "MQTT 5.0 3.8.3.1"),
  .bad(
    .v5, .toServer, "reserved options", framed("82", "0001 00 \"a\" 40"), .malformed, "Subscription Options",
    8,
    "[MQTT-3.8.3-5]"),
  .bad(
    .v3_1_1, .toServer, "options of 5.0", framed("82", "0001 \"a\" 04"), .malformed, "Subscription Options",
    7,
    "[MQTT-3.8.3-4]"),
  .bad(
    .v5, .toServer, "No Local on a share", framed("82", "0001 00 \"$share/g/a\" 04"), .protocolError,
    "Subscription Options", 17, "[MQTT-3.8.3-4]"),
  .bad(
    .v5, .toServer, "no options", framed("82", "0001 00 \"a\""), .malformed, "Subscription Options", 8,
    "MQTT 5.0 1.5"),
  .bad(
    .v5, .toServer, "# in the midst", framed("82", "0001 00 \"a/#/b\" 00"), .topicFilterInvalid,
    "Topic Filter", 9,
    "[MQTT-4.7.1-1]"),
  .bad(
    .v3_1_1, .toServer, "+ beside a letter", framed("82", "0001 \"a+\" 00"), .topicFilterInvalid,
    "Topic Filter",
    7, "[MQTT-4.7.1-3]"),
  .bad(
    .v5, .toServer, "empty filter", framed("82", "0001 00 \"\" 00"), .topicFilterInvalid, "Topic Filter", 7,
    "[MQTT-4.7.3-1]"),
  .bad(
    .v5, .toServer, "empty share name", framed("82", "0001 00 \"$share//x\" 00"), .topicFilterInvalid,
    "Topic Filter", 14, "[MQTT-4.8.2-1]"),
  .bad(
    .v5, .toServer, "wildcard in the share name", framed("82", "0001 00 \"$share/g+/x\" 00"),
    .topicFilterInvalid,
    "Topic Filter", 15, "[MQTT-4.8.2-2]"),
  .bad(
    .v5, .toServer, "filter is no UTF-8", framed("82", "0001 00 0001 FF 00"), .malformed, "Topic Filter", 7,
    "[MQTT-1.5.4-1]"),
  .bad(
    .v5, .toServer, "subscription id twice", framed("82", "0001 04 0B01 0B02 \"a\" 00"), .protocolError,
    "Subscription Identifier", 7, "MQTT 5.0 2.2.2.2"),
]

private let subAcks: [Vector] = [
  .good(
    .v3_1_1, .toClient, "every return code", framed("90", "0001 00 01 02 80"),
    .subAck(SubAck(1, [.grantedQoS0, .grantedQoS1, .grantedQoS2, .unspecifiedError]))),
  .good(
    .v5, .toClient, "granted and refused", framed("90", "0001 04 1F\"r\" 02 87 A2"),
    .subAck(
      SubAck(
        1, [.grantedQoS2, .notAuthorized, .wildcardSubscriptionNotSupported], properties: [.reasonString("r")]
      ))),
  .bad(
    .v3_1_1, .toClient, "code 3", framed("90", "0001 03"), .protocolError, "Reason Code", 4, "[MQTT-3.9.3-2]"),
  .bad(
    .v3_1_1, .toClient, "code of 5.0", framed("90", "0001 87"), .protocolError, "Reason Code", 4,
    "[MQTT-3.9.3-2]"),
  .bad(
    .v5, .toClient, "code of UNSUBACK", framed("90", "0001 00 11"), .protocolError, "Reason Code", 5,
    "[MQTT-3.9.3-2]"),
  .bad(.v5, .toClient, "no code", framed("90", "0001 00"), .malformed, "Reason Code", 5, "[MQTT-3.8.4-6]"),
  .bad(.v3_1_1, .toClient, "no code", "90020001", .malformed, "Reason Code", 4, "[MQTT-3.8.4-5]"),
  .bad(
    .v5, .toClient, "id 0", framed("90", "0000 00 00"), .malformed, "Packet Identifier", 2, "[MQTT-2.2.1-6]"),
]

private let unsubscribes: [Vector] = [
  .good(
    .v3_1_1, .toServer, "UNSUBSCRIBE", framed("A2", "0001 \"a\" \"b/#\""),
    .unsubscribe(Unsubscribe(1, ["a", "b/#"]))),
  .good(
    .v5, .toServer, "UNSUBSCRIBE", framed("A2", "0001 07 26\"k\"\"v\" \"$share/g/#\""),
    .unsubscribe(Unsubscribe(1, ["$share/g/#"], properties: [.userProperty(name: "k", value: "v")]))),
  .bad(
    .v5, .toServer, "no filter", framed("A2", "0001 00"), .protocolError, "Topic Filter", 5, "[MQTT-3.10.3-2]"
  ),
  .bad(.v5, .toServer, "flags 0", "A000", .malformed, "Flags", 0, "[MQTT-2.1.3-1]"),
  .bad(
    .v3_1_1, .toServer, "bad filter", framed("A2", "0001 \"a#\""), .topicFilterInvalid, "Topic Filter", 7,
    "[MQTT-4.7.1-3]"),
  .good(.v3_1_1, .toClient, "UNSUBACK", "B0020001", .unsubAck(UnsubAck(1))),
  .good(
    .v5, .toClient, "UNSUBACK", framed("B0", "0001 00 00 11 8F"),
    .unsubAck(UnsubAck(1, [.success, .noSubscriptionFound, .topicFilterInvalid]))),
  .bad(.v5, .toClient, "no code", framed("B0", "0001 00"), .malformed, "Reason Code", 5, "[MQTT-3.11.3-1]"),
  .bad(
    .v5, .toClient, "code of SUBACK", framed("B0", "0001 00 01"), .protocolError, "Reason Code", 5,
    "[MQTT-3.11.3-2]"),
  .bad(
    .v3_1_1, .toClient, "codes in 3.1.1", framed("B0", "0001 00"), .malformed, "Remaining Length", 4,
    "MQTT 3.1.1 2.2.3"),
]
