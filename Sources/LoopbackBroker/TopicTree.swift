import MQTTPackets

/// The number of a session in its broker; never reused.
package struct SessionNumber: Hashable, Comparable, Sendable {
  package var rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What one session asked for with one filter.
package struct SubscriptionEntry: Equatable, Sendable {
  package var session: SessionNumber
  package var qos: QoS
  package var noLocal: Bool
  package var retainAsPublished: Bool
  /// The Subscription Identifier of the SUBSCRIBE, if it had one.
  package var identifier: UInt32?

  package init(
    session: SessionNumber, qos: QoS, noLocal: Bool = false, retainAsPublished: Bool = false,
    identifier: UInt32? = nil
  ) {
    self.session = session
    self.qos = qos
    self.noLocal = noLocal
    self.retainAsPublished = retainAsPublished
    self.identifier = identifier
  }
}

/// The members of one `$share/name/filter`, served in turn.
package final class SharedGroup {
  package let name: ExactText
  package private(set) var members: [SubscriptionEntry] = []
  private var next = 0

  init(name: ExactText) { self.name = name }

  /// The next member in turn that `accepts`; nil when none does. The turn moves on only then.
  package func take(_ accepts: (SubscriptionEntry) -> Bool) -> SubscriptionEntry? {
    for step in members.indices {
      let index = (next + step) % members.count
      if accepts(members[index]) {
        next = (index + 1) % members.count
        return members[index]
      }
    }
    return nil
  }

  fileprivate func insert(_ entry: SubscriptionEntry) -> Bool { members.insertOrReplace(entry) }

  fileprivate func remove(_ session: SessionNumber) -> Bool {
    guard let index = members.firstIndex(where: { $0.session == session }) else { return false }
    members.remove(at: index)
    if next > index { next -= 1 }
    if next >= members.count { next = 0 }
    return true
  }
}

/// The subscriptions that a topic meets.
package struct TopicMatches {
  /// One entry per matching filter: a session with overlapping filters is here more than once.
  package var entries: [SubscriptionEntry] = []
  package var groups: [SharedGroup] = []

  package var isEmpty: Bool { entries.isEmpty && groups.isEmpty }
}

/// Subscriptions by topic filter.
///
/// The nodes live in one array and find their children in one dictionary of edges, so that neither
/// inserting nor matching nor releasing recurses: a filter may have 32,768 levels. Matching walks
/// the topic level by level with the set of nodes that are still possible; a node has one path, so
/// that set never exceeds the nodes of its depth.
package struct TopicTree {
  private struct Node {
    var parent: Int
    var level: ExactText
    var childCount = 0
    var entries: [SubscriptionEntry] = []
    var groups: [SharedGroup] = []
  }

  private struct Edge: Hashable {
    var parent: Int
    var level: ExactText
  }

  private static let root = 0
  private static let singleLevel = ExactText("+")
  private static let multiLevel = ExactText("#")

  private var nodes = [Node(parent: 0, level: ExactText(""))]
  private var free: [Int] = []
  private var edges: [Edge: Int] = [:]

  /// Filters with subscriptions, counted once per session.
  package private(set) var count = 0

  package init() {}

  /// Nodes in use, the root included: what the bounds of a test look at.
  package var nodeCount: Int { nodes.count - free.count }

  /// Adds the subscription or replaces the one that the session has for this filter.
  /// - Returns: whether it is new.
  package mutating func insert(_ filter: String, share: String?, _ entry: SubscriptionEntry) -> Bool {
    var node = Self.root
    for level in Self.levels(of: filter) { node = child(of: node, level) }
    let isNew: Bool
    if let share {
      let name = ExactText(share)
      let group =
        nodes[node].groups.first { $0.name == name }
        ?? {
          let group = SharedGroup(name: name)
          nodes[node].groups.append(group)
          return group
        }()
      isNew = group.insert(entry)
    } else {
      isNew = nodes[node].entries.insertOrReplace(entry)
    }
    if isNew { count += 1 }
    return isNew
  }

  /// - Returns: whether there was such a subscription.
  package mutating func remove(_ filter: String, share: String?, _ session: SessionNumber) -> Bool {
    var node = Self.root
    for level in Self.levels(of: filter) {
      guard let next = edges[Edge(parent: node, level: level)] else { return false }
      node = next
    }
    let removed: Bool
    if let share {
      let name = ExactText(share)
      guard let index = nodes[node].groups.firstIndex(where: { $0.name == name }) else { return false }
      removed = nodes[node].groups[index].remove(session)
      if nodes[node].groups[index].members.isEmpty { nodes[node].groups.remove(at: index) }
    } else {
      let index = nodes[node].entries.firstIndex { $0.session == session }
      if let index { nodes[node].entries.remove(at: index) }
      removed = index != nil
    }
    if removed { count -= 1 }
    prune(from: node)
    return removed
  }

  /// Every subscription whose filter matches. Wildcards at the first level do not match topics that
  /// start with `$` ([MQTT-4.7.2-1]).
  package func matches(_ topic: String) -> TopicMatches {
    var found = TopicMatches()
    var frontier = [Self.root]
    var next: [Int] = []
    var wildcards = topic.utf8.first != UInt8(ascii: "$")
    for level in Self.levels(of: topic) {
      next.removeAll(keepingCapacity: true)
      for node in frontier {
        if let exact = edges[Edge(parent: node, level: level)] { next.append(exact) }
        guard wildcards, nodes[node].childCount > 0 else { continue }
        if let any = edges[Edge(parent: node, level: Self.singleLevel)] { next.append(any) }
        if let rest = edges[Edge(parent: node, level: Self.multiLevel)] { collect(rest, into: &found) }
      }
      wildcards = true
      swap(&frontier, &next)
      if frontier.isEmpty { return found }
    }
    for node in frontier {
      collect(node, into: &found)
      // "sport/#" also matches "sport", its parent level.
      if let rest = edges[Edge(parent: node, level: Self.multiLevel)] { collect(rest, into: &found) }
    }
    return found
  }

  private func collect(_ node: Int, into found: inout TopicMatches) {
    found.entries.append(contentsOf: nodes[node].entries)
    found.groups.append(contentsOf: nodes[node].groups)
  }

  private mutating func child(of parent: Int, _ level: ExactText) -> Int {
    let edge = Edge(parent: parent, level: level)
    if let existing = edges[edge] { return existing }
    let index: Int
    if let reused = free.popLast() {
      index = reused
      nodes[index] = Node(parent: parent, level: level)
    } else {
      index = nodes.count
      nodes.append(Node(parent: parent, level: level))
    }
    edges[edge] = index
    nodes[parent].childCount += 1
    return index
  }

  /// Frees the node and its ancestors as long as they hold nothing.
  private mutating func prune(from node: Int) {
    var node = node
    while node != Self.root, nodes[node].childCount == 0, nodes[node].entries.isEmpty,
      nodes[node].groups.isEmpty
    {
      let parent = nodes[node].parent
      edges[Edge(parent: parent, level: nodes[node].level)] = nil
      nodes[node] = Node(parent: 0, level: ExactText(""))
      free.append(node)
      nodes[parent].childCount -= 1
      node = parent
    }
  }

  private static func levels(of text: String) -> [ExactText] {
    text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { ExactText(String(Substring($0))) }
  }
}

extension [SubscriptionEntry] {
  /// - Returns: whether the session had no entry here.
  fileprivate mutating func insertOrReplace(_ entry: SubscriptionEntry) -> Bool {
    if let index = firstIndex(where: { $0.session == entry.session }) {
      self[index] = entry
      return false
    }
    append(entry)
    return true
  }
}
