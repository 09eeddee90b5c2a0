/// The rows on the screen: a walk from one to the next costs the depth of the tree and a binary search, so
/// that a frame costs what fits on it.
extension TopicIndex {
  package var firstRow: TopicRow? {
    if let pin = pins.first { return TopicRow(id: pin, section: pin) }
    return outline.firstChild(of: Self.root).map { row($0, nil) }
  }

  package var lastRow: TopicRow? {
    if let last = outline.lastChild(of: Self.root) { return row(lastShown(below: last), nil) }
    return pins.last.map { row(lastShown(below: $0.node), $0) }
  }

  /// Nil behind the last row.
  package func row(after row: TopicRow) -> TopicRow? {
    guard isAlive(row.id) else { return nil }
    if isOpen(row.id.node), let child = outline.firstChild(of: row.id.node) {
      return self.row(child, row.section)
    }
    var node = row.id.node
    while node != Self.root, node != row.section?.node {
      if let next = outline.sibling(after: node, nodes) { return self.row(next, row.section) }
      node = outline.isFlat ? Self.root : nodes[Int(node)].parent
    }
    guard let section = row.section else { return nil }
    if let index = pins.firstIndex(of: section), index + 1 < pins.count {
      return TopicRow(id: pins[index + 1], section: pins[index + 1])
    }
    return outline.firstChild(of: Self.root).map { self.row($0, nil) }
  }

  /// Nil before the first row.
  package func row(before row: TopicRow) -> TopicRow? {
    guard isAlive(row.id) else { return nil }
    let node = row.id.node
    if row.section != row.id {
      if let previous = outline.sibling(before: node, nodes) {
        return self.row(lastShown(below: previous), row.section)
      }
      let parent = outline.isFlat ? Self.root : nodes[Int(node)].parent
      if parent != Self.root { return self.row(parent, row.section) }
      return pins.last.map { self.row(lastShown(below: $0.node), $0) }
    }
    guard let index = pins.firstIndex(of: row.id), index > 0 else { return nil }
    return self.row(lastShown(below: pins[index - 1].node), pins[index - 1])
  }

  /// Up to `count` rows from `row` on.
  package func rows(from row: TopicRow?, count: Int) -> [TopicRow] {
    var rows: [TopicRow] = []
    var next = row
    while let row = next, rows.count < count {
      rows.append(row)
      next = self.row(after: row)
    }
    return rows
  }

  package func parentRow(of row: TopicRow) -> TopicRow? {
    guard isAlive(row.id), row.id != row.section, !outline.isFlat else { return nil }
    let parent = nodes[Int(row.id.node)].parent
    return parent == Self.root ? nil : self.row(parent, row.section)
  }

  /// Whether the row is still one: its topic there and shown, and all above it open.
  package func isShown(_ row: TopicRow) -> Bool {
    guard isAlive(row.id) else { return false }
    if let section = row.section {
      guard pins.contains(section) else { return false }
      if section == row.id { return true }
    }
    guard nodes[Int(row.id.node)].flags.contains(.listed) else { return false }
    if outline.isFlat { return row.section == nil }
    var node = nodes[Int(row.id.node)].parent
    while node != Self.root {
      guard nodes[Int(node)].flags.contains(.expanded) else { return false }
      if node == row.section?.node { return true }
      node = nodes[Int(node)].parent
    }
    return row.section == nil
  }

  /// The row of a topic in the tree, after opening all above it; nil when the topic is not there or not
  /// shown.
  package mutating func reveal(_ topic: String) -> TopicRow? {
    guard let found = topic.withBytes({ find($0) }), nodes[Int(found)].flags.contains(.listed) else {
      return nil
    }
    var node = nodes[Int(found)].parent
    while node != TopicNode.none {
      nodes[Int(node)].flags.insert(.expanded)
      node = nodes[Int(node)].parent
    }
    return row(found, nil)
  }

  private func row(_ node: Int32, _ section: TopicID?) -> TopicRow {
    TopicRow(id: TopicID(node: node, serial: nodes[Int(node)].serial), section: section)
  }

  private func isOpen(_ node: Int32) -> Bool {
    !outline.isFlat && nodes[Int(node)].flags.contains(.expanded)
  }

  private func lastShown(below node: Int32) -> Int32 {
    var node = node
    while isOpen(node), let last = outline.lastChild(of: node) { node = last }
    return node
  }

  // MARK: Opening and closing

  package mutating func setExpanded(_ row: TopicRow, _ expanded: Bool) {
    guard isAlive(row.id) else { return }
    set(row.id.node, expanded)
  }

  /// Opens or closes everything below a row, the row included, or everything at all.
  package mutating func setAllExpanded(below row: TopicRow?, _ expanded: Bool) {
    if let row, !isAlive(row.id) { return }
    var open = [row?.id.node ?? Self.root]
    while let node = open.popLast() {
      if node != Self.root { set(node, expanded) }
      outline.forEachChild(of: node) { if outline.hasChildren($0) { open.append($0) } }
    }
  }

  private mutating func set(_ node: Int32, _ expanded: Bool) {
    if expanded {
      nodes[Int(node)].flags.insert(.expanded)
    } else {
      nodes[Int(node)].flags.remove(.expanded)
    }
  }

  // MARK: What a row shows

  package func content(of row: TopicRow, at second: UInt32, sparks: Int) -> TopicRowContent? {
    guard isAlive(row.id) else { return nil }
    let live = nodes[Int(row.id.node)]
    let node = frozen?[row.id.node, serial: row.id.serial] ?? live
    let second = frozen?.second ?? second
    let isHead = row.section == row.id
    let isTopic = node.history != TopicNode.none
    return TopicRowContent(
      label: outline.isFlat || isHead ? nodes.topic(of: row.id.node) : node.level,
      depth: outline.isFlat ? 0 : Int(node.depth) - depth(ofSection: row.section),
      isBranch: !outline.isFlat && outline.hasChildren(row.id.node),
      isExpanded: live.flags.contains(.expanded), isPinned: live.flags.contains(.pinned),
      topicsBelow: Int(node.topicCount) - (isTopic ? 1 : 0), evictedTopics: Int(node.evictedTopics),
      qos: isTopic ? node.qos : nil, isRetained: node.flags.contains(.retained), messages: node.messages,
      bytes: node.bytes, rate: node.meter.rate(at: second),
      sparkline: sparks > 0 ? node.meter.sparkline(at: second, seconds: sparks) : [])
  }

  private func depth(ofSection section: TopicID?) -> Int {
    guard let section, isAlive(section) else { return 1 }
    return Int(nodes[Int(section.node)].depth)
  }

  package func topic(of id: TopicID) -> String? { isAlive(id) ? nodes.topic(of: id.node) : nil }

  /// Topics with messages at or below the row that a retained message came for, in tree order.
  package func retainedTopics(below row: TopicRow) -> [String] {
    guard isAlive(row.id) else { return [] }
    var topics: [String] = []
    for index in nodes.indices {
      let node = Int32(index)
      guard nodes[index].flags.isSuperset(of: [.alive, .retained]), isBelow(node, row.id.node) else {
        continue
      }
      topics.append(nodes.topic(of: node))
    }
    return topics.sorted { $0.precedesInBytes($1) }
  }

  func isBelow(_ node: Int32, _ top: Int32) -> Bool {
    var node = node
    while node != TopicNode.none {
      if node == top { return true }
      node = nodes[Int(node)].parent
    }
    return false
  }
}
