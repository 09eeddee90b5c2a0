/// A run of messages in one allocation of bytes and one of records. Blocks of the log are filled once and
/// let go whole, so the log's memory is a few large pieces that are used again and again.
struct MessageBlock: Sendable {
  static let byteCapacity = 256 << 10
  static let recordCapacity = 4096

  /// Bytes that a full block may take.
  static let largest = byteCapacity + recordCapacity * MemoryLayout<MessageRecord>.stride + 64

  /// The position of the first record in the log.
  private(set) var first: UInt64
  private(set) var bytes: [UInt8] = []
  private(set) var records: [MessageRecord] = []

  init(first: UInt64) {
    self.first = first
    bytes.reserveCapacity(Self.byteCapacity)
  }

  /// The position after the last record.
  var end: UInt64 { first + UInt64(records.count) }

  var allocated: Int {
    bytes.capacity + records.capacity * MemoryLayout<MessageRecord>.stride + 64
  }

  /// Begins anew with the memory that it has.
  mutating func reset(first: UInt64) {
    self.first = first
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }

  /// A message always fits in an empty block: a batch bounds each of its parts.
  func hasRoom(for record: MessageRecord) -> Bool {
    records.isEmpty
      || records.count < Self.recordCapacity && bytes.count + record.contentLength <= Self.byteCapacity
  }

  /// Copies a message whose record counts its offset in `source`.
  mutating func append(_ record: MessageRecord, from source: UnsafeRawBufferPointer) {
    var record = record
    let start = Int(record.offset)
    record.offset = UInt32(truncatingIfNeeded: bytes.count)
    let length = record.contentLength
    bytes.append(
      contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<(start + length)]))
    records.append(record)
  }
}
