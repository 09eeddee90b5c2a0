import MQTTPackets
import MQTTSession

/// The topics seen so far as a tree, with their counters, histories and order on the screen.
///
/// Nodes live in one array and refer to each other by index; one hash table finds children. Each message
/// touches the nodes of its path. When the nodes reach their bound, the leaves that were not touched for
/// longest are let go; because a node counts for all below it, its parent's totals stay exact, and the
/// parent counts what is missing.
package struct TopicIndex: Sendable {
  /// Levels that the tree splits; the rest of a deeper topic is one level.
  static let maximumDepth = 32
  static let maximumNodes = 200_000
  static let root: Int32 = 0

  let limit: Int
  private let nodeLimit: Int
  var nodes: [TopicNode]
  private var free: [Int32] = []
  private var table = LevelTable()
  /// The leaves, which alone may be let go.
  private var recency = RecencyList()
  private var levelBytes = 0
  private var exemptNodes = 0
  private var nextSerial: UInt32 = 1
  private(set) var evicted = 0
  private(set) var count = 0
  var histories: HistoryPool
  var outline = Outline()
  /// Topics whose messages feed a chart, in the index or not.
  private(set) var charted: Set<ExactText> = []
  /// How the counters stood when the view was paused, of the nodes that changed since.
  var frozen: FrozenTopics?

  /// What a node costs besides a long level: itself, its links, its slot in the table at the worst load,
  /// and its place in the outline.
  static let nodeCost = MemoryLayout<TopicNode>.stride + 8 + 22 + Outline.nodeCost

  init(limit: Int, histories: HistoryPool) {
    self.limit = limit
    // The rest is for long levels.
    let room = limit / 100 * 85 / Self.nodeCost
    nodeLimit = max(Self.maximumDepth * 4, min(Self.maximumNodes, room))
    self.histories = histories
    var root = TopicNode(
      parent: TopicNode.none, serial: 0, level: "", meter: RateMeter(second: 0), depth: 0)
    root.flags = [.alive, .expanded]
    nodes = [root]
  }

  var allocated: Int { nodes.capacity * Self.nodeCost + levelBytes }

  /// The second that rates are counted in.
  static func second(_ time: MonotonicTime) -> UInt32 {
    UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000_000)
  }

  // MARK: Taking messages in

  /// Counts one message for its topic and all levels above, and keeps it in the topic's history.
  mutating func take(
    _ record: MessageRecord, from source: UnsafeRawBufferPointer, second: UInt32
  ) -> TopicID {
    let topic = UnsafeRawBufferPointer(rebasing: source[record.topicRange])
    let leaf = node(of: topic, second)
    if nodes[Int(leaf)].history == TopicNode.none { becomeTopic(leaf) }
    count(record, at: leaf, second)
    histories.append(record, from: source, to: nodes[Int(leaf)].history)
    if nodes[Int(leaf)].childCount == 0 { recency.touch(leaf, in: lane(leaf)) }
    return TopicID(node: leaf, serial: nodes[Int(leaf)].serial)
  }

  private mutating func count(_ record: MessageRecord, at leaf: Int32, _ second: UInt32) {
    if frozen != nil { freezePath(from: leaf) }
    let marksTouched = outline.followsChanges
    nodes[Int(leaf)].ownMessages += 1
    nodes[Int(leaf)].setQoS(record.qos)
    if record.retain, !record.isSent { nodes[Int(leaf)].flags.insert(.retained) }
    var node = leaf
    while node != TopicNode.none {
      let index = Int(node)
      nodes[index].messages += 1
      nodes[index].bytes += UInt64(record.payloadLength)
      nodes[index].lastNumber = record.number
      nodes[index].meter.count(in: second)
      if marksTouched { markDirty(node) }
      node = nodes[index].parent
    }
  }

  private mutating func becomeTopic(_ leaf: Int32) {
    nodes[Int(leaf)].history = histories.open(isExempt: nodes[Int(leaf)].flags.contains(.exempt))
    var node = leaf
    while node != TopicNode.none {
      nodes[Int(node)].topicCount += 1
      node = nodes[Int(node)].parent
    }
    if !charted.isEmpty, charted.contains(ExactText(nodes.topic(of: leaf))) {
      nodes[Int(leaf)].flags.insert(.charted)
    }
    markDirty(leaf)
  }

  func lane(_ node: Int32) -> RecencyList.Lane {
    nodes[Int(node)].flags.contains(.exempt) ? .exempt : .ordinary
  }

  mutating func markDirty(_ node: Int32) {
    guard !nodes[Int(node)].flags.contains(.dirty) else { return }
    nodes[Int(node)].flags.insert(.dirty)
    outline.dirty.append(node)
  }

  // MARK: Pause

  /// From now on, keeps how the counters stand for a view that stands still.
  mutating func freeze(at second: UInt32) {
    frozen = FrozenTopics(serial: nextSerial, second: second, limit: limit)
  }

  mutating func thaw() {
    frozen = nil
    outline.resume()
  }

  private mutating func freezePath(from leaf: Int32) {
    var node = leaf
    while node != TopicNode.none {
      frozen?.save(node, nodes)
      node = nodes[Int(node)].parent
    }
  }

  // MARK: Finding and making nodes

  /// The node of the topic, made when it is new.
  private mutating func node(of topic: UnsafeRawBufferPointer, _ second: UInt32) -> Int32 {
    if let found = find(topic) { return found }
    makeRoom(for: topic.count)
    var levels = LevelScanner(topic)
    var node = Self.root
    while let level = levels.next() {
      let hash = LevelTable.hash(parent: node, level: level)
      node = child(node, level, hash) ?? make(level, under: node, hash, second)
    }
    return node
  }

  func find(_ topic: UnsafeRawBufferPointer) -> Int32? {
    var levels = LevelScanner(topic)
    var node = Self.root
    while let level = levels.next() {
      let hash = LevelTable.hash(parent: node, level: level)
      guard let next = child(node, level, hash) else { return nil }
      node = next
    }
    return node
  }

  @inline(__always)
  private func child(_ parent: Int32, _ level: UnsafeRawBufferPointer, _ hash: UInt32) -> Int32? {
    table.find(hash) { nodes[Int($0)].parent == parent && nodes[Int($0)].level.hasBytes(level) }
  }

  private mutating func make(
    _ level: UnsafeRawBufferPointer, under parent: Int32, _ hash: UInt32, _ second: UInt32
  ) -> Int32 {
    var node = TopicNode(
      parent: parent, serial: nextSerial, level: String(decoding: level, as: UTF8.self),
      meter: RateMeter(second: second), depth: nodes[Int(parent)].depth + 1)
    node.flags = nodes[Int(parent)].flags.contains(.exempt) ? [.alive, .exempt] : .alive
    nextSerial &+= 1
    levelBytes += node.levelCost
    if node.flags.contains(.exempt) { exemptNodes += 1 }
    let index = place(node)
    table.insert(index, hash)
    if nodes[Int(parent)].childCount == 0 { recency.remove(parent) }
    nodes[Int(parent)].childCount += 1
    count += 1
    return index
  }

  private mutating func place(_ node: TopicNode) -> Int32 {
    if let index = free.popLast() {
      // A place waits in the outline's queue once, whatever topic has it by then.
      let waits = nodes[Int(index)].flags.contains(.dirty)
      nodes[Int(index)] = node
      if waits { nodes[Int(index)].flags.insert(.dirty) }
      return index
    }
    // Doubling would overshoot the bound. What is asked for is rounded up to pages.
    if nodes.count == nodes.capacity {
      let most = min(nodeLimit, (limit - levelBytes) / Self.nodeCost - Self.maximumDepth)
      nodes.reserveCapacity(max(nodes.count + 1, min(most, nodes.count + max(64, nodes.count / 4))))
    }
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  mutating func setCharted(_ topic: String, _ isCharted: Bool) {
    if isCharted { charted.insert(ExactText(topic)) } else { charted.remove(ExactText(topic)) }
    guard let node = topic.withBytes({ find($0) }) else { return }
    if isCharted { nodes[Int(node)].flags.insert(.charted) } else { nodes[Int(node)].flags.remove(.charted) }
  }

  // MARK: Letting go

  /// Lets leaves go until a topic of so many bytes has room.
  private mutating func makeRoom(for bytes: Int) {
    while true {
      let nodesThen = count + 2 * Self.maximumDepth
      let levelsThen = levelBytes + bytes + 48 * Self.maximumDepth
      let places = max(nodesThen, nodes.capacity)
      if nodesThen <= nodeLimit, places * Self.nodeCost + levelsThen <= limit { return }
      let exemptFirst = exemptNodes * Self.nodeCost > MemoryBudget.exempt(of: limit)
      let oldest =
        exemptFirst
        ? recency.oldest(in: .exempt) ?? recency.oldest()
        : recency.oldest() ?? recency.oldest(in: .exempt)
      guard let oldest else { return }
      evict(oldest)
    }
  }

  private mutating func evict(_ leaf: Int32) {
    evicted += 1
    let dropped = nodes[Int(leaf)].evictedTopics + 1
    var node = nodes[Int(leaf)].parent
    while node != TopicNode.none {
      nodes[Int(node)].topicCount -= 1
      node = nodes[Int(node)].parent
    }
    histories.close(nodes[Int(leaf)].history)
    var parent = remove(leaf)
    nodes[Int(parent)].evictedTopics &+= dropped
    // Levels without messages of their own are there for what is below them.
    while parent != Self.root, nodes[Int(parent)].childCount == 0,
      nodes[Int(parent)].history == TopicNode.none
    {
      let folded = nodes[Int(parent)].evictedTopics
      parent = remove(parent)
      nodes[Int(parent)].evictedTopics &+= folded
    }
    if parent != Self.root, nodes[Int(parent)].childCount == 0 { recency.age(parent, in: lane(parent)) }
  }

  /// Takes out a node without children.
  /// - Returns: its parent.
  private mutating func remove(_ node: Int32) -> Int32 {
    outline.remove(node, &nodes)
    let index = Int(node)
    if nodes[index].flags.contains(.pinned) { pins.removeAll { $0.node == node } }
    let parent = nodes[index].parent
    let hash = nodes[index].level.withBytes { LevelTable.hash(parent: parent, level: $0) }
    table.remove(node, hash)
    recency.remove(node)
    levelBytes -= nodes[index].levelCost
    if nodes[index].flags.contains(.exempt) { exemptNodes -= 1 }
    nodes[index].level = ""
    nodes[index].flags.formIntersection(.dirty)
    nodes[index].history = TopicNode.none
    nodes[index].serial = 0
    nodes[Int(parent)].childCount -= 1
    free.append(node)
    count -= 1
    return parent
  }

  // MARK: Pins

  /// Pinned nodes, in the order in which they were pinned.
  package private(set) var pins: [TopicID] = []

  /// Pins a node with all below it, or lets it loose.
  package mutating func setPinned(_ id: TopicID, _ pinned: Bool) {
    guard isAlive(id), nodes[Int(id.node)].flags.contains(.pinned) != pinned else { return }
    if pinned {
      nodes[Int(id.node)].flags.insert(.pinned)
      pins.append(id)
    } else {
      nodes[Int(id.node)].flags.remove(.pinned)
      pins.removeAll { $0 == id }
    }
    for index in nodes.indices.dropFirst() where nodes[index].flags.contains(.alive) {
      let exempt = isBelowPin(Int32(index))
      guard nodes[index].flags.contains(.exempt) != exempt else { continue }
      exemptNodes += exempt ? 1 : -1
      if exempt { nodes[index].flags.insert(.exempt) } else { nodes[index].flags.remove(.exempt) }
      let history = nodes[index].history
      if history != TopicNode.none { histories.setExempt(history, exempt) }
      if nodes[index].childCount == 0 { recency.touch(Int32(index), in: lane(Int32(index))) }
    }
  }

  private func isBelowPin(_ node: Int32) -> Bool {
    var node = node
    while node != TopicNode.none {
      if nodes[Int(node)].flags.contains(.pinned) { return true }
      node = nodes[Int(node)].parent
    }
    return false
  }

  /// Keeps the node that the view has selected from being let go soon.
  mutating func keepFresh(_ id: TopicID) {
    guard isAlive(id), nodes[Int(id.node)].childCount == 0 else { return }
    recency.touch(id.node, in: lane(id.node))
  }

  func isAlive(_ id: TopicID) -> Bool {
    Int(id.node) < nodes.count && nodes[Int(id.node)].serial == id.serial
      && nodes[Int(id.node)].flags.contains(.alive)
  }
}

/// The levels of a topic; the last of the deepest levels takes what is left.
struct LevelScanner {
  private let topic: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(_ topic: UnsafeRawBufferPointer) { self.topic = topic }

  @inline(__always)
  mutating func next() -> UnsafeRawBufferPointer? {
    guard position <= topic.count else { return nil }
    depth += 1
    var end = position
    if depth < TopicIndex.maximumDepth {
      while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
    } else {
      end = topic.count
    }
    defer { position = end + 1 }
    return UnsafeRawBufferPointer(rebasing: topic[position..<end])
  }
}
