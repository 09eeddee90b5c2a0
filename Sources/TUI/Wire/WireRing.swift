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
  /// Numbers of the items that are rows: all but packets in frames.
  private var rows: [Int] = []
  private var rowHead = 0
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
    if rowHead > 1024, rowHead * 2 > rows.count {
      rows.removeFirst(rowHead)
      rowHead = 0
    }
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
    part.rows.removeFirst(part.rowHead)
    part.head = 0
    part.rowHead = 0
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

  /// Numbers of the rows, oldest first.
  var shown: ArraySlice<Int> { rows[rowHead...] }

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
  func packetNumbers(of number: Int) -> [Int] {
    packet(number) == nil ? packets[number] ?? [] : [number]
  }

  func packets(of number: Int) -> [WirePacket] { packetNumbers(of: number).compactMap(packet) }

  /// The row that shows a packet.
  func row(of packet: Int) -> Int { self.packet(packet)?.frames?.last ?? packet }

  /// The row that shows the packet which this frame is only a part of; nil while it is not whole.
  func fragment(_ frame: Int) -> Int? { fragments[frame].map(row) }

  /// Which of how many frames of its packet this one is.
  func place(ofFragment frame: Int) -> (index: Int, count: Int)? {
    guard let number = fragments[frame], let frames = packet(number)?.frames else { return nil }
    let before = (frames.first..<max(frames.first, frame)).count { fragments[$0] == number }
    return (before + 1, frames.count)
  }

  /// The packet that answers another.
  func answer(to packet: Int) -> Int? { answers[packet] }

  /// The row of the packet on the other side of an exchange with a packet of this row.
  func counterpart(of number: Int) -> Int? {
    for own in packetNumbers(of: number) {
      guard let other = packet(own)?.answers?.number ?? answers[own], packet(other) != nil else { continue }
      return row(of: other)
    }
    return nil
  }
}
