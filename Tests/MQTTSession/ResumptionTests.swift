import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@Suite struct ResumptionTests {
  @Test(arguments: ProtocolVersion.allCases)
  func sendsAgainInOrder(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(.to("a", .exactlyOnce), 1), <<.sendPublish("a", .exactlyOnce, id: 1),
      >>.publish(.to("b", .atLeastOnce), 2), <<.sendPublish("b", .atLeastOnce, id: 2),
      >>.publish(.to("c", .exactlyOnce), 3), <<.sendPublish("c", .exactlyOnce, id: 3),
      >>.publish(.to("d", .exactlyOnce), 4), <<.sendPublish("d", .exactlyOnce, id: 4),
      >>.pubRec(4), <<.pubRel(4),
      >>.pubRec(3), <<.pubRel(3),
      >>.closed,
      >>.publish(.to("e", .atLeastOnce), 5),
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true), <<.connected(present: true),
      // PUBREL in the order of PUBREC, PUBLISH in the order of PUBLISH, then what is new.
      <<.pubRel(4), <<.pubRel(3),
      <<.sendPublish("a", .exactlyOnce, id: 1, dup: true),
      <<.sendPublish("b", .atLeastOnce, id: 2, dup: true),
      <<.sendPublish("e", .atLeastOnce, id: 5),
      >>.pubComp(3, .packetIdentifierNotFound), <<.acknowledged(3),
      >>.pubRec(1), <<.pubRel(1),
      >>.pubComp(1), <<.acknowledged(1),
      >>.pubAck(2), <<.acknowledged(2),
      >>.pubComp(4), <<.acknowledged(4),
      >>.pubAck(5), <<.acknowledged(5),
      >>.check { $0.unacknowledged == 0 })
  }

  /// The window is new with each connection, and what is sent again fills it too.
  @Test func smallerWindowHoldsBackWhatIsSentAgain() {
    let settings = SessionSettings.lasting(.v5)
    let one: Properties = [.receiveMaximum(1)]
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(.to("a", .atLeastOnce), 1), <<.sendPublish("a", .atLeastOnce, id: 1),
      >>.publish(.to("b", .exactlyOnce), 2), <<.sendPublish("b", .exactlyOnce, id: 2),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true, one), <<.connected(present: true, one),
      <<.sendPublish("a", .atLeastOnce, id: 1, dup: true),
      >>.publish(.to("c", .atLeastOnce), 3),
      >>.check { $0.publishQuota == 0 },
      >>.pubAck(1), <<.acknowledged(1), <<.sendPublish("b", .exactlyOnce, id: 2, dup: true),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true, one), <<.connected(present: true, one),
      <<.sendPublish("b", .exactlyOnce, id: 2, dup: true),
      >>.pubRec(2), <<.pubRel(2),
      >>.pubComp(2), <<.acknowledged(2), <<.sendPublish("c", .atLeastOnce, id: 3))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func incomingQoS2IsRemembered(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message("a", .exactlyOnce, id: 1), <<.message(1, "a", .exactlyOnce, id: 1),
      >>.message("b", .exactlyOnce, id: 2), <<.message(2, "b", .exactlyOnce, id: 2),
      >>.message("c", .atLeastOnce, id: 3), <<.message(3, "c", .atLeastOnce, id: 3),
      >>.delivered(1), <<.pubRec(1),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true), <<.connected(present: true),
      // The server missed our PUBREC; it sends all again.
      >>.message("a", .exactlyOnce, id: 1, dup: true), <<.pubRec(1),
      >>.message("b", .exactlyOnce, id: 2, dup: true),
      >>.message("c", .atLeastOnce, id: 3, dup: true), <<.message(4, "c", .atLeastOnce, id: 3, dup: true),
      >>.delivered(3), <<.pubRec(2),
      >>.delivered(4), <<.pubAck(3),
      >>.pubRel(1), <<.pubComp(1),
      >>.pubRel(2), <<.pubComp(2))
  }

  /// Acknowledgements of the last connection have no place on the next one.
  @Test(arguments: ProtocolVersion.allCases)
  func deliveryBetweenConnectionsSendsNothing(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.message("a", .atLeastOnce, id: 1), <<.message(1, "a", .atLeastOnce, id: 1),
      >>.message("b", .exactlyOnce, id: 2), <<.message(2, "b", .exactlyOnce, id: 2),
      >>.closed,
      >>.delivered(2),
      >>.open, <<settings.connect(clean: false),
      >>.delivered(2),
      >>.connAck(present: true), <<.connected(present: true),
      >>.message("b", .exactlyOnce, id: 2, dup: true), <<.pubRec(2),
      >>.pubRel(2), <<.pubComp(2))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func lostSession(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(.to("a", .exactlyOnce), 1), <<.sendPublish("a", .exactlyOnce, id: 1),
      >>.publish(.to("b", .atLeastOnce), 2), <<.sendPublish("b", .atLeastOnce, id: 2),
      >>.publish(.to("c", .exactlyOnce), 3), <<.sendPublish("c", .exactlyOnce, id: 3),
      >>.publish(.to("d", .atLeastOnce), 4), <<.sendPublish("d", .atLeastOnce, id: 4),
      >>.pubRec(1), <<.pubRel(1),
      >>.message("in", .exactlyOnce, id: 9), <<.message(1, "in", .exactlyOnce, id: 9),
      >>.closed,
      >>.publish(.to("e", .exactlyOnce), 5),
      >>.open, <<settings.connect(clean: false),
      >>.connAck(),
      <<.sessionLost(SessionLoss(resent: 2, unknown: 2, forgotten: 1)),
      <<.published(RequestID(3), .unknown), <<.published(RequestID(1), .unknown),
      <<.connected(),
      <<.sendPublish("b", .atLeastOnce, id: 5),
      <<.sendPublish("d", .atLeastOnce, id: 6),
      <<.sendPublish("e", .exactlyOnce, id: 7),
      // The old identifier means another message now.
      >>.message("in", .exactlyOnce, id: 9), <<.message(2, "in", .exactlyOnce, id: 9),
      >>.pubAck(5), <<.acknowledged(2))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func lossIsReportedOnlyWhereThereWasASession(_ version: ProtocolVersion) {
    let settings = SessionSettings.lasting(version)
    play(
      settings,
      >>.publish(.to("a", .exactlyOnce), 1),
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(), <<.sendPublish("a", .exactlyOnce, id: 1),
      >>.pubRec(1), <<.pubRel(1),
      >>.pubComp(1), <<.acknowledged(1),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(), <<.sessionLost(SessionLoss()), <<.connected())
    // Nobody asked for this one to last.
    let brief = SessionSettings(version: version, clientIdentifier: "c", cleanStart: true, keepAlive: 0)
    play(
      brief,
      >>.open, <<brief.connect(),
      >>.connAck(), <<.connected(),
      >>.closed,
      >>.open, <<brief.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(.to("a", .exactlyOnce), 1), <<.sendPublish("a", .exactlyOnce, id: 1),
      >>.closed,
      >>.open, <<brief.connect(),
      >>.connAck(), <<.sessionLost(SessionLoss(unknown: 1)), <<.published(RequestID(1), .unknown),
      <<.connected())
  }

  /// The server's limits may shrink under a message that was sent before.
  @Test func whatNoLongerFitsEnds() {
    let settings = SessionSettings.lasting(.v5)
    let body = ByteBuffer(repeating: 0, count: 50)
    let first = Message(topic: "a", payload: body, qos: .exactlyOnce)
    let second = Message(topic: "b", payload: body, qos: .atLeastOnce)
    let small: Properties = [.maximumPacketSize(20)]
    play(
      settings,
      >>.open, <<settings.connect(),
      >>.connAck(), <<.connected(),
      >>.publish(first, 1), <<.send(.publish(Publish(message: first, packetIdentifier: 1))),
      >>.publish(second, 2), <<.send(.publish(Publish(message: second, packetIdentifier: 2))),
      >>.closed,
      >>.open, <<settings.connect(clean: false),
      >>.connAck(present: true, small), <<.connected(present: true, small),
      <<.published(RequestID(1), .unknown),
      <<.published(RequestID(2), .rejected(.packetTooLarge(size: 58, maximum: 20))),
      >>.check { $0.unacknowledged == 0 && $0.publishQuota == 65535 })
  }
}
