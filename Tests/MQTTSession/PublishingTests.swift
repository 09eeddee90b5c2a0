import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@Suite struct PublishingTests {
  @Test(arguments: ProtocolVersion.allCases)
  func publishesAtEachQoS(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(.to("a"), 10), <<.sendPublish("a"), <<.published(RequestID(10), .sent),
      >>.publish(.to("b", .atLeastOnce), 11), <<.sendPublish("b", .atLeastOnce, id: 1),
      >>.publish(.to("c", .exactlyOnce), 12), <<.sendPublish("c", .exactlyOnce, id: 2),
      >>.pubRec(2), <<.pubRel(2),
      >>.pubAck(1), <<.acknowledged(11),
      >>.pubComp(2), <<.acknowledged(12),
      >>.check { $0.unacknowledged == 0 })
  }

  @Test func reasonCodesComeBack() {
    let settings = SessionSettings.lasting(.v5)
    let denied = Acknowledgement(1, .notAuthorized, properties: [.reasonString("no")])
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck([.receiveMaximum(1)]), <<.connected([.receiveMaximum(1)]),
      >>.publish(.to("a", .atLeastOnce), 1), <<.sendPublish("a", .atLeastOnce, id: 1),
      >>.publish(.to("b", .exactlyOnce), 2),
      >>.packet(.pubAck(denied)), <<.published(RequestID(1), .failed(.notAuthorized, [.reasonString("no")])),
      <<.sendPublish("b", .exactlyOnce, id: 2),
      >>.publish(.to("c", .exactlyOnce), 3),
      // A failed PUBREC ends the exchange and frees the window.
      >>.pubRec(2, .quotaExceeded), <<.published(RequestID(2), .failed(.quotaExceeded, [])),
      <<.sendPublish("c", .exactlyOnce, id: 3),
      >>.pubRec(3, .noMatchingSubscribers), <<.pubRel(3),
      // PUBREC told the fate of the message.
      >>.pubComp(3, .packetIdentifierNotFound), <<.acknowledged(3, .noMatchingSubscribers))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func strayAcknowledgementsNeverStick(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let notFound: ReasonCode = version == .v5 ? .packetIdentifierNotFound : .success
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.pubAck(9),
      >>.pubComp(9),
      >>.pubRec(9), <<.pubRel(9, notFound),
      >>.pubRel(9), <<.pubComp(9, notFound),
      >>.check { $0.ignoredAcknowledgements == 2 },
      >>.publish(.to("a", .atLeastOnce), 1), <<.sendPublish("a", .atLeastOnce, id: 1),
      >>.publish(.to("b", .exactlyOnce), 2), <<.sendPublish("b", .exactlyOnce, id: 2),
      // The wrong type for the state.
      >>.pubRec(1), <<.pubRel(1, notFound),
      >>.pubComp(1),
      >>.pubAck(2),
      >>.pubComp(2),
      >>.check { $0.unacknowledged == 2 && $0.ignoredAcknowledgements == 5 },
      >>.pubRec(2), <<.pubRel(2),
      >>.pubRec(2), <<.pubRel(2),
      >>.pubComp(2), <<.acknowledged(2),
      >>.pubComp(2),
      >>.pubAck(1), <<.acknowledged(1),
      >>.pubAck(1),
      >>.check { $0.unacknowledged == 0 && $0.ignoredAcknowledgements == 7 })
  }

  @Test func windowQueuesInOrder() {
    let settings = SessionSettings.lasting(.v5)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck([.receiveMaximum(2)]), <<.connected([.receiveMaximum(2)]),
      >>.check { $0.publishQuota == 2 },
      >>.publish(.to("a", .exactlyOnce), 1), <<.sendPublish("a", .exactlyOnce, id: 1),
      >>.publish(.to("b", .atLeastOnce), 2), <<.sendPublish("b", .atLeastOnce, id: 2),
      >>.check { $0.publishQuota == 0 },
      >>.publish(.to("c", .atLeastOnce), 3),
      >>.publish(.to("d", .atLeastOnce), 4),
      // QoS 0 needs no window.
      >>.publish(.to("z"), 5), <<.sendPublish("z"), <<.published(RequestID(5), .sent),
      >>.check { $0.queuedBytes == 2 && $0.unacknowledged == 4 },
      // PUBREC does not open the window, PUBCOMP does.
      >>.pubRec(1), <<.pubRel(1),
      >>.pubComp(1), <<.acknowledged(1), <<.sendPublish("c", .atLeastOnce, id: 3),
      >>.pubAck(3), <<.acknowledged(3), <<.sendPublish("d", .atLeastOnce, id: 4),
      >>.pubAck(2), <<.acknowledged(2),
      >>.check { $0.publishQuota == 1 && $0.queuedBytes == 0 })
  }

  @Test func windowWithoutReceiveMaximum() {
    for (version, maximum, expected) in [
      (ProtocolVersion.v3_1_1, nil, 20), (.v3_1_1, 3, 3), (.v5, nil, 65535), (.v5, 7, 7),
    ] as [(ProtocolVersion, UInt16?, Int)] {
      var settings = SessionSettings.lasting(version)
      settings.maximumInFlight = maximum
      play(
        settings,
        >>.open, <<settings.connect(),
        >>.connAck(), <<.connected(),
        >>.check { $0.publishQuota == expected })
    }
  }

  @Test func serverLimitsRefuseBeforeSending() {
    let settings = SessionSettings.lasting(.v5)
    let limits: Properties = [
      .maximumQoS(1), .retainAvailable(false), .maximumPacketSize(30), .topicAliasMaximum(3),
    ]
    let retained = Message(topic: "t", retain: true)
    let fits = Message(topic: "t", payload: ByteBuffer(repeating: 0, count: 24))
    let large = Message(topic: "t", payload: ByteBuffer(repeating: 0, count: 25))
    let aliased = Message(topic: "t", properties: [.topicAlias(3)])
    let unaliased = Message(topic: "t", properties: [.topicAlias(4)])
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(limits), <<.connected(limits),
      >>.publish(.to("t", .exactlyOnce), 1),
      <<.published(RequestID(1), .rejected(.qosAboveMaximum(.atLeastOnce))),
      >>.publish(retained, 2), <<.published(RequestID(2), .rejected(.retainUnavailable)),
      >>.publish(fits, 3), <<.send(.publish(Publish(message: fits))), <<.published(RequestID(3), .sent),
      >>.publish(large, 4),
      <<.published(RequestID(4), .rejected(.packetTooLarge(size: 31, maximum: 30))),
      >>.publish(aliased, 5), <<.send(.publish(Publish(message: aliased))), <<.published(RequestID(5), .sent),
      >>.publish(unaliased, 6), <<.published(RequestID(6), .rejected(.topicAliasAboveMaximum(3))),
      >>.publish(.to("t", .atLeastOnce), 7), <<.sendPublish("t", .atLeastOnce, id: 1))
  }

  @Test func limitsAlsoMeetWhatWaited() {
    let settings = SessionSettings.lasting(.v5)
    play(
      settings,
      >>.publish(.to("a", .exactlyOnce), 1),
      >>.publish(.to("b", .atLeastOnce), 2),
      >>.open, <<settings.connect(),
      >>.connAck([.maximumQoS(1)]), <<.connected([.maximumQoS(1)]),
      <<.published(RequestID(1), .rejected(.qosAboveMaximum(.atLeastOnce))),
      <<.sendPublish("b", .atLeastOnce, id: 2))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func requestsWaitForTheConnection(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let asked = [Subscription("s", qos: .atLeastOnce)]
    play(
      settings,
      >>.publish(.to("a"), 1),
      >>.publish(.to("b", .atLeastOnce), 2),
      >>.open, <<settings.connect(),
      >>.subscribe(asked, 3),
      >>.publish(.to("c"), 4),
      >>.check { $0.publishQuota == 0 && $0.queuedBytes == 3 && $0.unacknowledged == 3 },
      >>.connAck(), <<.connected(),
      <<.send(.subscribe(Subscribe(1, asked))),
      <<.sendPublish("a"), <<.published(RequestID(1), .sent),
      <<.sendPublish("b", .atLeastOnce, id: 2),
      <<.sendPublish("c"), <<.published(RequestID(4), .sent))
  }

  /// After an end nothing more is sent, but what is asked for waits for the next connection.
  @Test(arguments: ProtocolVersion.allCases)
  func requestsAfterTheEndWait(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    let asked = [Subscription("s")]
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.disconnect(.normalDisconnection), <<.send(.disconnect(Disconnect())), <<.close,
      >>.publish(.to("a"), 1),
      >>.publish(.to("b", .atLeastOnce), 2),
      >>.subscribe(asked, 3),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true), <<.connected(present: true),
      <<.send(.subscribe(Subscribe(1, asked))),
      <<.sendPublish("a"), <<.published(RequestID(1), .sent),
      <<.sendPublish("b", .atLeastOnce, id: 2))
  }

  @Test func queueIsBounded() {
    var settings = SessionSettings.lasting(.v5)
    settings.queueLimit = 10
    let large = Message(topic: "large", payload: ByteBuffer(repeating: 1, count: 100))
    play(
      settings,
      >>.publish(.to("12345"), 1),
      >>.publish(.to("67890"), 2),
      >>.publish(.to("x"), 3), <<.published(RequestID(3), .rejected(.queueFull(limit: 10))),
      >>.publish(large, 4), <<.published(RequestID(4), .rejected(.queueFull(limit: 10))),
      >>.check { $0.queuedBytes == 10 })
    // One message may be larger than the bound, else it could never be sent.
    play(settings, >>.publish(large, 1), >>.check { $0.queuedBytes == 105 })
  }

  @Test func aliasesFirstComeFirstServed() {
    var settings = SessionSettings.lasting(.v5)
    settings.usesTopicAliases = true
    let maximum: Properties = [.topicAliasMaximum(2)]
    let sent = { (id: UInt64) in Effect.published(RequestID(id), .sent) }
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(maximum), <<.connected(maximum),
      >>.publish(.to("a"), 1), <<.sendPublish("a", with: [.topicAlias(1)]), <<sent(1),
      >>.publish(.to("b"), 2), <<.sendPublish("b", with: [.topicAlias(2)]), <<sent(2),
      >>.publish(.to("c"), 3), <<.sendPublish("c"), <<sent(3),
      >>.publish(.to("b"), 4), <<.sendPublish("", with: [.topicAlias(2)]), <<sent(4),
      >>.publish(.to("a", .atLeastOnce), 5), <<.sendPublish("", .atLeastOnce, id: 1, with: [.topicAlias(1)]),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true, maximum), <<.connected(present: true, maximum),
      // What is sent again has its topic and no alias.
      <<.sendPublish("a", .atLeastOnce, id: 1, dup: true),
      >>.publish(.to("a"), 6), <<.sendPublish("a", with: [.topicAlias(1)]), <<sent(6),
      >>.publish(.to("a"), 7), <<.sendPublish("", with: [.topicAlias(1)]), <<sent(7))
  }

  @Test func aliasIsLeftOutWhereItWouldNotFit() {
    var settings = SessionSettings.lasting(.v5)
    settings.usesTopicAliases = true
    let limits: Properties = [.topicAliasMaximum(2), .maximumPacketSize(10)]
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(limits), <<.connected(limits),
      >>.publish(.to("12345"), 1), <<.sendPublish("12345"), <<.published(RequestID(1), .sent),
      >>.publish(.to("12"), 2), <<.sendPublish("12", with: [.topicAlias(1)]),
      <<.published(RequestID(2), .sent))
  }
}
