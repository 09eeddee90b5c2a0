import MQTTPackets
import NIOCore
import Testing

@testable import LoopbackBroker

/// Receivers that do not keep up.
struct BrokerPressureTests {
  private static let payload = String(repeating: "x", count: 91)

  /// Publisher on 1, receiver on 2 whose network takes nothing until `depart`. One message is 97
  /// bytes on the wire at QoS 0; three are on the way at most, and five may wait before the mark.
  private func slow(_ qos: QoS = .atMostOnce, limit: Int = 100_000) -> BrokerPlay {
    let play = BrokerPlay {
      $0.sendCredit = 250
      $0.queueMark = 500
      $0.queueLimit = limit
    }
    play.departsAtOnce = false
    play.connect(1, "p")
    play.connect(2, "s", with: [.sessionExpiryInterval(100)])
    play.subscribe(2, Subscription("#", qos: qos))
    return play
  }

  private func publish(_ play: BrokerPlay, _ count: Int, from connection: UInt64 = 1) -> [String] {
    (0..<count).flatMap { _ in play.publish(connection, "a", Self.payload) }
  }

  @Test func publishersAreHeldUpAndReleased() {
    let play = slow()
    #expect(publish(play, 3).count == 3)
    #expect(publish(play, 5) == [])
    #expect(publish(play, 1) == ["1 pause"])
    // What was already read is taken all the same.
    #expect(publish(play, 1) == [])
    let drained = play.depart(2)
    #expect(drained.filter { $0.hasPrefix("2 PUBLISH") }.count == 3)
    #expect(!drained.contains("1 resume"))
    #expect(play.depart(2).last == "1 resume")
    var rest = 0
    while case let lines = play.depart(2), !lines.isEmpty { rest += lines.count }
    #expect(rest == 1)
    #expect(play.broker.counters.droppedAtMostOnce == 0)
    #expect(play.broker.counters.sent == 10)
  }

  @Test func aHeldUpPublisherIsNotTakenForSilent() {
    let play = BrokerPlay {
      $0.sendCredit = 250
      $0.queueMark = 500
      $0.stallTimeout = .seconds(1000)
    }
    play.departsAtOnce = false
    play.connect(1, "p", keepAlive: 10)
    play.connect(2, "s")
    play.subscribe(2, Subscription("#"))
    _ = publish(play, 10)
    #expect(play.wait(.seconds(100)) == [])
    #expect(play.wait(.seconds(14)) == [])
    play.depart(2)
    #expect(play.depart(2).contains("1 resume"))
    #expect(play.wait(.seconds(14)) == [])
    #expect(play.wait(.seconds(1)).first == "1 DISCONNECT 0x8d")
  }

  @Test func aStalledReceiverHoldsNobodyUpForLong() {
    let play = slow()
    _ = publish(play, 9)
    #expect(play.wait(.milliseconds(1999)) == [])
    #expect(play.wait(.milliseconds(1)) == ["1 resume"])
    #expect(publish(play, 20) == [])
    #expect(play.broker.counters.droppedAtMostOnce == 20)
    #expect(play.notices.filter { if case .dropped = $0 { true } else { false } }.count == 5)
    // It takes something: back to normal.
    #expect(play.depart(2).count == 3)
    #expect(publish(play, 3).contains("1 pause"))
  }

  @Test func theReceiverGoingAwayReleases() {
    let play = slow()
    _ = publish(play, 9)
    #expect(play.close(2) == ["1 resume"])
  }

  @Test func noCircleOfWaiting() {
    let play = BrokerPlay {
      $0.sendCredit = 250
      $0.queueMark = 500
    }
    play.departsAtOnce = false
    for (connection, filter) in [(1, "to/1"), (2, "to/2")] as [(UInt64, String)] {
      play.connect(connection, "c\(connection)")
      play.subscribe(connection, Subscription(filter))
    }
    var lines: [String] = []
    for _ in 0..<12 {
      lines += play.publish(1, "to/2", Self.payload)
      lines += play.publish(2, "to/1", Self.payload)
    }
    // 1 was held up for 2 first, and is read again when its own queue fills.
    let control = lines.filter { !$0.contains("PUBLISH") }
    #expect(control == ["1 pause", "1 resume"])
  }

  @Test func nobodyIsHeldUpForItself() {
    let play = slow()
    #expect(!publish(play, 30, from: 2).contains("2 pause"))
  }

  @Test func theWindowHoldsUpToo() {
    let play = BrokerPlay { $0.queueMark = 500 }
    play.connect(1, "p")
    play.connect(2, "s", with: [.receiveMaximum(1)])
    play.subscribe(2, Subscription("#", qos: .atLeastOnce))
    var lines: [String] = []
    for id in 1...8 as ClosedRange<UInt16> {
      lines += play.publish(1, "a", Self.payload, .atLeastOnce, id: id)
    }
    #expect(lines.contains("1 pause"))
    for id in 1...8 as ClosedRange<UInt16> { lines += play.send(2, .ack(Packet.pubAck, id)) }
    #expect(lines.contains("1 resume"))
    #expect(lines.filter { $0.hasPrefix("2 PUBLISH") }.count == 8)
  }

  @Test func acknowledgedMessagesAreNotDroppedSilently() {
    let play = slow(.atLeastOnce, limit: 1000)
    var lines: [String] = []
    for id in 1...30 as ClosedRange<UInt16> {
      lines += play.publish(1, "a", Self.payload, .atLeastOnce, id: id)
    }
    #expect(lines.contains("2 DISCONNECT 0x97"))
    #expect(lines.contains("2 close: timeout"))
    let accepted = lines.filter { $0.hasSuffix("0x00") && $0.hasPrefix("1 PUBACK") }.count
    let refused = lines.filter { $0.hasSuffix("0x97") && $0.hasPrefix("1 PUBACK") }.count
    #expect(accepted + refused == 30)
    #expect(refused == play.broker.counters.droppedAcknowledged)
    // All that was accepted arrives.
    play.departsAtOnce = true
    let resumed = play.connect(3, "s", clean: false, with: [.sessionExpiryInterval(100)])
    #expect(resumed.filter { $0.contains("PUBLISH") }.count == accepted)
  }

  @Test func aMessageLargerThanEveryBoundStillPasses() {
    let play = slow()
    #expect(play.publish(1, "a", String(repeating: "x", count: 1_000_000)).count == 1)
  }

  @Test func sharedMembersWhoKeepUpComeFirst() {
    let play = slow()
    play.send(2, .unsubscribe(Unsubscribe(1, ["#"])))
    play.connect(3, "t")
    for connection in 2...3 as ClosedRange<UInt64> {
      play.subscribe(connection, Subscription("$share/g/a"))
    }
    for _ in 0..<20 {
      _ = publish(play, 1)
      play.depart(3)
    }
    #expect(play.broker.counters.sent >= 19)
  }
}
