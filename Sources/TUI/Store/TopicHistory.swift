/// The newest messages of one topic, in one allocation of bytes and one of records.
struct TopicHistory: Sendable {
  static let maximumCount = 1024
  static let maximumBytes = 1 << 20

  private var records: [MessageRecord] = []
  private var bytes: [UInt8] = []
  /// Records before it were dropped.
  private var head = 0

  var count: Int { records.count - head }

  private var liveBytes: Int { head < records.count ? bytes.count - Int(records[head].offset) : 0 }

  var allocated: Int {
    bytes.capacity + records.capacity * MemoryLayout<MessageRecord>.stride + 2 * 32
  }

  /// Adds a message and drops the oldest beyond the bounds of a topic. The topic itself is not stored.
  /// - Returns: messages dropped.
  mutating func append(_ record: MessageRecord, from source: UnsafeRawBufferPointer) -> Int {
    var record = record
    let start = record.topicRange.upperBound
    let length = Int(record.propertyLength) + Int(record.storedLength)
    var dropped = 0
    while count >= Self.maximumCount || count > 0 && liveBytes + length > Self.maximumBytes {
      head += 1
      dropped += 1
    }
    if head == records.count {
      records.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 32, head * 2 > records.count, (bytes.count - liveBytes) * 2 >= bytes.count {
      compact()
    }
    record.topicLength = 0
    record.offset = UInt32(truncatingIfNeeded: bytes.count)
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<(start + length)]))
    records.append(record)
    return dropped
  }

  private mutating func compact() {
    let shift = records[head].offset
    bytes.removeFirst(Int(shift))
    records.removeFirst(head)
    head = 0
    for index in records.indices { records[index].offset -= shift }
  }

  /// Drops the older half, never the newest, and gives their memory back.
  /// - Returns: messages dropped.
  mutating func halve() -> Int {
    let dropped = count / 2
    head += dropped
    guard head < records.count else { return 0 }
    let shift = records[head].offset
    bytes = Array(bytes[Int(shift)...])
    records = Array(records[head...])
    head = 0
    for index in records.indices { records[index].offset -= shift }
    return dropped
  }

  /// The record `index` places from the oldest.
  func record(at index: Int) -> MessageRecord? {
    index >= 0 && index < count ? records[head + index] : nil
  }

  func withMessage<Value>(
    at index: Int, _ body: (MessageRecord, UnsafeRawBufferPointer) -> Value
  ) -> Value? {
    record(at: index).map { record in bytes.withUnsafeBytes { body(record, $0) } }
  }

  /// The place of the message with this number, or of the one before where it would be.
  func index(ofNumber number: UInt64) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if records[head + middle].number <= number { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }
}
