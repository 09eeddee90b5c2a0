import MQTTPackets
import NIOCore
import Testing

@testable import LoopbackBroker

struct BrokerSubscribeTests {
  private func one(_ version: ProtocolVersion = .v5, _ settings: BrokerSettings = BrokerSettings())
    -> BrokerPlay
  {
    let play = BrokerPlay(settings)
    play.connect(1, "a", version)
    return play
  }

  @Test func answersEveryFilter() throws {
    let access = AccessRules(deniedSubscriptions: [try TopicFilter("secret/#")])
    for (version, codes) in [
      (ProtocolVersion.v5, "0x00 0x01 0x02 0x87 0x8f"), (.v3_1_1, "0x00 0x01 0x02 0x80 0x80"),
    ] {
      let play = one(version, BrokerSettings(access: access))
      #expect(
        play.subscribe(
          1, Subscription("a"), Subscription("b/+", qos: .atLeastOnce), Subscription("#", qos: .exactlyOnce),
          Subscription("secret/+"), Subscription("a/#/b"), id: 7) == ["1 SUBACK #7 \(codes)"])
    }
  }

  @Test func unsubscribes() {
    let play = one()
    play.subscribe(1, Subscription("a"), Subscription("b"))
    #expect(
      play.send(1, .unsubscribe(Unsubscribe(3, ["a", "x", "a+"]))) == ["1 UNSUBACK #3 0x00 0x11 0x8f"])
    #expect(play.publish(1, "a") == [])
    #expect(play.publish(1, "b") == ["1 PUBLISH b \"\" q0"])
    let old = one(.v3_1_1)
    #expect(old.send(1, .unsubscribe(Unsubscribe(3, ["a"]))) == ["1 UNSUBACK #3"])
  }

  @Test func overlappingFiltersGiveOneCopy() {
    let play = one()
    play.subscribe(1, Subscription("a/#"), with: [.subscriptionIdentifier(5)])
    play.subscribe(1, Subscription("a/+", qos: .atLeastOnce), with: [.subscriptionIdentifier(6)])
    play.subscribe(1, Subscription("a/b"))
    #expect(
      play.publish(1, "a/b", "x", .exactlyOnce, id: 1).first == "1 PUBLISH a/b \"x\" q1 #1 sub=5 sub=6")
  }

  @Test func subscribingAgainReplaces() {
    let play = one()
    play.subscribe(1, Subscription("a", qos: .exactlyOnce), with: [.subscriptionIdentifier(5)])
    play.subscribe(1, Subscription("a"))
    #expect(play.publish(1, "a", "x", .atLeastOnce, id: 1).first == "1 PUBLISH a \"x\" q0")
  }

  @Test func noLocal() {
    let play = one()
    play.connect(2, "b")
    play.subscribe(1, Subscription("a", noLocal: true))
    #expect(play.publish(1, "a") == [])
    #expect(play.publish(2, "a") == ["1 PUBLISH a \"\" q0"])
    // Another filter of the same client without it still counts.
    play.subscribe(1, Subscription("+"))
    #expect(play.publish(1, "a") == ["1 PUBLISH a \"\" q0"])
    #expect(
      play.subscribe(1, Subscription("$share/g/a", noLocal: true))
        == ["1 DISCONNECT 0x82", "1 close: protocolError"])
  }

  @Test func retained() {
    let play = one()
    #expect(play.publish(1, "a", "old", retain: true) == [])
    play.publish(1, "a", "new", .atLeastOnce, id: 1, retain: true)
    play.publish(1, "b/c", "other", retain: true)
    #expect(
      play.subscribe(
        1, Subscription("a", qos: .atLeastOnce), Subscription("b/+"), with: [.subscriptionIdentifier(3)])
        == [
          "1 SUBACK #1 0x01 0x00", "1 PUBLISH a \"new\" q1 #1 retain sub=3",
          "1 PUBLISH b/c \"other\" q0 retain sub=3",
        ])
    #expect(play.publish(1, "a", "", retain: true) == ["1 PUBLISH a \"\" q0 sub=3"])
    #expect(play.broker.retainedCount == 1)
  }

  @Test func retainAsPublished() {
    let play = one()
    play.connect(2, "b")
    play.subscribe(1, Subscription("a", retainAsPublished: true))
    play.subscribe(2, Subscription("a"))
    #expect(
      play.publish(1, "a", "x", retain: true) == ["1 PUBLISH a \"x\" q0 retain", "2 PUBLISH a \"x\" q0"])
    #expect(play.publish(1, "a", "y") == ["1 PUBLISH a \"y\" q0", "2 PUBLISH a \"y\" q0"])
  }

  @Test(arguments: [
    (Subscription.RetainHandling.sendAtSubscribe, 1, 1), (.sendIfNewSubscription, 1, 0), (.doNotSend, 0, 0),
  ])
  func retainHandling(handling: Subscription.RetainHandling, first: Int, again: Int) {
    let play = one()
    play.publish(1, "a", "x", retain: true)
    let subscription = Subscription("a", retainHandling: handling)
    #expect(play.subscribe(1, subscription).count == 1 + first)
    #expect(play.subscribe(1, subscription).count == 1 + again)
  }

  @Test func retainedStoreIsBounded() {
    let play = one(
      .v5,
      {
        var settings = BrokerSettings()
        settings.maximumRetained = 2
        settings.maximumRetainedBytes = 100
        return settings
      }())
    play.publish(1, "a", "x", retain: true)
    play.publish(1, "b", "x", retain: true)
    #expect(play.publish(1, "c", "x", .atLeastOnce, id: 1, retain: true) == ["1 PUBACK #1 0x97"])
    #expect(play.publish(1, "a", "replaced", .atLeastOnce, id: 2, retain: true) == ["1 PUBACK #2 0x10"])
    let long = String(repeating: "x", count: 100)
    #expect(play.publish(1, "a", long, .atLeastOnce, id: 3, retain: true) == ["1 PUBACK #3 0x97"])
    #expect(play.notices.contains(.retainedStoreFull(topic: "c")))
    // What has expired makes room.
    play.publish(1, "b", "y", retain: true, with: [.messageExpiryInterval(1)])
    play.wait(.seconds(2))
    #expect(play.publish(1, "c", "x", .atLeastOnce, id: 4, retain: true) == ["1 PUBACK #4 0x10"])
  }

  @Test func retainedExpires() {
    let play = one()
    play.publish(1, "a", "x", retain: true, with: [.messageExpiryInterval(10)])
    play.wait(.milliseconds(3500))
    #expect(play.subscribe(1, Subscription("a")).last == "1 PUBLISH a \"x\" q0 retain expiry=7")
    play.wait(.seconds(7))
    #expect(play.subscribe(1, Subscription("a")) == ["1 SUBACK #1 0x00"])
  }

  // MARK: - Shared

  @Test(arguments: ProtocolVersion.allCases)
  func sharedTakeTurns(version: ProtocolVersion) {
    let play = one(version)
    for connection in 2...3 as ClosedRange<UInt64> {
      play.connect(connection, "s\(connection)", version)
      play.subscribe(connection, Subscription("$share/g/a/+"))
    }
    let got = (0..<4).map { play.publish(1, "a/b", "\($0)").first?.first }
    #expect(got == ["2", "3", "2", "3"])
    play.close(2)
    #expect(play.publish(1, "a/b", "x") == ["3 PUBLISH a/b \"x\" q0"])
  }

  @Test func sharedGetNoRetained() {
    let play = one()
    play.publish(1, "a", "x", retain: true)
    #expect(play.subscribe(1, Subscription("$share/g/a")) == ["1 SUBACK #1 0x00"])
    #expect(play.publish(1, "a", "y") == ["1 PUBLISH a \"y\" q0"])
    #expect(play.send(1, .unsubscribe(Unsubscribe(2, ["a", "$share/g/a"]))) == ["1 UNSUBACK #2 0x11 0x00"])
    #expect(play.publish(1, "a", "z") == [])
  }

  @Test func sharedWaitsForTheAbsentOnlyWhenNobodyIsThere() {
    let play = one()
    play.connect(2, "b", with: [.sessionExpiryInterval(100)])
    play.subscribe(2, Subscription("$share/g/a", qos: .atLeastOnce))
    play.connect(3, "c", with: [.sessionExpiryInterval(100)])
    play.subscribe(3, Subscription("$share/g/a", qos: .atLeastOnce))
    play.close(2)
    for id in 1...2 as ClosedRange<UInt16> {
      #expect(play.publish(1, "a", "x", .atLeastOnce, id: id).first == "3 PUBLISH a \"x\" q1 #\(id)")
    }
    play.close(3)
    #expect(play.publish(1, "a", "y", .atLeastOnce, id: 3) == ["1 PUBACK #3 0x00"])
    #expect(
      play.connect(4, "b", clean: false, with: [.sessionExpiryInterval(100)])
        == ["4 CONNACK 0x00 present", "4 PUBLISH a \"y\" q1 #1"])
  }
}
