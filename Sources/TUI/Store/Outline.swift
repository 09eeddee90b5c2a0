/// What the tree of topics can be sorted by.
package enum TopicOrder: CaseIterable, Sendable {
  case name
  case rate
  case count
  case bytes
  /// The newest first.
  case lastChange

  /// As the title of the view shows it.
  package var name: String {
    switch self {
    case .name: "name"
    case .rate: "rate"
    case .count: "count"
    case .bytes: "bytes"
    case .lastChange: "last change"
    }
  }
}

/// Which topics the tree shows, and in what order: for each node the list of its children that are shown.
///
/// Nodes come in through a queue of what is new or changed, a few thousand a frame. A figure that the order
/// goes by is taken when the node passes the queue, so that rows do not jump with every message; new
/// figures count twice a second. All rates decay alike, so only nodes with new messages change places.
struct Outline: Sendable {
  /// Whether a topic passes the filter.
  typealias Matcher = (Int32, [TopicNode]) -> Bool

  /// In lists, figures and the queue, for a node.
  static let nodeCost = 24

  private(set) var order = TopicOrder.name
  /// Topics with their whole name, one below the other.
  private(set) var isFlat = false
  private(set) var hasFilter = false
  private var lists: [Int32: ChunkedOrder] = [:]
  /// By node; empty when ordered by name.
  private var figures: [Double] = []
  /// Nodes to look at, each once.
  var dirty: [Int32] = []
  /// Where the pass over all nodes is that a new order or filter needs.
  private var cursor: Int?

  /// Whether nodes must be looked at again after each message.
  var followsChanges: Bool { order != .name || hasFilter }
  var isBusy: Bool { cursor != nil || !dirty.isEmpty }
  /// Nodes that the pass for a new order or filter has seen; nil when it is through.
  var progress: Int? { cursor }

  mutating func restart(order: TopicOrder, isFlat: Bool, hasFilter: Bool, _ nodes: inout [TopicNode]) {
    self.order = order
    self.isFlat = isFlat
    self.hasFilter = hasFilter
    lists = [:]
    figures = order == .name ? [] : [Double](repeating: 0, count: nodes.count)
    dirty.removeAll(keepingCapacity: true)
    for index in nodes.indices { nodes[index].flags.subtract([.listed, .matching, .dirty]) }
    cursor = 1
  }

  /// Looks at what was passed over while the view was paused.
  mutating func resume() { if cursor == nil { cursor = 1 } }

  /// Looks at no more than `steps` nodes.
  mutating func advance(
    _ nodes: inout [TopicNode], steps: Int, matches: Matcher?, before newest: UInt32?
  ) {
    var steps = steps
    while let next = cursor, steps > 0 {
      steps -= 1
      if next >= nodes.count {
        cursor = nil
      } else {
        consider(Int32(next), &nodes, matches, newest)
        cursor = next + 1
      }
    }
    while steps > 0, let node = dirty.popLast() {
      steps -= 1
      nodes[Int(node)].flags.remove(.dirty)
      consider(node, &nodes, matches, newest)
    }
  }

  private mutating func consider(
    _ node: Int32, _ nodes: inout [TopicNode], _ matches: Matcher?, _ newest: UInt32?
  ) {
    let flags = nodes[Int(node)].flags
    guard flags.contains(.alive), node != TopicIndex.root else { return }
    if let newest, nodes[Int(node)].serial >= newest { return }
    if flags.contains(.listed), order != .name { refile(node, nodes) }
    let isMatching = nodes[Int(node)].history != TopicNode.none && (matches?(node, nodes) ?? true)
    guard isMatching != flags.contains(.matching) else { return }
    if isMatching {
      nodes[Int(node)].flags.insert(.matching)
      list(node, &nodes)
    } else {
      nodes[Int(node)].flags.remove(.matching)
      unlistIfEmpty(node, &nodes)
    }
  }

  /// Takes a node that goes out of the index from the lists, with the levels above that were only there
  /// for it.
  mutating func remove(_ node: Int32, _ nodes: inout [TopicNode]) {
    nodes[Int(node)].flags.remove(.matching)
    unlistIfEmpty(node, &nodes)
    lists[node] = nil
  }

  // MARK: Lists

  private func home(of node: Int32, _ nodes: [TopicNode]) -> Int32 {
    isFlat ? TopicIndex.root : nodes[Int(node)].parent
  }

  private mutating func list(_ node: Int32, _ nodes: inout [TopicNode]) {
    var node = node
    while node != TopicIndex.root, !nodes[Int(node)].flags.contains(.listed) {
      nodes[Int(node)].flags.insert(.listed)
      setFigure(node, nodes)
      let home = home(of: node, nodes)
      insert(node, in: home, nodes)
      node = home
    }
  }

  private mutating func unlistIfEmpty(_ node: Int32, _ nodes: inout [TopicNode]) {
    var node = node
    while node != TopicIndex.root, nodes[Int(node)].flags.contains(.listed),
      !nodes[Int(node)].flags.contains(.matching), (lists[node]?.count ?? 0) == 0
    {
      nodes[Int(node)].flags.remove(.listed)
      let home = home(of: node, nodes)
      take(node, from: home, nodes)
      node = home
    }
  }

  private mutating func refile(_ node: Int32, _ nodes: [TopicNode]) {
    guard figures[Int(node)] != figure(node, nodes) else { return }
    let home = home(of: node, nodes)
    take(node, from: home, nodes)
    setFigure(node, nodes)
    insert(node, in: home, nodes)
  }

  private mutating func insert(_ node: Int32, in home: Int32, _ nodes: [TopicNode]) {
    let figures = figures
    lists[home, default: ChunkedOrder()].insert(node) { Self.precedes($0, $1, figures, nodes) }
  }

  private mutating func take(_ node: Int32, from home: Int32, _ nodes: [TopicNode]) {
    let figures = figures
    lists[home]?.remove(node) { Self.precedes($0, $1, figures, nodes) }
    if lists[home]?.count == 0 { lists[home] = nil }
  }

  private mutating func setFigure(_ node: Int32, _ nodes: [TopicNode]) {
    guard order != .name else { return }
    while figures.count <= Int(node) { figures.append(0) }
    figures[Int(node)] = figure(node, nodes)
  }

  private func figure(_ node: Int32, _ nodes: [TopicNode]) -> Double {
    switch order {
    case .name: 0
    case .rate: nodes[Int(node)].meter.rank
    case .count: Double(nodes[Int(node)].messages)
    case .bytes: Double(nodes[Int(node)].bytes)
    case .lastChange: Double(nodes[Int(node)].lastNumber)
    }
  }

  /// `figures` is empty for the order by name.
  private static func precedes(
    _ left: Int32, _ right: Int32, _ figures: [Double], _ nodes: [TopicNode]
  ) -> Bool {
    if !figures.isEmpty {
      let (a, b) = (figures[Int(left)], figures[Int(right)])
      if a != b { return a > b }
    }
    return left != right && nodes.pathPrecedes(left, right)
  }

  // MARK: Walking

  func hasChildren(_ node: Int32) -> Bool { lists[node] != nil }
  func firstChild(of node: Int32) -> Int32? { lists[node]?.first }
  func lastChild(of node: Int32) -> Int32? { lists[node]?.last }

  func sibling(after node: Int32, _ nodes: [TopicNode]) -> Int32? {
    lists[home(of: node, nodes)]?.next(after: node) { Self.precedes($0, $1, figures, nodes) }
  }

  func sibling(before node: Int32, _ nodes: [TopicNode]) -> Int32? {
    lists[home(of: node, nodes)]?.previous(before: node) { Self.precedes($0, $1, figures, nodes) }
  }

  func forEachChild(of node: Int32, _ body: (Int32) -> Void) { lists[node]?.forEach(body) }
}

extension [TopicNode] {
  /// The whole topic.
  func topic(of node: Int32) -> String {
    var levels: [String] = []
    var node = node
    while node != TopicIndex.root, node != TopicNode.none {
      levels.append(self[Int(node)].level)
      node = self[Int(node)].parent
    }
    return levels.reversed().joined(separator: "/")
  }

  /// The order of whole topics, level by level.
  fileprivate func pathPrecedes(_ left: Int32, _ right: Int32) -> Bool {
    var (a, b) = (left, right)
    while self[Int(a)].depth > self[Int(b)].depth { a = self[Int(a)].parent }
    while self[Int(b)].depth > self[Int(a)].depth { b = self[Int(b)].parent }
    // One is above the other: the upper one first.
    if a == b { return self[Int(left)].depth < self[Int(right)].depth }
    while self[Int(a)].parent != self[Int(b)].parent {
      a = self[Int(a)].parent
      b = self[Int(b)].parent
    }
    return self[Int(a)].level.precedesInBytes(self[Int(b)].level)
  }
}
