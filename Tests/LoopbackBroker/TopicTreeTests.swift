import MQTTPackets
import Testing

@testable import LoopbackBroker

/// `#expect` takes no mutating call; a class has none.
private final class Forest {
  var tree = TopicTree()

  func insert(_ filter: String, share: String?, _ entry: SubscriptionEntry) -> Bool {
    tree.insert(filter, share: share, entry)
  }

  func remove(_ filter: String, share: String?, _ session: SessionNumber) -> Bool {
    tree.remove(filter, share: share, session)
  }

  func matches(_ topic: String) -> TopicMatches { tree.matches(topic) }
}

struct TopicTreeTests {
  private func entry(_ session: UInt64, qos: QoS = .atMostOnce) -> SubscriptionEntry {
    SubscriptionEntry(session: SessionNumber(session), qos: qos)
  }

  private static let filters = [
    "a", "a/b", "a/b/c", "a/+", "a/+/c", "+", "+/+", "+/b/#", "a/#", "#", "/", "/a", "+/", "//", "$SYS/#",
    "$SYS/+", "+/SYS", "a/b/+", "a//b", "a/+/b", "caf\u{E9}", "cafe\u{301}",
  ]
  private static let topics = [
    "a", "a/b", "a/b/c", "a/b/c/d", "b", "/", "/a", "a/", "//", "$SYS", "$SYS/x", "$SYS/x/y", "a//b",
    "caf\u{E9}", "cafe\u{301}",
  ]

  @Test("agrees with TopicFilter about every pair", arguments: topics)
  func agreement(topic: String) throws {
    let tree = Forest()
    for (index, filter) in Self.filters.enumerated() {
      #expect(tree.insert(filter, share: nil, entry(UInt64(index))))
    }
    let found = Set(tree.matches(topic).entries.map { Int($0.session.rawValue) })
    let expected = try Self.filters.indices.filter { try TopicFilter(Self.filters[$0]).matches(topic) }
    #expect(found == Set(expected))
  }

  @Test func wildcardsDoNotReachDollarTopics() {
    let tree = Forest()
    for filter in ["#", "+/x", "+/#"] { _ = tree.insert(filter, share: nil, entry(1)) }
    #expect(tree.matches("$SYS/x").isEmpty)
    _ = tree.insert("$SYS/#", share: nil, entry(2))
    #expect(tree.matches("$SYS").entries.map(\.session) == [SessionNumber(2)])
  }

  @Test func spellingsOfOneCharacterAreTwoTopics() {
    let tree = Forest()
    _ = tree.insert("caf\u{E9}", share: nil, entry(1))
    #expect(tree.matches("cafe\u{301}").isEmpty)
    #expect(tree.remove("cafe\u{301}", share: nil, SessionNumber(1)) == false)
  }

  @Test func replacesAndRemoves() {
    let tree = Forest()
    #expect(tree.insert("a/b", share: nil, entry(1)))
    #expect(!tree.insert("a/b", share: nil, entry(1, qos: .exactlyOnce)))
    #expect(tree.matches("a/b").entries == [entry(1, qos: .exactlyOnce)])
    #expect(tree.tree.count == 1)
    #expect(!tree.remove("a", share: nil, SessionNumber(1)))
    #expect(!tree.remove("a/b", share: "g", SessionNumber(1)))
    #expect(tree.remove("a/b", share: nil, SessionNumber(1)))
    #expect(tree.tree.count == 0)
    #expect(tree.tree.nodeCount == 1)
  }

  @Test func removingKeepsWhatOthersNeed() {
    let tree = Forest()
    for filter in ["a", "a/b/c", "a/b/c/d"] { _ = tree.insert(filter, share: nil, entry(1)) }
    _ = tree.remove("a/b/c/d", share: nil, SessionNumber(1))
    #expect(tree.matches("a/b/c").entries.count == 1)
    _ = tree.remove("a", share: nil, SessionNumber(1))
    #expect(tree.matches("a/b/c").entries.count == 1)
    _ = tree.insert("x/y", share: nil, entry(2))
    #expect(tree.matches("x/y").entries.count == 1)
    #expect(tree.matches("a").isEmpty)
  }

  @Test func groupsTakeTurns() {
    let tree = Forest()
    for session in 1...3 { _ = tree.insert("a/+", share: "g", entry(UInt64(session))) }
    _ = tree.insert("a/+", share: "h", entry(9))
    let groups = tree.matches("a/b").groups
    #expect(groups.map(\.name.text) == ["g", "h"])
    func turn(_ count: Int, _ accepts: (SubscriptionEntry) -> Bool = { _ in true }) -> [UInt64] {
      (0..<count).compactMap { _ in groups[0].take(accepts)?.session.rawValue }
    }
    #expect(turn(4) == [1, 2, 3, 1])
    #expect(turn(3) { $0.session.rawValue != 3 } == [2, 1, 2])
    #expect(turn(1) { _ in false } == [])
    #expect(tree.remove("a/+", share: "g", SessionNumber(1)))
    #expect(turn(3) == [3, 2, 3])
    #expect(tree.remove("a/+", share: "g", SessionNumber(2)))
    #expect(tree.remove("a/+", share: "g", SessionNumber(3)))
    #expect(tree.matches("a/b").groups.map(\.name.text) == ["h"])
  }

  @Test func thirtyTwoThousandLevels() {
    let deep = String(repeating: "/", count: 32_767)
    let tree = Forest()
    _ = tree.insert(deep, share: nil, entry(1))
    _ = tree.insert(deep.dropLast() + "/#", share: nil, entry(2))
    _ = tree.insert(String(repeating: "+/", count: 32_767) + "+", share: nil, entry(3))
    #expect(tree.matches(deep).entries.count == 3)
    #expect(tree.tree.nodeCount > 60_000)
    _ = tree.remove(deep, share: nil, SessionNumber(1))
    _ = tree.remove(deep.dropLast() + "/#", share: nil, SessionNumber(2))
    _ = tree.remove(String(repeating: "+/", count: 32_767) + "+", share: nil, SessionNumber(3))
    #expect(tree.tree.nodeCount == 1)
  }
}
