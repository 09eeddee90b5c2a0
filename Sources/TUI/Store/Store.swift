import Client
import Expression
import MQTTPackets
import MQTTSession
import Presentation

/// Everything that the views show of the messages, within a budget of bytes. A plain value without clock
/// and IO; it is changed in place and never copied on the way.
package struct Store: Sendable {
  package let budget: MemoryBudget
  /// Exact: of all messages that were ever taken in, kept or not.
  package private(set) var totals = Totals()
  package var topics: TopicIndex
  var log: MessageLog
  var kept: KeptMessages
  var filter: LogFilter?
  /// Charts, the oldest first.
  package internal(set) var series: [NumericSeries] = []
  var droppedSeries = 0
  var wire: WireRing
  /// What the paused view shows of the wire.
  var pausedWire: WireRing?
  var pause: Pause?
  var second: UInt32 = 0
  private var outlineDue = MonotonicTime(nanoseconds: 0)

  package struct Totals: Equatable, Sendable {
    package var messages = 0
    /// Of payloads.
    package var bytes = 0
  }

  /// A view that stands still.
  struct Pause: Sendable {
    /// The position after the last message that is shown.
    let end: UInt64
    /// The number of that message.
    let lastNumber: UInt64
    /// Messages that the log held then.
    let count: Int
    let totals: Totals
  }

  package init(budget: MemoryBudget = .standard) {
    self.budget = budget
    topics = TopicIndex(
      limit: budget.limit(of: .topics), histories: HistoryPool(limit: budget.limit(of: .history)))
    wire = WireRing(limit: budget.limit(of: .wire))
    let log = budget.limit(of: .log)
    kept = KeptMessages(limit: MemoryBudget.exempt(of: log))
    self.log = MessageLog(limit: log - MemoryBudget.exempt(of: log))
  }

  /// Takes in a batch that arrived until `time`, or a part of it; nil is all.
  package mutating func ingest(
    _ batch: borrowing MessageBatch, _ part: Range<Int>? = nil, at time: MonotonicTime
  ) {
    second = max(second, TopicIndex.second(time))
    let second = second
    let part = part ?? 0..<batch.records.count
    batch.bytes.withUnsafeBytes { bytes in
      for index in part { take(batch.records[index], bytes, second) }
    }
  }

  /// Takes in what crossed the wire, in order and from the beginning of a connection.
  package mutating func ingest(_ events: [TraceEvent]) {
    for event in events { wire.take(event) }
  }

  @inline(__always)
  private mutating func take(_ record: MessageRecord, _ bytes: UnsafeRawBufferPointer, _ second: UInt32) {
    totals.messages += 1
    totals.bytes += Int(record.payloadLength)
    let id = topics.take(record, from: bytes, second: second)
    var record = record
    record.node = id.node
    record.serial = id.serial
    log.append(record, from: bytes)
    if topics.nodes[Int(id.node)].flags.contains(.charted) { feedSeries(record, bytes) }
  }

  private mutating func feedSeries(_ record: MessageRecord, _ bytes: UnsafeRawBufferPointer) {
    let topic = String(decoding: bytes[record.topicRange], as: UTF8.self)
    for index in series.indices where ExactText(series[index].topic) == ExactText(topic) {
      let payload = UnsafeRawBufferPointer(rebasing: bytes[record.payloadRange])
      series[index].take(record.number, payload, at: record.receivedAt)
    }
  }

  /// Goes on with work that is spread over frames (sorting, filtering), at most `steps` messages and as
  /// many topics of it.
  /// - Returns: whether there is more to do at once.
  package mutating func advance(to time: MonotonicTime, wall: WallTime, steps: Int) -> Bool {
    second = max(second, TopicIndex.second(time))
    var isBusy = advanceFilter(wall, steps)
    if topics.outline.followsChanges, topics.outline.progress == nil, time < outlineDue { return isBusy }
    topics.advanceOutline(steps: steps, filter?.expression, at: second)
    if topics.outline.isBusy {
      isBusy = true
    } else if topics.outline.followsChanges {
      outlineDue = time + .milliseconds(500)
    }
    return isBusy
  }

  private mutating func advanceFilter(_ wall: WallTime, _ steps: Int) -> Bool {
    guard var filter else { return false }
    // Taken out while it changes, so that its arrays are not shared.
    self.filter = nil
    defer { self.filter = filter }
    let expression = filter.expression
    return filter.advance(log, steps: steps) { position in
      log.withMessage(at: position) { record, bytes in
        expression.matches(subject(record, bytes, wall))
      } ?? false
    }
  }

  private func subject(_ record: MessageRecord, _ bytes: UnsafeRawBufferPointer, _ wall: WallTime)
    -> Subject
  {
    var subject = Subject(record, bytes)
    subject.topic = String(decoding: bytes[record.topicRange], as: UTF8.self)
    subject.age = Double(wall.nanoseconds &- record.receivedAt.nanoseconds) / 1e9
    if record.node >= 0, topics.isAlive(TopicID(node: record.node, serial: record.serial)) {
      subject.rate = topics.nodes[Int(record.node)].meter.rate(at: second)
    }
    return subject
  }

  /// One row a pool, in the order of `MemoryBudget.Pool`.
  package var poolUse: [PoolUse] {
    MemoryBudget.Pool.allCases.map { pool in
      let (used, evicted) =
        switch pool {
        case .log: (log.allocated + kept.bytes, log.evicted + kept.evicted)
        case .history: (topics.histories.allocated, topics.histories.evicted)
        case .topics: (topics.allocated, topics.evicted)
        case .series: (series.count * NumericSeries.cost, droppedSeries)
        case .wire: (wire.allocated + (pausedWire?.allocated ?? 0), wire.evicted)
        }
      return PoolUse(pool: pool, used: used, limit: budget.limit(of: pool), evicted: evicted)
    }
  }
}

extension Subject {
  /// All but the topic, which the histories do not hold.
  init(_ record: MessageRecord, _ bytes: UnsafeRawBufferPointer) {
    self.init()
    payload = UnsafeRawBufferPointer(rebasing: bytes[record.payloadRange])
    size = Int(record.payloadLength)
    qos = record.qos
    retain = record.retain
    isDuplicate = record.isDuplicate
    packetIdentifier = record.packetIdentifier == 0 ? nil : record.packetIdentifier
    if record.propertyLength > 0 {
      properties = PropertyBytes.read(UnsafeRawBufferPointer(rebasing: bytes[record.propertyRange]))
    }
    direction = record.isSent ? .outgoing : .incoming
    type = .publish
  }
}

extension TopicIndex {
  /// Lets the outline look at `steps` topics, held against the filter by their newest message.
  mutating func advanceOutline(steps: Int, _ filter: Expression?, at second: UInt32) {
    guard let filter else {
      outline.advance(&nodes, steps: steps, matches: nil, before: frozen?.serial)
      return
    }
    let histories = histories
    let matches: Outline.Matcher = { node, nodes in
      let history = histories[nodes[Int(node)].history]
      return history.withMessage(at: history.count - 1) { record, bytes in
        var subject = Subject(record, bytes)
        subject.topic = nodes.topic(of: node)
        subject.rate = nodes[Int(node)].meter.rate(at: second)
        return filter.matches(subject)
      } ?? false
    }
    outline.advance(&nodes, steps: steps, matches: matches, before: frozen?.serial)
  }
}
