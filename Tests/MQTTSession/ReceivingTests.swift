import MQTTPackets
import MQTTSession
import Testing

@Suite struct ReceivingTests {
  @Test(arguments: ProtocolVersion.allCases)
  func acknowledgesInOrderOnceDelivered(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message("a", .atLeastOnce, id: 7), <<.message(1, "a", .atLeastOnce, id: 7),
      >>.message("b"), <<.message(2, "b"),
      >>.message("c", .exactlyOnce, id: 3), <<.message(3, "c", .exactlyOnce, id: 3),
      >>.message("d", .atLeastOnce, id: 8), <<.message(4, "d", .atLeastOnce, id: 8),
      >>.delivered(2), <<.pubAck(7),
      >>.delivered(2),
      >>.delivered(4), <<.pubRec(3), <<.pubAck(8),
      >>.pubRel(3), <<.pubComp(3),
      >>.message("e", .exactlyOnce, id: 3), <<.message(5, "e", .exactlyOnce, id: 3),
      >>.delivered(5), <<.pubRec(3))
  }

  @Test(arguments: ProtocolVersion.allCases, [false, true])
  func repeatedQoS2IsDeliveredOnce(_ version: ProtocolVersion, _ dup: Bool) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message("a", .exactlyOnce, id: 3), <<.message(1, "a", .exactlyOnce, id: 3),
      >>.message("a", .exactlyOnce, id: 3, dup: dup),
      // One PUBREC for both, as neither had left when the second came.
      >>.delivered(1), <<.pubRec(3),
      >>.message("a", .exactlyOnce, id: 3, dup: dup), <<.pubRec(3),
      >>.message("a", .exactlyOnce, id: 3, dup: dup), <<.pubRec(3),
      >>.pubRel(3), <<.pubComp(3),
      >>.pubRel(3), <<.pubComp(3, version == .v5 ? .packetIdentifierNotFound : .success),
      >>.message("a", .exactlyOnce, id: 3, dup: dup), <<.message(2, "a", .exactlyOnce, id: 3, dup: dup))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func repeatedQoS1IsDeliveredAgain(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message("a", .atLeastOnce, id: 3), <<.message(1, "a", .atLeastOnce, id: 3),
      >>.message("a", .atLeastOnce, id: 3, dup: true), <<.message(2, "a", .atLeastOnce, id: 3, dup: true),
      >>.delivered(2), <<.pubAck(3), <<.pubAck(3))
  }

  /// A peer that releases what it has no PUBREC for.
  @Test(arguments: ProtocolVersion.allCases)
  func pubRelBeforeDeliveryKeepsTheOrder(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message("a", .atLeastOnce, id: 1), <<.message(1, "a", .atLeastOnce, id: 1),
      >>.message("b", .exactlyOnce, id: 2), <<.message(2, "b", .exactlyOnce, id: 2),
      >>.pubRel(2),
      >>.delivered(2), <<.pubAck(1), <<.pubRec(2), <<.pubComp(2))
  }

  @Test func receiveMaximumIsEnforced() {
    var settings = SessionSettings(version: .v5, clientIdentifier: "c", keepAlive: 0)
    settings.receiveMaximum = 2
    let connect = Effect.send(
      .connect(Connect(version: .v5, clientIdentifier: "c", properties: [.receiveMaximum(2)])))
    play(
      settings,
      >>.open, <<connect,
      >>.connAck(), <<.connected(),
      >>.message("a", .atLeastOnce, id: 1), <<.message(1, "a", .atLeastOnce, id: 1),
      >>.message("b", .exactlyOnce, id: 2), <<.message(2, "b", .exactlyOnce, id: 2),
      >>.message("z"), <<.message(3, "z"),
      >>.delivered(3), <<.pubAck(1), <<.pubRec(2),
      >>.message("c", .atLeastOnce, id: 3), <<.message(4, "c", .atLeastOnce, id: 3),
      // A repetition takes no further room; PUBREC alone gives none back.
      >>.message("b", .exactlyOnce, id: 2, dup: true),
      >>.pubRel(2), <<.pubComp(2),
      >>.message("d", .exactlyOnce, id: 4), <<.message(5, "d", .exactlyOnce, id: 4),
      >>.message("e", .atLeastOnce, id: 5),
      .end(.v5, .receiveMaximumExceeded, .publish, rule: "[MQTT-3.3.4-9]"),
      >>.delivered(5),
      >>.message("f"))
  }

  @Test func aliases() {
    var settings = SessionSettings(version: .v5, clientIdentifier: "c", keepAlive: 0)
    settings.topicAliasMaximum = 2
    let connect = Effect.send(
      .connect(Connect(version: .v5, clientIdentifier: "c", properties: [.topicAliasMaximum(2)])))
    play(
      settings,
      >>.open, <<connect,
      >>.connAck(), <<.connected(),
      >>.message("a", with: [.topicAlias(2)]), <<.message(1, "a", with: [.topicAlias(2)]),
      >>.message("", with: [.topicAlias(2)]), <<.message(2, "a", with: [.topicAlias(2)]),
      >>.message("b", with: [.topicAlias(2)]), <<.message(3, "b", with: [.topicAlias(2)]),
      >>.message("", with: [.topicAlias(2)]), <<.message(4, "b", with: [.topicAlias(2)]),
      >>.closed,
      >>.open, <<connect,
      >>.connAck(), <<.connected(),
      >>.message("", with: [.topicAlias(2)]),
      .end(.v5, .topicAliasInvalid, .publish, rule: "[MQTT5 3.3.2.3.4]"))
  }

  @Test(arguments: [
    (UInt16(0), "t", "[MQTT-3.3.2-8]"), (3, "t", "[MQTT-3.3.2-11]"), (65535, "", "[MQTT-3.3.2-11]"),
    (1, "", "[MQTT5 3.3.2.3.4]"),
  ])
  func badAliasEnds(_ alias: UInt16, _ topic: String, _ rule: String) {
    var settings = SessionSettings(version: .v5, clientIdentifier: "c", keepAlive: 0)
    settings.topicAliasMaximum = 2
    play(
      settings,
      >>.open,
      <<.send(.connect(Connect(version: .v5, clientIdentifier: "c", properties: [.topicAliasMaximum(2)]))),
      >>.connAck(), <<.connected(),
      >>.message(topic, with: [.topicAlias(alias)]), .end(.v5, .topicAliasInvalid, .publish, rule: rule))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func emptyTopicEnds(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message(""), .end(version, .protocolError, .publish, rule: "[MQTT-4.7.3-1]"))
  }
}
