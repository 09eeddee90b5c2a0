import MQTTPackets
import NIOCore
import Testing

@testable import LoopbackBroker

struct BrokerPublishTests {
  /// Connection 1 publishes, 2 subscribes.
  private func pair(
    _ qos: QoS = .atMostOnce, filter: String = "#", _ version: ProtocolVersion = .v5,
    _ settings: BrokerSettings = BrokerSettings()
  ) -> BrokerPlay {
    let play = BrokerPlay(settings)
    play.connect(1, "p", version)
    play.connect(2, "s", version)
    play.subscribe(2, Subscription(filter, qos: qos))
    return play
  }

  @Test(arguments: ProtocolVersion.allCases)
  func atMostOnce(version: ProtocolVersion) {
    let play = pair(.exactlyOnce, version)
    #expect(play.publish(1, "a/b", "x") == ["2 PUBLISH a/b \"x\" q0"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func atLeastOnce(version: ProtocolVersion) {
    let play = pair(.atLeastOnce, version)
    #expect(
      play.publish(1, "a", "x", .atLeastOnce, id: 9) == ["2 PUBLISH a \"x\" q1 #1", "1 PUBACK #9 0x00"])
    #expect(play.send(2, .ack(Packet.pubAck, 1)) == [])
    #expect(
      play.publish(1, "a", "y", .atLeastOnce, id: 9) == ["2 PUBLISH a \"y\" q1 #2", "1 PUBACK #9 0x00"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func exactlyOnce(version: ProtocolVersion) {
    let play = pair(.exactlyOnce, version)
    let delivery = "2 PUBLISH a \"x\" q2 #1"
    #expect(play.publish(1, "a", "x", .exactlyOnce, id: 9) == [delivery, "1 PUBREC #9 0x00"])
    // Again before PUBREL, with and without DUP: answered, not delivered.
    #expect(play.publish(1, "a", "x", .exactlyOnce, id: 9, dup: true) == ["1 PUBREC #9 0x00"])
    #expect(play.publish(1, "a", "x", .exactlyOnce, id: 9) == ["1 PUBREC #9 0x00"])
    #expect(play.send(1, .ack(Packet.pubRel, 9)) == ["1 PUBCOMP #9 0x00"])
    #expect(play.send(2, .ack(Packet.pubRec, 1)) == ["2 PUBREL #1 0x00"])
    #expect(play.send(2, .ack(Packet.pubComp, 1)) == [])
    // The identifier is free again.
    #expect(
      play.publish(1, "a", "y", .exactlyOnce, id: 9) == ["2 PUBLISH a \"y\" q2 #2", "1 PUBREC #9 0x00"])
  }

  @Test func theLowerQoSCounts() {
    for (asked, sent, got) in [(0, 2, 0), (1, 2, 1), (2, 1, 1), (2, 0, 0), (1, 0, 0)] {
      let play = pair(QoS(rawValue: UInt8(asked)) ?? .atMostOnce)
      let qos = QoS(rawValue: UInt8(sent)) ?? .atMostOnce
      let line = play.publish(1, "a", "x", qos, id: qos == .atMostOnce ? nil : 5).first
      #expect(line?.hasPrefix("2 PUBLISH a \"x\" q\(got)") == true, "asked \(asked), sent \(sent)")
    }
  }

  @Test func unknownExchanges() {
    let play = pair()
    #expect(play.send(1, .ack(Packet.pubRel, 77)) == ["1 PUBCOMP #77 0x92"])
    #expect(play.send(1, .ack(Packet.pubRec, 77)) == ["1 PUBREL #77 0x92"])
    #expect(play.send(1, .ack(Packet.pubAck, 77)) == [])
    #expect(play.send(1, .ack(Packet.pubComp, 77)) == [])
  }

  @Test func nobodyListens() {
    let play = pair(filter: "other")
    #expect(play.publish(1, "a", "x", .atLeastOnce, id: 1) == ["1 PUBACK #1 0x10"])
    #expect(play.publish(1, "a", "x", .exactlyOnce, id: 2) == ["1 PUBREC #2 0x10"])
    #expect(play.send(1, .ack(Packet.pubRel, 2)) == ["1 PUBCOMP #2 0x00"])
    play.connect(3, "old", .v3_1_1)
    #expect(play.publish(3, "a", "x", .atLeastOnce, id: 1) == ["3 PUBACK #1 0x00"])
  }

  @Test func receiveMaximumBoundsAFlood() {
    var settings = BrokerSettings()
    settings.receiveMaximum = 3
    let play = pair(.exactlyOnce, .v5, settings)
    for id in 1...3 as ClosedRange<UInt16> {
      #expect(play.publish(1, "a", "x", .exactlyOnce, id: id).last == "1 PUBREC #\(id) 0x00")
    }
    #expect(
      play.publish(1, "a", "x", .exactlyOnce, id: 4)
        == ["1 DISCONNECT 0x93", "1 close: protocolError"])
  }

  @Test func theWindowOfTheReceiverCounts() {
    let play = BrokerPlay()
    play.connect(1, "p")
    play.connect(2, "s", with: [.receiveMaximum(2)])
    play.subscribe(2, Subscription("#", qos: .atLeastOnce))
    for id in 1...4 as ClosedRange<UInt16> { play.publish(1, "a", "\(id)", .atLeastOnce, id: id) }
    play.publish(1, "a", "later")
    #expect(play.send(2, .ack(Packet.pubAck, 1)) == ["2 PUBLISH a \"3\" q1 #3"])
    #expect(
      play.send(2, .ack(Packet.pubAck, 2)) == ["2 PUBLISH a \"4\" q1 #4", "2 PUBLISH a \"later\" q0"])
  }

  @Test func packetsOverTheReceiversLimitAreNotSent() {
    let play = BrokerPlay()
    play.connect(1, "p")
    play.connect(2, "s", with: [.maximumPacketSize(20)])
    play.subscribe(2, Subscription("#", qos: .exactlyOnce))
    #expect(play.publish(1, "a", String(repeating: "x", count: 100)) == [])
    #expect(
      play.publish(1, "a", String(repeating: "x", count: 100), .atLeastOnce, id: 1)
        == ["1 PUBACK #1 0x00"])
    #expect(play.publish(1, "a", "ok") == ["2 PUBLISH a \"ok\" q0"])
    #expect(play.broker.counters.droppedAtMostOnce == 1)
    #expect(play.broker.counters.droppedAcknowledged == 1)
  }

  @Test func aliases() {
    let play = pair()
    #expect(play.publish(1, "a/b", "1", with: [.topicAlias(64)]) == ["2 PUBLISH a/b \"1\" q0"])
    #expect(play.publish(1, "", "2", with: [.topicAlias(64)]) == ["2 PUBLISH a/b \"2\" q0"])
    #expect(
      play.publish(1, "", "3", with: [.topicAlias(63)]) == ["1 DISCONNECT 0x94", "1 close: protocolError"])
    play.connect(3, "x")
    #expect(play.publish(3, "a", "", with: [.topicAlias(65)]).first == "3 DISCONNECT 0x94")
  }

  @Test func propertiesGoOn() {
    let play = pair()
    #expect(
      play.publish(
        1, "a", "x",
        with: [
          .payloadFormatIndicator(1), .contentType("text/plain"), .responseTopic("r"),
          .correlationData(ByteBuffer(string: "id")), .userProperty(name: "k", value: "1"),
          .messageExpiryInterval(60), .userProperty(name: "k", value: "2"), .topicAlias(1),
        ])
        == [
          "2 PUBLISH a \"x\" q0 format=1 type=text/plain response=r correlation=id k=1 expiry=60 k=2"
        ])
    play.connect(3, "old", .v3_1_1)
    play.subscribe(3, Subscription("b"))
    #expect(
      play.publish(1, "b", "x", with: [.contentType("t")])
        == ["2 PUBLISH b \"x\" q0 type=t", "3 PUBLISH b \"x\" q0"])
  }

  @Test func deniedTopics() throws {
    let access = AccessRules(deniedPublishes: [try TopicFilter("secret/#")])
    let play = pair(.exactlyOnce, .v5, BrokerSettings(access: access))
    #expect(play.publish(1, "secret/a", "x", .atLeastOnce, id: 1) == ["1 PUBACK #1 0x87"])
    #expect(play.publish(1, "secret/a", "x", .exactlyOnce, id: 2) == ["1 PUBREC #2 0x87"])
    #expect(play.publish(1, "secret/a", "x") == [])
    #expect(play.publish(1, "public", "x") == ["2 PUBLISH public \"x\" q0"])
    play.connect(3, "old", .v3_1_1)
    #expect(play.publish(3, "secret/a", "x", .atLeastOnce, id: 1) == ["3 PUBACK #1 0x00"])
    #expect(play.notices.filter { if case .publishDenied = $0 { true } else { false } }.count == 4)
  }

  @Test func oneEncodingServesMany() {
    let play = pair()
    play.connect(3, "s2")
    play.subscribe(3, Subscription("a"))
    play.connect(4, "s3")
    play.subscribe(4, Subscription("a"), with: [.subscriptionIdentifier(1)])
    var effects: [BrokerEffect] = []
    play.broker.publish(Message(topic: "a"), now: play.now, into: &effects)
    let sharing = effects.compactMap { effect -> UInt64? in
      if case .forward(_, _, _, _, let sharing) = effect { sharing } else { nil }
    }
    #expect(sharing.count == 3)
    #expect(sharing[0] != 0 && sharing[0] == sharing[1] && sharing[2] == 0)
  }
}
