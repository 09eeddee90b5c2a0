import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Testing

@testable import TUI

@Suite struct StoreTests {
  @Test func keepsAMessageAsItCame() {
    var store = Store()
    let properties: Properties = [
      .payloadFormatIndicator(1), .messageExpiryInterval(70_000), .contentType("a/b"),
      .responseTopic("r"), .correlationData(ByteBuffer(bytes: [0, 1, 255])), .subscriptionIdentifier(9),
      .topicAlias(3), .userProperty(name: "k", value: "ä"), .userProperty(name: "k", value: ""),
    ]
    let message = Message(
      topic: "a/ä/c", payload: ByteBuffer(bytes: [0, 9, 200]), qos: .exactlyOnce, retain: true,
      properties: properties)
    var batch = MessageBatch()
    batch.append(
      Publish(message: message, isDuplicate: true, packetIdentifier: 77), number: 5,
      receivedAt: WallTime(nanoseconds: 123))
    store.ingest(batch, at: .seconds(1))
    for stored in [store.message(at: 0), store.newestMessage(of: "a/ä/c"), store.message(number: 5)] {
      #expect(stored?.number == 5)
      #expect(stored?.receivedAt == WallTime(nanoseconds: 123))
      #expect(stored?.topic == "a/ä/c")
      #expect(stored?.qos == .exactlyOnce)
      #expect(stored?.retain == true)
      #expect(stored?.isDuplicate == true)
      #expect(stored?.packetIdentifier == 77)
      #expect(stored?.properties == properties)
      #expect(stored?.payload == [0, 9, 200])
      #expect(stored?.isTruncated == false)
    }
  }

  @Test func keepsHeadTailAndLengthOfALargePayload() throws {
    var store = Store()
    let payload = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    store.feed([("big", payload)])
    let stored = try #require(store.message(at: 0))
    #expect(stored.payloadLength == 200_000)
    #expect(stored.isTruncated)
    #expect(stored.payload.count == MessageBatch.payloadHead + MessageBatch.payloadTail)
    #expect(stored.tailStart == MessageBatch.payloadHead)
    #expect(Array(stored.payload.prefix(MessageBatch.payloadHead)) == Array(payload.prefix(32 << 10)))
    #expect(Array(stored.payload.suffix(MessageBatch.payloadTail)) == Array(payload.suffix(1 << 10)))
    #expect(store.totals.bytes == 200_000)
  }

  @Test func dropsPropertiesThatAreTooMany() throws {
    var store = Store()
    let many = (0..<2000).map { Property.userProperty(name: "name\($0)", value: "value of some length") }
    var batch = MessageBatch()
    let message = Message(topic: "t", payload: ByteBuffer(string: "x"), properties: Properties(many))
    batch.append(Publish(message: message), number: 1, receivedAt: WallTime(nanoseconds: 0))
    store.ingest(batch, at: .seconds(0))
    let stored = try #require(store.message(at: 0))
    #expect(stored.lacksProperties)
    #expect(stored.properties.elements == Array(many.prefix(stored.properties.elements.count)))
    #expect(stored.payload == Array("x".utf8))
  }

  /// Topics, payload sizes and times at random: whatever is let go, the counters stay exact, no pool
  /// exceeds its limit, and the rows are those of a plain model.
  @Test(arguments: [1, 2, 3, 4]) func staysExactAndWithinItsBudget(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var store = Store(budget: MemoryBudget(total: 3 << 20))
    var perTopic: [String: Int] = [:]
    var bytes = 0
    var number: UInt64 = 0
    for round in 0..<60 {
      var batch = MessageBatch()
      for _ in 0..<Int.random(in: 1...300, using: &random) {
        number += 1
        let topic = Self.topic(&random)
        let size =
          Int.random(in: 0..<40, using: &random) == 0
          ? Int.random(in: 0..<90_000, using: &random) : Int.random(in: 0..<60, using: &random)
        bytes += size
        perTopic[topic, default: 0] += 1
        let payload = ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: size)
        batch.append(
          Publish(message: Message(topic: topic, payload: payload)), number: number,
          receivedAt: WallTime(nanoseconds: Int64(number) * 1000))
      }
      store.ingest(batch, at: .seconds(UInt64(round)))
      _ = store.advance(to: .seconds(UInt64(round)), wall: WallTime(nanoseconds: 0), steps: 500)
      for use in store.poolUse { #expect(use.used <= use.limit, "seed \(seed): \(use)") }
    }
    #expect(store.totals.messages == Int(number))
    #expect(store.totals.bytes == bytes)
    #expect(store.topics.nodes[0].messages == number)
    #expect(store.topics.nodes[0].bytes == UInt64(bytes))
    #expect(store.topics.count > 100)
    #expect(store.topics.evicted > 0 || perTopic.count < store.topics.count)
    store.settle()
    checkTree(store, seed)
    checkLog(store, upTo: number, seed)
  }

  private static func topic(_ random: inout SeededRandom) -> String {
    let depth = Int.random(in: 1...4, using: &random)
    // A few hot ones and a long tail.
    let range = Int.random(in: 0..<3, using: &random) == 0 ? 4 : 3000
    return (0..<depth).map { _ in "l\(Int.random(in: 0..<range, using: &random))" }.joined(separator: "/")
  }

  /// Each node counts its children and what was let go; rows walk the same way back and forth.
  private func checkTree(_ store: Store, _ seed: UInt64) {
    var store = store
    store.topics.setAllExpanded(below: nil, true)
    let nodes = store.topics.nodes
    var children = [Int32](repeating: 0, count: nodes.count)
    var topicsBelow = [Int32](repeating: 0, count: nodes.count)
    var alive = 0
    for index in nodes.indices.dropFirst() where nodes[index].flags.contains(.alive) {
      alive += 1
      children[Int(nodes[index].parent)] += 1
      guard nodes[index].history != TopicNode.none else { continue }
      var node = Int32(index)
      while node != TopicNode.none {
        topicsBelow[Int(node)] += 1
        node = nodes[Int(node)].parent
      }
    }
    #expect(alive == store.topics.count)
    for index in nodes.indices where nodes[index].flags.contains(.alive) {
      #expect(nodes[index].childCount == children[index], "seed \(seed)")
      #expect(nodes[index].topicCount == topicsBelow[index], "seed \(seed)")
    }
    let rows = store.topics.rows(from: store.topics.firstRow, count: .max)
    #expect(rows.count == alive, "seed \(seed)")
    var back: [TopicRow] = []
    var row = store.topics.lastRow
    while let current = row {
      back.append(current)
      row = store.topics.row(before: current)
    }
    #expect(back.reversed() == rows, "seed \(seed)")
  }

  private func checkLog(_ store: Store, upTo number: UInt64, _ seed: UInt64) {
    #expect(store.log.count + store.log.evicted == Int(number))
    var position = store.firstShown
    var seen = 0
    var expected = number - UInt64(store.log.count) + 1
    while let current = position {
      #expect(store.number(at: current) == expected, "seed \(seed)")
      #expect(store.position(ofNumber: expected) == current)
      expected += 1
      seen += 1
      position = store.shown(after: current)
    }
    #expect(seen == store.log.count)
    #expect(store.shownCount == seen)
  }
}
