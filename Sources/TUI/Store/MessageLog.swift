/// The newest messages of all topics, oldest first, within a bound of bytes.
///
/// Each message has a position: 0, 1, 2 … over the run, without gaps even where message numbers have some.
/// Positions of messages that were let go stay unused. The oldest block is let go first. While a view is
/// paused, the newest blocks that it shows, up to a quarter of the pool, are passed over; then there may be
/// one gap in the positions, which `position(after:)` and `position(before:)` skip.
struct MessageLog: Sendable {
  let limit: Int
  private var blocks: [MessageBlock] = []
  private var spare: MessageBlock?
  private(set) var allocated = 0
  private(set) var evicted = 0
  /// Positions that a paused view holds.
  private var held: Range<UInt64>?

  init(limit: Int) { self.limit = limit }

  /// The position that the next message gets.
  private(set) var end: UInt64 = 0

  /// The first position that is still there; `end` when the log is empty.
  var start: UInt64 { blocks.first?.first ?? end }

  var isEmpty: Bool { blocks.isEmpty }

  /// Messages that are there.
  private(set) var count = 0

  /// Messages that are there before a position.
  func count(before end: UInt64) -> Int {
    blocks.reduce(0) { $0 + ($1.first < end ? Int(min($1.end, end) - $1.first) : 0) }
  }

  mutating func append(_ record: MessageRecord, from source: UnsafeRawBufferPointer) {
    let last = blocks.count - 1
    if last >= 0, blocks[last].hasRoom(for: record) {
      let before = blocks[last].allocated
      blocks[last].append(record, from: source)
      allocated += blocks[last].allocated - before
    } else {
      var block = nextBlock()
      block.append(record, from: source)
      allocated += block.allocated
      blocks.append(block)
    }
    end += 1
    count += 1
  }

  private mutating func nextBlock() -> MessageBlock {
    while allocated + MessageBlock.largest > limit, evictOne() {}
    guard var block = spare else { return MessageBlock(first: end) }
    spare = nil
    block.reset(first: end)
    return block
  }

  private mutating func evictOne() -> Bool {
    guard blocks.count > 1 else { return false }
    var index = 0
    if let held {
      index = blocks.firstIndex { !held.overlaps($0.first..<$0.end) } ?? 0
      if index == blocks.count - 1 { index = 0 }
    }
    let block = blocks.remove(at: index)
    allocated -= block.allocated
    count -= block.records.count
    evicted += block.records.count
    spare = block
    return true
  }

  // MARK: Pause

  /// Holds back from eviction what a view that stands still at `end` shows, as far as the share allows.
  mutating func hold() {
    var bytes = 0
    var first = end
    for block in blocks.reversed() {
      bytes += block.allocated
      if bytes > MemoryBudget.frozen(of: limit) { break }
      first = block.first
    }
    held = first..<end
  }

  /// Lets go of what the pause held. Messages before a gap go, so that positions have none again.
  mutating func release() {
    held = nil
    var keep = max(0, blocks.count - 1)
    while keep > 0, blocks[keep - 1].end == blocks[keep].first { keep -= 1 }
    for block in blocks[..<keep] {
      allocated -= block.allocated
      count -= block.records.count
      evicted += block.records.count
    }
    blocks.removeFirst(keep)
  }

  // MARK: Reading

  /// The place of a position, if it is there.
  private func place(_ position: UInt64) -> (block: Int, index: Int)? {
    let block = block(holding: position)
    guard block < blocks.count, position >= blocks[block].first else { return nil }
    return (block, Int(position - blocks[block].first))
  }

  /// The first block that ends after `position`.
  private func block(holding position: UInt64) -> Int {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].end <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func record(at position: UInt64) -> MessageRecord? {
    place(position).map { blocks[$0.block].records[$0.index] }
  }

  /// Calls `body` with the record and the bytes that it refers to.
  func withMessage<Value>(
    at position: UInt64, _ body: (MessageRecord, UnsafeRawBufferPointer) -> Value
  ) -> Value? {
    guard let place = place(position) else { return nil }
    let record = blocks[place.block].records[place.index]
    return blocks[place.block].bytes.withUnsafeBytes { body(record, $0) }
  }

  func message(at position: UInt64, payloadPrefix: Int? = nil) -> StoredMessage? {
    withMessage(at: position) { StoredMessage($0, in: $1, payloadPrefix: payloadPrefix) }
  }

  /// The next position that is there.
  func position(after position: UInt64) -> UInt64? {
    let next = position + 1
    let block = block(holding: next)
    guard block < blocks.count else { return nil }
    return max(next, blocks[block].first)
  }

  /// The position before, that is there.
  func position(before position: UInt64) -> UInt64? {
    guard let first = blocks.first?.first, position > first else { return nil }
    let previous = min(position, end) - 1
    let block = block(holding: previous)
    if block < blocks.count, blocks[block].first <= previous { return previous }
    return block > 0 ? blocks[block - 1].end - 1 : nil
  }

  /// The position of the message with this number, or else of the next that is there.
  func position(ofNumber number: UInt64) -> UInt64? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if (blocks[middle].records.last?.number ?? 0) < number { low = middle + 1 } else { high = middle }
    }
    guard low < blocks.count else { return nil }
    var first = 0
    var last = blocks[low].records.count
    while first < last {
      let middle = (first + last) / 2
      if blocks[low].records[middle].number < number { first = middle + 1 } else { last = middle }
    }
    return blocks[low].first + UInt64(first)
  }
}
