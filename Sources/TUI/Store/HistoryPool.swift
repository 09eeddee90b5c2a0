/// The histories of all topics within one bound of bytes.
///
/// When the bound is reached, the topic that was not touched for longest loses the older half of its
/// history. The newest message of a topic goes only when no topic has more than one.
struct HistoryPool: Sendable {
  let limit: Int
  private var histories: [TopicHistory] = []
  private var isExempt: [Bool] = []
  private var free: [Int32] = []
  private var recency = RecencyList()
  private var contents = 0
  private var exemptContents = 0
  private(set) var evicted = 0

  init(limit: Int) { self.limit = limit }

  var allocated: Int {
    contents + histories.capacity * (MemoryLayout<TopicHistory>.stride + 1) + recency.allocated
  }

  /// A place for a new topic.
  mutating func open(isExempt exempt: Bool) -> Int32 {
    if let slot = free.popLast() {
      isExempt[Int(slot)] = exempt
      return slot
    }
    histories.append(TopicHistory())
    isExempt.append(exempt)
    return Int32(histories.count - 1)
  }

  mutating func close(_ slot: Int32) {
    clear(slot)
    free.append(slot)
  }

  /// Empties the history; its messages count as let go.
  mutating func clear(_ slot: Int32) {
    evicted += histories[Int(slot)].count
    change(slot) { $0 = TopicHistory() }
    recency.remove(slot)
  }

  mutating func setExempt(_ slot: Int32, _ exempt: Bool) {
    guard isExempt[Int(slot)] != exempt else { return }
    let held = histories[Int(slot)].count > 0 ? histories[Int(slot)].allocated : 0
    exemptContents += exempt ? held : -held
    isExempt[Int(slot)] = exempt
    if histories[Int(slot)].count > 0 { recency.touch(slot, in: lane(slot)) }
  }

  mutating func append(
    _ record: MessageRecord, from source: UnsafeRawBufferPointer, to slot: Int32
  ) {
    let before = cost(slot)
    evicted += histories[Int(slot)].append(record, from: source)
    account(slot, before)
    recency.touch(slot, in: lane(slot))
    while allocated > limit, evictOne() {}
  }

  private func cost(_ slot: Int32) -> Int {
    histories[Int(slot)].count > 0 ? histories[Int(slot)].allocated : 0
  }

  private mutating func account(_ slot: Int32, _ before: Int) {
    let change = cost(slot) - before
    contents += change
    if isExempt[Int(slot)] { exemptContents += change }
  }

  private mutating func change(_ slot: Int32, _ body: (inout TopicHistory) -> Void) {
    let before = cost(slot)
    body(&histories[Int(slot)])
    account(slot, before)
  }

  private func lane(_ slot: Int32) -> RecencyList.Lane {
    if histories[Int(slot)].count < 2 { return .last }
    return isExempt[Int(slot)] ? .exempt : .ordinary
  }

  private mutating func evictOne() -> Bool {
    let exemptFirst = exemptContents > MemoryBudget.exempt(of: limit)
    let lanes: [RecencyList.Lane] =
      exemptFirst ? [.exempt, .ordinary, .last] : [.ordinary, .exempt, .last]
    for lane in lanes {
      guard let slot = recency.oldest(in: lane) else { continue }
      if lane == .last {
        clear(slot)
      } else {
        var dropped = 0
        change(slot) { dropped = $0.halve() }
        evicted += dropped
        if histories[Int(slot)].count < 2 { recency.touch(slot, in: .last) }
      }
      return true
    }
    return false
  }

  subscript(_ slot: Int32) -> TopicHistory { histories[Int(slot)] }
}
