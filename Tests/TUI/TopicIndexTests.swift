import MQTTPackets
import MQTTSession
import Presentation
import Testing

@testable import TUI

@Suite struct TopicIndexTests {
  @Test func showsTopicsAsATreeInTheOrderOfTheirBytes() {
    var store = Store()
    store.feed(["b/x", "a", "b", "a/2", "a/10", "ä", "/", "e\u{301}", "\u{E9}"])
    store.settle()
    #expect(store.outlineText() == ["", "a", "b", "e\u{301}", "ä", "\u{E9}"])
    store.topics.setAllExpanded(below: nil, true)
    #expect(
      store.outlineText() == [
        "", "  ", "a", "  10", "  2", "b", "  x", "e\u{301}", "ä", "\u{E9}",
      ])
  }

  @Test(arguments: [
    (TopicOrder.count, ["a", "c", "b"]), (.bytes, ["b", "a", "c"]), (.lastChange, ["c", "a", "b"]),
    (.name, ["a", "b", "c"]), (.rate, ["c", "a", "b"]),
  ])
  func sorts(order: TopicOrder, expected: [String]) {
    var store = Store()
    store.feed(["b"], payload: "a very long payload", at: .seconds(10))
    store.feed(["a", "a", "a"], payload: "123", at: .seconds(20))
    store.feed(["c", "c"], payload: "1", at: .seconds(40))
    store.setOrder(order)
    store.settle(at: .seconds(41))
    #expect(store.outlineText() == expected)
    // The order follows what comes later.
    store.feed([String](repeating: "b", count: 400), payload: "1", at: .seconds(3000))
    store.settle(at: .seconds(3001))
    #expect(store.outlineText().first == (order == .name ? "a" : "b"))
  }

  @Test func showsAFlatList() {
    var store = Store()
    store.feed(["b/x/y", "a/1", "a", "b/x"])
    store.setFlat(true)
    store.settle()
    #expect(store.outlineText() == ["a", "a/1", "b/x", "b/x/y"])
    store.setFlat(false)
    store.settle()
    #expect(store.outlineText() == ["a", "b"])
  }

  @Test func opensAndCloses() throws {
    var store = Store()
    store.feed(["a/b/c", "a/d", "e/f"])
    store.settle()
    let first = try #require(store.topics.firstRow)
    store.topics.setExpanded(first, true)
    #expect(store.outlineText() == ["a", "  b", "  d", "e"])
    store.topics.setAllExpanded(below: first, true)
    #expect(store.outlineText() == ["a", "  b", "    c", "  d", "e"])
    let last = try #require(store.topics.lastRow)
    #expect(store.topics.row(before: last).flatMap { store.topics.topic(of: $0.id) } == "a/d")
    store.topics.setExpanded(first, false)
    #expect(store.outlineText() == ["a", "e"])
    let found = store.topics.reveal("e/f")
    let revealed = try #require(found)
    #expect(store.outlineText() == ["a", "e", "  f"])
    #expect(store.topics.isShown(revealed))
    #expect(store.topics.parentRow(of: revealed).flatMap { store.topics.topic(of: $0.id) } == "e")
    let nowhere = store.topics.reveal("nowhere")
    #expect(nowhere == nil)
  }

  @Test func pinsASubtreeOnTop() throws {
    var store = Store()
    store.feed(["a", "b/c/d", "b/c/e", "f"])
    store.settle()
    let found = store.topics.reveal("b/c/d")
    let row = try #require(found)
    let parent = try #require(store.topics.parentRow(of: row))
    store.topics.setPinned(parent.id, true)
    store.topics.setAllExpanded(below: nil, false)
    #expect(store.outlineText() == ["b/c", "a", "b", "f"])
    store.topics.setExpanded(parent, true)
    #expect(store.outlineText() == ["b/c", "  d", "  e", "a", "b", "f"])
    var back: [TopicRow] = []
    var next = store.topics.lastRow
    while let row = next {
      back.append(row)
      next = store.topics.row(before: row)
    }
    #expect(back.reversed() == store.topics.rows(from: store.topics.firstRow, count: 100))
    store.topics.setPinned(parent.id, false)
    #expect(store.outlineText() == ["a", "b", "f"])
  }

  @Test func letsTheOldestLeavesGoAndCountsThem() throws {
    var store = Store(budget: MemoryBudget(total: 2 << 20))
    store.feed(["keep/me"])
    store.settle()
    let found = store.topics.reveal("keep/me")
    let row = try #require(found)
    store.topics.setPinned(row.id, true)
    for round in 0..<40 {
      store.feed((0..<500).map { "flood/\(round)/\($0)" })
      _ = store.advance(to: .seconds(101), wall: WallTime(nanoseconds: 0), steps: 4000)
    }
    store.settle()
    #expect(store.totals.messages == 20_001)
    let flood = try #require(store.topics.rows(from: store.topics.firstRow, count: 9).dropFirst().first)
    let content = try #require(store.topics.content(of: flood, at: 0, sparks: 0))
    #expect(content.label == "flood")
    #expect(content.messages == 20_000)
    // What went is counted where it was.
    let nodes = store.topics.nodes.filter { $0.flags.contains(.alive) }
    let counted = nodes.reduce(0) { $0 + Int($1.evictedTopics) } + Int(nodes[0].topicCount)
    #expect(counted == 20_001)
    #expect(content.evictedTopics > 0)
    #expect(store.newestMessage(of: "keep/me")?.number == 1)
    #expect(store.newestMessage(of: "flood/39/499")?.number == 20_001)
    #expect(store.newestMessage(of: "flood/0/0") == nil)
  }

  @Test func takesTopicsOfAnyDepth() {
    var store = Store()
    let deep = [String](repeating: "", count: 60_000).joined(separator: "/")
    store.feed([deep, "a" + deep, String(repeating: "x", count: 65_535)])
    store.settle()
    store.topics.setAllExpanded(below: nil, true)
    let rows = store.topics.rows(from: store.topics.firstRow, count: 1000)
    #expect(rows.count == 2 * TopicIndex.maximumDepth + 1)
    #expect(rows.compactMap { store.topics.topic(of: $0.id) }.contains(deep))
  }

  @Test func standsStillWhilePaused() throws {
    var store = Store()
    store.feed(["a", "a", "b"])
    store.settle()
    store.pauseView()
    store.feed(["a", "c", "b/d"])
    store.settle()
    let row = try #require(store.topics.firstRow)
    #expect(store.outlineText() == ["a", "b"])
    #expect(store.topics.content(of: row, at: 0, sparks: 0)?.messages == 2)
    #expect(store.shownCount == 3)
    #expect(store.missedByPause == 3)
    #expect(store.newestMessage(of: "a")?.number == 2)
    #expect(store.shownTotals.messages == 3)
    store.resumeView()
    store.settle()
    #expect(store.outlineText() == ["a", "b", "c"])
    #expect(store.topics.content(of: row, at: 0, sparks: 0)?.messages == 3)
    #expect(store.shownCount == 6)
    #expect(store.newestMessage(of: "a")?.number == 4)
  }

  @Test func listsRetainedTopicsBelowARow() throws {
    var store = Store()
    store.feed([("a/b", [1]), ("a", [1]), ("c", [1])], retain: true)
    store.feed(["a/x"])
    store.settle()
    let row = try #require(store.topics.firstRow)
    #expect(store.topics.retainedTopics(below: row) == ["a", "a/b"])
  }
}
