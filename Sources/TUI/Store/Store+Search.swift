import Presentation

extension Store {
  /// Whether the message at a position has what is looked for.
  package func matches(_ search: Search, at position: UInt64) -> Bool {
    log.withMessage(at: position) { record, bytes in
      search.matches(
        topic: String(decoding: bytes[record.topicRange], as: UTF8.self),
        payload: UnsafeRawBufferPointer(rebasing: bytes[record.payloadRange]))
    } ?? false
  }

  package func receivedAt(_ position: UInt64) -> WallTime? { log.record(at: position)?.receivedAt }

  /// Messages a second over all topics.
  package var rate: Double { topics.nodes[0].meter.rate(at: second) }
}

extension TopicIndex {
  /// Topics with messages.
  package var topicCount: Int { Int((frozen?[Self.root, serial: 0] ?? nodes[0]).topicCount) }

  /// Forgets rates and histories at and below a row; totals stay.
  package mutating func reset(below row: TopicRow, at second: UInt32) {
    guard isAlive(row.id) else { return }
    for index in nodes.indices where nodes[index].flags.contains(.alive) {
      guard isBelow(Int32(index), row.id.node) else { continue }
      nodes[index].meter = RateMeter(second: second)
      if nodes[index].history != TopicNode.none { histories.clear(nodes[index].history) }
    }
  }
}
