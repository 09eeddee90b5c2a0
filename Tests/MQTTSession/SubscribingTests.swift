import MQTTPackets
import MQTTSession
import Testing

@Suite struct SubscribingTests {
  let two = [Subscription("a/#", qos: .atLeastOnce), Subscription("b", qos: .exactlyOnce)]

  @Test(arguments: ProtocolVersion.allCases)
  func subscribesAndUnsubscribes(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let granted = SubAck(1, [.grantedQoS1, .unspecifiedError])
    let gone = UnsubAck(2, version == .v5 ? [.success, .noSubscriptionFound] : [])
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.subscribe(two, 10), <<.send(.subscribe(Subscribe(1, two))),
      >>.unsubscribe(["a/#", "x"], 11), <<.send(.unsubscribe(Unsubscribe(2, ["a/#", "x"]))),
      >>.packet(.unsubAck(gone)), <<.unsubscribed(RequestID(11), gone),
      >>.packet(.subAck(granted)), <<.subscribed(RequestID(10), granted, asked: two))
  }

  static let wrong: [(Packet, PacketType, String, String)] = [
    (.subAck(SubAck(2, [.success, .success])), .subAck, "[MQTT-3.8.4-2]", "[MQTT-3.8.4-2]"),
    (.unsubAck(UnsubAck(1, [.success])), .unsubAck, "[MQTT-3.10.4-5]", "[MQTT-3.10.4-4]"),
    (.subAck(SubAck(1, [.success])), .subAck, "[MQTT-3.9.3-1]", "[MQTT-3.8.4-5]"),
    (.subAck(SubAck(1, [.success, .success, .success])), .subAck, "[MQTT-3.9.3-1]", "[MQTT-3.8.4-5]"),
    (.subAck(SubAck(1, [.grantedQoS2, .success])), .subAck, "[MQTT-3.8.4-7]", "[MQTT-3.8.4-6]"),
    (.subAck(SubAck(1, [.success, ReasonCode(rawValue: 3)])), .subAck, "[MQTT-3.9.3-2]", "[MQTT-3.9.3-2]"),
  ]

  @Test(arguments: ProtocolVersion.allCases, Self.wrong.indices)
  func wrongAnswersEnd(_ version: ProtocolVersion, _ index: Int) {
    let settings = SessionSettings.lasting(version)
    let (packet, type, rule, oldRule) = Self.wrong[index]
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.subscribe(two, 10), <<.send(.subscribe(Subscribe(1, two))),
      >>.packet(packet), .end(version, .protocolError, type, rule: version == .v5 ? rule : oldRule))
  }

  @Test func unsubAckWithTheWrongCountEnds() {
    let settings = SessionSettings.lasting(.v5)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.unsubscribe(["a"], 10), <<.send(.unsubscribe(Unsubscribe(1, ["a"]))),
      >>.packet(.unsubAck(UnsubAck(1, []))), .end(.v5, .protocolError, .unsubAck, rule: "[MQTT-3.11.3-1]"))
  }

  @Test(
    arguments: [
      ("a/#", [], .wildcardSubscriptionUnavailable(filter: "a/#")),
      ("+/a", [], .wildcardSubscriptionUnavailable(filter: "+/a")),
      ("$share/g/a", [], .sharedSubscriptionUnavailable(filter: "$share/g/a")),
      ("a", [.subscriptionIdentifier(1)], .subscriptionIdentifiersUnavailable),
      ("a/long/topic/filter", [], .packetTooLarge(size: 27, maximum: 26)),
    ] as [(String, Properties, LocalRefusal)])
  func serverLimitsRefuseBeforeSending(_ filter: String, _ properties: Properties, _ refusal: LocalRefusal) {
    let settings = SessionSettings.lasting(.v5)
    let limits: Properties = [
      .wildcardSubscriptionAvailable(false), .sharedSubscriptionAvailable(false),
      .subscriptionIdentifierAvailable(false), .maximumPacketSize(26),
    ]
    let plain = [Subscription("plain")]
    play(
      settings,
      >>.subscribe([Subscription(filter)], 9, properties),
      >>.open, <<settings.connect(),
      >>.connAck(limits), <<.connected(limits), <<.rejected(RequestID(9), refusal),
      >>.subscribe([Subscription(filter)], 10, properties), <<.rejected(RequestID(10), refusal),
      >>.subscribe(plain, 11), <<.send(.subscribe(Subscribe(1, plain))))
  }

  /// The session itself repeats what was not answered, so the caller repeats only what was.
  @Test(arguments: ProtocolVersion.allCases)
  func unansweredRequestsGoOutAgainInOrder(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.subscribe(two, 1), <<.send(.subscribe(Subscribe(1, two))),
      >>.unsubscribe(["x"], 2), <<.send(.unsubscribe(Unsubscribe(2, ["x"]))),
      >>.closed,
      >>.unsubscribe(["y"], 3),
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true), <<.connected(present: true),
      <<.send(.subscribe(Subscribe(3, two))),
      <<.send(.unsubscribe(Unsubscribe(4, ["x"]))),
      <<.send(.unsubscribe(Unsubscribe(5, ["y"]))))
  }
}
