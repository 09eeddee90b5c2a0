import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@testable import LoopbackBroker

/// What outlives a connection: subscriptions, messages, unfinished exchanges, wills.
struct BrokerSessionTests {
  /// A publisher on connection 1 and a client `s` on 2 whose session is kept.
  private func kept(_ version: ProtocolVersion, qos: QoS = .exactlyOnce) -> BrokerPlay {
    let play = BrokerPlay()
    play.connect(1, "p", version)
    reconnect(play, 2, version)
    play.subscribe(2, Subscription("#", qos: qos))
    return play
  }

  @discardableResult
  private func reconnect(_ play: BrokerPlay, _ connection: UInt64, _ version: ProtocolVersion) -> [String] {
    play.connect(
      connection, "s", version, clean: false, with: version == .v5 ? [.sessionExpiryInterval(100)] : [])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func messagesWait(version: ProtocolVersion) {
    let play = kept(version)
    play.close(2)
    #expect(play.publish(1, "a", "0") == [])
    #expect(play.publish(1, "a", "1", .atLeastOnce, id: 1) == ["1 PUBACK #1 0x00"])
    #expect(play.publish(1, "a", "2", .exactlyOnce, id: 2) == ["1 PUBREC #2 0x00"])
    #expect(
      reconnect(play, 3, version)
        == ["3 CONNACK 0x00 present", "3 PUBLISH a \"1\" q1 #1", "3 PUBLISH a \"2\" q2 #2"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func unfinishedExchangesGoOn(version: ProtocolVersion) {
    let play = kept(version)
    play.publish(1, "a", "1", .exactlyOnce, id: 1)
    play.publish(1, "a", "2", .atLeastOnce, id: 2)
    play.publish(1, "a", "3", .exactlyOnce, id: 3)
    #expect(play.send(2, .ack(Packet.pubRec, 1)) == ["2 PUBREL #1 0x00"])
    play.close(2)
    #expect(
      reconnect(play, 3, version) == [
        "3 CONNACK 0x00 present", "3 PUBREL #1 0x00", "3 PUBLISH a \"2\" q1 #2 dup",
        "3 PUBLISH a \"3\" q2 #3 dup",
      ])
    #expect(play.send(3, .ack(Packet.pubComp, 1)) == [])
    #expect(play.send(3, .ack(Packet.pubAck, 2)) == [])
    #expect(play.send(3, .ack(Packet.pubRec, 3)) == ["3 PUBREL #3 0x00"])
    #expect(play.send(3, .ack(Packet.pubComp, 3)) == [])
    play.close(3)
    #expect(reconnect(play, 4, version) == ["4 CONNACK 0x00 present"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func aRepeatedExactlyOnceIsKnownAfterAReconnection(version: ProtocolVersion) {
    let play = kept(version)
    let publish = { (connection: UInt64) in
      play.publish(connection, "a", "x", .exactlyOnce, id: 5, dup: connection > 2)
    }
    #expect(publish(2) == ["2 PUBLISH a \"x\" q2 #1", "2 PUBREC #5 0x00"])
    play.close(2)
    reconnect(play, 3, version)
    #expect(publish(3) == ["3 PUBREC #5 0x00"])
    #expect(play.send(3, .ack(Packet.pubRel, 5)) == ["3 PUBCOMP #5 0x00"])
  }

  @Test func cleanStartEndsTheSession() {
    for version in ProtocolVersion.allCases {
      let play = kept(version)
      play.close(2)
      play.publish(1, "a", "1", .atLeastOnce, id: 1)
      #expect(play.connect(3, "s", version, clean: true) == ["3 CONNACK 0x00"])
      #expect(play.publish(1, "a", "1") == [])
    }
  }

  @Test func sessionsExpire() {
    let play = kept(.v5)
    play.close(2)
    play.wait(.seconds(99))
    #expect(play.broker.sessionTotal == 2)
    play.wait(.seconds(1))
    #expect(play.broker.sessionTotal == 1)
    #expect(reconnect(play, 3, .v5) == ["3 CONNACK 0x00"])
  }

  @Test func disconnectMayChangeTheExpiry() {
    let play = kept(.v5)
    play.send(2, .disconnect(Disconnect(properties: [.sessionExpiryInterval(0)])))
    #expect(play.broker.sessionTotal == 1)
    // But not from nothing to something.
    #expect(
      play.send(1, .disconnect(Disconnect(properties: [.sessionExpiryInterval(5)])))
        == ["1 DISCONNECT 0x82", "1 close: protocolError"])
  }

  @Test func anotherVersionStartsAnew() {
    let play = kept(.v5)
    play.close(2)
    #expect(reconnect(play, 3, .v3_1_1) == ["3 CONNACK 0x00"])
  }

  @Test func theMaximumExpiryIsTold() {
    let play = BrokerPlay { $0.sessionExpiryMaximum = 10 }
    play.connect(1, "a", with: [.sessionExpiryInterval(.max)])
    play.close(1)
    play.wait(.seconds(10))
    #expect(play.broker.sessionTotal == 0)
  }

  @Test func messagesExpireWhileTheyWait() {
    let play = kept(.v5)
    play.close(2)
    play.publish(1, "a", "short", .atLeastOnce, id: 1, with: [.messageExpiryInterval(5)])
    play.publish(1, "a", "long", .atLeastOnce, id: 2, with: [.messageExpiryInterval(50)])
    play.wait(.seconds(20))
    #expect(
      reconnect(play, 3, .v5) == ["3 CONNACK 0x00 present", "3 PUBLISH a \"long\" q1 #1 expiry=30"])
    #expect(play.broker.counters.droppedAcknowledged == 1)
  }

  @Test func theQueueOfTheAbsentIsBoundedAndSaysSo() {
    let play = BrokerPlay { $0.queueLimit = 100 }
    play.connect(1, "p")
    reconnect(play, 2, .v5)
    play.subscribe(2, Subscription("#", qos: .atLeastOnce))
    play.close(2)
    let payload = String(repeating: "x", count: 60)
    #expect(play.publish(1, "a", payload, .atLeastOnce, id: 1) == ["1 PUBACK #1 0x00"])
    #expect(play.publish(1, "a", payload, .atLeastOnce, id: 2) == ["1 PUBACK #2 0x00"])
    #expect(play.publish(1, "a", payload, .atLeastOnce, id: 3) == ["1 PUBACK #3 0x97"])
    #expect(play.broker.counters.droppedAcknowledged == 1)
    #expect(play.notices.last == .dropped(clientIdentifier: "s", atMostOnce: 0, acknowledged: 1))
    #expect(reconnect(play, 3, .v5).count == 3)
  }

  // MARK: - Wills

  private func watched(_ version: ProtocolVersion = .v5, _ properties: Properties = [], expiry: UInt32 = 0)
    -> BrokerPlay
  {
    let play = BrokerPlay()
    play.connect(1, "watcher", version)
    play.subscribe(1, Subscription("w", qos: .atLeastOnce))
    play.connect(
      2, "w", version,
      will: Message(
        topic: "w", payload: ByteBuffer(string: "gone"), qos: .atLeastOnce, retain: true,
        properties: properties), with: expiry > 0 ? [.sessionExpiryInterval(expiry)] : [])
    return play
  }

  private let gone = "1 PUBLISH w \"gone\" q1 #1"

  @Test func wills() {
    for version in ProtocolVersion.allCases {
      #expect(watched(version).close(2) == [gone])
      #expect(watched(version).send(2, .disconnect(Disconnect())) == ["2 close: normal"])
      let taken = watched(version)
      #expect(taken.connect(3, "w", version).contains(gone))
      #expect(taken.broker.retainedCount == 1)
    }
    #expect(
      watched().send(2, .disconnect(Disconnect(.disconnectWithWillMessage))) == ["2 close: normal", gone])
    #expect(
      watched().send(2, .connAck(ConnAck())) == ["2 DISCONNECT 0x82", "2 close: protocolError", gone])
  }

  @Test func willPropertiesGoOnWithoutTheDelay() {
    let play = watched(.v5, [.willDelayInterval(0), .contentType("t")])
    #expect(play.close(2) == [gone + " type=t"])
  }

  @Test func willDelay() {
    let play = watched(.v5, [.willDelayInterval(10)], expiry: 100)
    #expect(play.close(2) == [])
    #expect(play.wait(.zero) == [])
    #expect(play.broker.nextDeadline == play.now + .seconds(10))
    #expect(play.wait(.seconds(9)) == [])
    #expect(play.wait(.seconds(1)) == [gone])
    #expect(play.wait(.seconds(90)) == [])
  }

  @Test func aReturnInTimePreventsTheWill() {
    let play = watched(.v5, [.willDelayInterval(10)], expiry: 100)
    play.close(2)
    play.wait(.seconds(5))
    #expect(
      play.connect(3, "w", clean: false, with: [.sessionExpiryInterval(100)]) == ["3 CONNACK 0x00 present"])
    #expect(play.wait(.seconds(50)) == [])
  }

  @Test func theEndOfTheSessionPublishesTheWill() {
    let short = watched(.v5, [.willDelayInterval(10)], expiry: 3)
    short.close(2)
    #expect(short.wait(.seconds(3)) == [gone])
    let none = watched(.v5, [.willDelayInterval(10)])
    #expect(none.close(2) == [gone])
    let clean = watched(.v5, [.willDelayInterval(10)], expiry: 100)
    clean.close(2)
    #expect(clean.connect(3, "w") == [gone, "3 CONNACK 0x00"])
  }

  @Test func silencePublishesTheWill() {
    let play = watched()
    play.connect(3, "x", keepAlive: 2, will: Message(topic: "w", payload: ByteBuffer(string: "quiet")))
    #expect(
      play.wait(.seconds(3))
        == ["3 DISCONNECT 0x8d", "3 close: timeout", "1 PUBLISH w \"quiet\" q0"])
  }

  @Test func deniedWill() throws {
    let play = BrokerPlay(
      BrokerSettings(access: AccessRules(deniedPublishes: [try TopicFilter("w")])))
    play.connect(1, "watcher")
    play.subscribe(1, Subscription("#"))
    play.connect(2, "w", will: Message(topic: "w"))
    #expect(play.close(2) == [])
  }
}
