import Client
import MQTTPackets
import NIOCore

/// The newest frames and packets of the connection, within a bound of bytes.
package struct WireRing: Sendable {
  var limit: Int
  private var reader = WireReader(keptBytes: 16 * 1024)
  private var items: [WireItem] = []
  private var head = 0
  private var fresh: [WireItem] = []
  /// Numbers of the items that are rows: all but packets in frames. Rows count from 1 over the run.
  private var rows: [Int] = []
  private var rowHead = 0
  private var forgottenRows = 0
  /// Numbers of the received PUBLISH packets, in order.
  private var publishes: [Int] = []
  private var publishHead = 0
  private var forgottenPublishes = 0
  /// The packets that ended in a frame.
  private var packets: [Int: [Int]] = [:]
  /// The packet that a frame is only a part of, once it is whole.
  private var fragments: [Int: Int] = [:]
  /// Which packet answered another.
  private var answers: [Int: Int] = [:]
  private(set) var allocated = 0
  private(set) var evicted = 0

  init(limit: Int) { self.limit = limit }

  /// Takes in what the tap reported, in order.
  mutating func take(_ event: TraceEvent) {
    fresh.removeAll(keepingCapacity: true)
    reader.read(event, into: &fresh)
    for item in fresh { append(item) }
    while allocated > limit, head < items.count { evictOldest() }
    if head > 1024, head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
    if rowHead > 1024, rowHead * 2 > rows.count { forgetRows() }
    if publishHead > 1024, publishHead * 2 > publishes.count { forgetPublishes() }
  }

  private mutating func forgetRows() {
    forgottenRows += rowHead
    rows.removeFirst(rowHead)
    rowHead = 0
  }

  private mutating func forgetPublishes() {
    forgottenPublishes += publishHead
    publishes.removeFirst(publishHead)
    publishHead = 0
  }

  private mutating func append(_ item: WireItem) {
    allocated += Self.cost(item)
    items.append(item)
    guard case .packet(let packet) = item.kind else {
      rows.append(item.number)
      return
    }
    if let frames = packet.frames {
      packets[frames.last, default: []].append(item.number)
      if frames.count > 1 { noteFragments(of: item.number, packet.direction, frames) }
    } else {
      rows.append(item.number)
    }
    if let answered = packet.answers?.number { answers[answered] = item.number }
    if packet.type == .publish, packet.direction == .received { publishes.append(item.number) }
  }

  /// Frames between its first and its last in the same direction belong to it.
  private mutating func noteFragments(
    of number: Int, _ direction: TraceEvent.Direction, _ frames: WirePacket.Frames
  ) {
    let first = max(frames.first, head < items.count ? items[head].number : 0)
    for frame in first..<max(first, frames.last) {
      guard case .frame(let part) = item(frame)?.kind, part.direction == direction,
        !part.header.opcode.isControl
      else { continue }
      fragments[frame] = number
    }
  }

  /// The newest items that fit into so many bytes, for a view that stands still.
  func newest(_ bytes: Int) -> WireRing {
    var part = self
    while part.allocated > bytes, part.head < part.items.count { part.evictOldest() }
    part.items.removeFirst(part.head)
    part.head = 0
    part.forgetRows()
    part.forgetPublishes()
    return part
  }

  private mutating func evictOldest() {
    let item = items[head]
    allocated -= Self.cost(item)
    evicted += 1
    head += 1
    packets[item.number] = nil
    answers[item.number] = nil
    fragments[item.number] = nil
    if rowHead < rows.count, rows[rowHead] == item.number { rowHead += 1 }
    if publishHead < publishes.count, publishes[publishHead] == item.number { publishHead += 1 }
  }

  /// Buffers of a frame and of the packets in it may share memory; each is counted.
  private static func cost(_ item: WireItem) -> Int {
    let overhead = MemoryLayout<WireItem>.stride + 160
    switch item.kind {
    case .frame(let frame): return overhead + frame.payload.readableBytes + frame.headerBytes.count
    case .packet(let packet): return overhead + packet.bytes.readableBytes * 2
    case .rejected(let rejection): return overhead + rejection.bytes.readableBytes
    case .transport, .state: return overhead + 512
    }
  }

  // MARK: - Rows

  /// Numbers of the rows, oldest first.
  var shown: Range<Int> {
    let first = forgottenRows + rowHead + 1
    return first..<(first + rows.count - rowHead)
  }

  /// What a row is about.
  func item(ofRow row: Int) -> WireItem? { itemNumber(ofRow: row).flatMap { item($0) } }

  private func itemNumber(ofRow row: Int) -> Int? {
    shown.contains(row) ? rows[row - forgottenRows - 1] : nil
  }

  /// The row that shows a packet.
  func row(ofPacket number: Int) -> Int? {
    let shown = packet(number)?.frames?.last ?? number
    var low = rowHead
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < shown { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == shown ? forgottenRows + low + 1 : nil
  }

  /// The row that carried a message, which is the `number`th that was received. A repeated PUBLISH of QoS 2
  /// is no message, so the packet that is found by counting is only near the right one.
  func row(of message: StoredMessage) -> Int? {
    guard message.number > 0, !message.isSent else { return nil }
    let guess = Int(clamping: message.number) - 1 - forgottenPublishes
    for distance in 0...Self.countingError {
      for index in distance == 0 ? [guess] : [guess + distance, guess - distance] {
        guard index >= publishHead, index < publishes.count, carries(message, publishes[index]) else {
          continue
        }
        return row(ofPacket: publishes[index])
      }
    }
    return nil
  }

  private static let countingError = 256

  private func carries(_ message: StoredMessage, _ number: Int) -> Bool {
    guard case .publish(let publish) = packet(number)?.packet else { return false }
    // An alias stands for a topic that only the session knows.
    let topic = publish.message.topic
    guard topic.isEmpty || topic.hasSameBytes(as: message.topic) else { return false }
    return publish.packetIdentifier == message.packetIdentifier
      && publish.message.payload.readableBytesView.prefix(64).elementsEqual(message.payload.prefix(64))
  }

  // MARK: - Items

  /// Of all items; nil when there are none.
  var numbers: ClosedRange<Int>? {
    guard head < items.count, let last = items.last else { return nil }
    return items[head].number...last.number
  }

  func item(_ number: Int) -> WireItem? {
    guard head < items.count else { return nil }
    let index = head + number - items[head].number
    return index >= head && index < items.count ? items[index] : nil
  }

  func packet(_ number: Int) -> WirePacket? {
    if case .packet(let packet) = item(number)?.kind { packet } else { nil }
  }

  /// The packets that a row shows, in order.
  func packetNumbers(ofRow row: Int) -> [Int] {
    guard let number = itemNumber(ofRow: row) else { return [] }
    return packet(number) == nil ? packets[number] ?? [] : [number]
  }

  func packets(ofRow row: Int) -> [WirePacket] { packetNumbers(ofRow: row).compactMap(packet) }

  /// The row that shows the packet which this one is only a part of; nil while it is not whole.
  func whole(ofFragment row: Int) -> Int? {
    itemNumber(ofRow: row).flatMap { fragments[$0] }.flatMap(self.row(ofPacket:))
  }

  /// Which of how many frames of its packet this one is.
  func place(ofFragment row: Int) -> (index: Int, count: Int)? {
    guard let frame = itemNumber(ofRow: row), let number = fragments[frame],
      let frames = packet(number)?.frames
    else { return nil }
    let before = (frames.first..<max(frames.first, frame)).count { fragments[$0] == number }
    return (before + 1, frames.count)
  }

  /// The packet that answers another.
  func answer(to packet: Int) -> Int? { answers[packet] }

  /// The row of the packet on the other side of an exchange with a packet of this row.
  func counterpart(ofRow row: Int) -> Int? {
    for own in packetNumbers(ofRow: row) {
      guard let other = packet(own)?.answers?.number ?? answers[own] else { continue }
      if let found = self.row(ofPacket: other) { return found }
    }
    return nil
  }
}
