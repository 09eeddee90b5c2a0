import Expression
import MQTTSession
import Presentation

/// The log as the view shows it: through the filter, and up to the pause.
extension Store {
  /// The position after the last that is shown.
  private var end: UInt64 { pause?.end ?? log.end }

  /// Messages that are shown; nil of them are none at all.
  package var shownCount: Int {
    if let filter { return filter.rank(of: end) }
    return pause.map { log.count(before: $0.end) } ?? log.count
  }

  package var firstShown: UInt64? { shown(atOrAfter: 0) }
  package var lastShown: UInt64? { shown(before: end) }

  /// The first shown position from `position` on.
  package func shown(atOrAfter position: UInt64) -> UInt64? {
    let next: UInt64?
    if let filter {
      next = filter[filter.rank(of: position)]
    } else if log.record(at: position) != nil {
      next = position
    } else {
      next = position < log.end ? log.position(after: position) : nil
    }
    return next.flatMap { $0 < end ? $0 : nil }
  }

  package func shown(after position: UInt64) -> UInt64? { shown(atOrAfter: position &+ 1) }

  package func shown(before position: UInt64) -> UInt64? {
    let bound = min(position, end)
    if let filter { return filter[filter.rank(of: bound) - 1] }
    return bound > 0 ? log.position(before: bound) : nil
  }

  /// Up to `count` shown positions that end with `last`, in order.
  package func shown(endingAt last: UInt64, count: Int) -> [UInt64] {
    var positions: [UInt64] = []
    var next = shown(before: last &+ 1)
    while let position = next, positions.count < count {
      positions.append(position)
      next = shown(before: position)
    }
    return positions.reversed()
  }

  package func message(at position: UInt64, payloadPrefix: Int? = nil) -> StoredMessage? {
    log.message(at: position, payloadPrefix: payloadPrefix)
  }

  package func number(at position: UInt64) -> UInt64? { log.record(at: position)?.number }

  /// The position of the message with this number or the next shown one.
  package func position(ofNumber number: UInt64) -> UInt64? {
    log.position(ofNumber: number).flatMap { shown(atOrAfter: $0) }
  }

  /// The message with this number, from the log, the marked ones, or the history of the topic it is of.
  package func message(number: UInt64, topic: String? = nil) -> StoredMessage? {
    if let position = log.position(ofNumber: number), self.number(at: position) == number {
      return log.message(at: position)
    }
    if let message = kept.message(number) { return message }
    guard let topic, let history = history(of: topic), let index = history.index(ofNumber: number),
      history.record(at: index)?.number == number
    else { return nil }
    return message(at: index, in: history, of: topic)
  }

  /// Messages that came since the view was paused.
  package var missedByPause: Int { pause.map { totals.messages - $0.totals.messages } ?? 0 }

  /// The totals as the view shows them.
  package var shownTotals: Totals { pause?.totals ?? totals }

  // MARK: Histories

  private func history(of topic: String) -> TopicHistory? {
    guard let node = topic.withBytes({ topics.find($0) }) else { return nil }
    let slot = topics.nodes[Int(node)].history
    return slot == TopicNode.none ? nil : topics.histories[slot]
  }

  private func message(
    at index: Int, in history: TopicHistory, of topic: String, payloadPrefix: Int? = nil
  ) -> StoredMessage? {
    history.withMessage(at: index) {
      StoredMessage($0, topic: topic, in: $1, payloadPrefix: payloadPrefix)
    }
  }

  /// The topic's newest message that the view may show.
  package func newestMessage(of topic: String, payloadPrefix: Int? = nil) -> StoredMessage? {
    guard let history = history(of: topic) else { return nil }
    let index = pause.map { history.index(ofNumber: $0.lastNumber) } ?? history.count - 1
    return index.flatMap { message(at: $0, in: history, of: topic, payloadPrefix: payloadPrefix) }
  }

  /// The newest message of the topics below, if it is still in the log.
  package func newestMessage(below topic: String) -> StoredMessage? {
    guard let node = topic.withBytes({ topics.find($0) }) else { return nil }
    let content = topics.nodes[Int(node)]
    let number = (topics.frozen?[node, serial: content.serial] ?? content).lastNumber
    guard let position = log.position(ofNumber: number), self.number(at: position) == number else {
      return nil
    }
    return log.message(at: position)
  }

  /// The number of what `newestMessage` gives.
  package func newestNumber(of topic: String) -> UInt64? {
    guard let history = history(of: topic) else { return nil }
    guard let pause else { return history.record(at: history.count - 1)?.number }
    return history.index(ofNumber: pause.lastNumber).flatMap { history.record(at: $0)?.number }
  }

  /// The topic's message before (`offset` -1) or after (1) the one with this number.
  package func message(of topic: String, from number: UInt64, offset: Int) -> StoredMessage? {
    guard let history = history(of: topic) else { return nil }
    var index = history.index(ofNumber: number) ?? -1
    if offset < 0, history.record(at: index)?.number != number { index += 1 }
    index += offset
    guard let record = history.record(at: index) else { return nil }
    if let pause, record.number > pause.lastNumber { return nil }
    return message(at: index, in: history, of: topic)
  }

  /// What the history of a topic holds, and what it let go.
  package func historyUse(of topic: String) -> (count: Int, evicted: UInt64)? {
    guard let node = topic.withBytes({ topics.find($0) }), let history = history(of: topic) else {
      return nil
    }
    return (history.count, topics.nodes[Int(node)].ownMessages - UInt64(history.count))
  }

  // MARK: Filter and order

  /// Shows only what passes the expression; nil shows everything.
  package mutating func setFilter(_ expression: Expression?) {
    filter = expression.map { LogFilter($0, end: log.end) }
    restartOutline(topics.outline.order, isFlat: topics.outline.isFlat)
  }

  package mutating func setOrder(_ order: TopicOrder) {
    restartOutline(order, isFlat: topics.outline.isFlat)
  }

  package mutating func setFlat(_ isFlat: Bool) {
    restartOutline(topics.outline.order, isFlat: isFlat)
  }

  private mutating func restartOutline(_ order: TopicOrder, isFlat: Bool) {
    topics.outline.restart(order: order, isFlat: isFlat, hasFilter: filter != nil, &topics.nodes)
  }

  package var order: TopicOrder { topics.outline.order }
  package var isFlat: Bool { topics.outline.isFlat }

  /// How much of the log the filter has seen, 0 to 1; nil without a filter.
  package var filterProgress: Double? { filter?.progress(log) }

  // MARK: Pause, marks, charts

  /// Makes the view stand still at what is there now.
  package mutating func pauseView() {
    guard pause == nil else { return }
    pause = Pause(
      end: log.end, lastNumber: log.end > 0 ? log.record(at: log.end - 1)?.number ?? 0 : 0,
      count: log.count, totals: totals)
    log.hold()
    topics.freeze(at: second)
    let held = wire.newest(MemoryBudget.frozen(of: budget.limit(of: .wire)))
    wire.limit -= held.allocated
    pausedWire = held
  }

  package mutating func resumeView() {
    pause = nil
    log.release()
    topics.thaw()
    pausedWire = nil
    wire.limit = budget.limit(of: .wire)
  }

  /// The frames that the view shows.
  package var shownWire: WireRing { pausedWire ?? wire }

  /// Messages of the paused view that had to make room for newer ones.
  package var evictedWhilePaused: Int { pause.map { $0.count - log.count(before: $0.end) } ?? 0 }

  /// Some of what the paused view showed had to go or to change.
  package var isPauseIncomplete: Bool { topics.frozen?.isIncomplete ?? false }

  /// Keeps a copy of a message for as long as it is marked.
  package mutating func keep(_ message: StoredMessage) { kept.keep(message) }

  package mutating func releaseKept(_ number: UInt64) { kept.release(number) }

  /// Charts a number from the messages that are kept and those to come.
  package mutating func addSeries(topic: String, path: ValuePath) {
    guard series(topic: topic, path: path) == nil else { return }
    while (series.count + 1) * NumericSeries.cost > budget.limit(of: .series), !series.isEmpty {
      removeSeries(topic: series[0].topic, path: series[0].path)
      droppedSeries += 1
    }
    var fresh = NumericSeries(topic: topic, path: path)
    if let history = history(of: topic) {
      for index in 0..<history.count {
        _ = history.withMessage(at: index) { record, bytes in
          let payload = UnsafeRawBufferPointer(rebasing: bytes[record.payloadRange])
          fresh.take(record.number, payload, at: record.receivedAt)
        }
      }
    }
    series.append(fresh)
    topics.setCharted(topic, true)
  }

  package mutating func removeSeries(topic: String, path: ValuePath) {
    series.removeAll { $0.path == path && $0.topic.hasSameBytes(as: topic) }
    if !series.contains(where: { $0.topic.hasSameBytes(as: topic) }) { topics.setCharted(topic, false) }
  }

  package func series(topic: String, path: ValuePath) -> NumericSeries? {
    series.first { $0.path == path && $0.topic.hasSameBytes(as: topic) }
  }
}

extension String {
  package func hasSameBytes(as other: String) -> Bool { other.withBytes { hasBytes($0) } }
}
