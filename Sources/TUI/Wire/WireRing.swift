import Client
import MQTTPackets
import NIOCore

/// The newest frames and packets of the connection, within a bound of bytes.
package struct WireRing: Sendable {
  let limit: Int
  private var reader = WireReader(keptBytes: 16 * 1024)
  private var items: [WireItem] = []
  private var head = 0
  private var fresh: [WireItem] = []
  /// Numbers of the items that are rows: all but packets in frames.
  private var rows: [Int] = []
  private var rowHead = 0
  /// The packets that ended in a frame.
  private var packets: [Int: [Int]] = [:]
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
    } else {
      rows.append(item.number)
    }
    if let answered = packet.answers?.number { answers[answered] = item.number }
  }

  private mutating func evictOldest() {
    let item = items[head]
    allocated -= Self.cost(item)
    evicted += 1
    head += 1
    packets[item.number] = nil
    answers[item.number] = nil
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

  func item(_ number: Int) -> WireItem? {
    guard head < items.count else { return nil }
    let index = head + number - items[head].number
    return index >= head && index < items.count ? items[index] : nil
  }

  /// The packets that a row shows, in order.
  func packets(of number: Int) -> [WirePacket] {
    if case .packet(let packet) = item(number)?.kind { return [packet] }
    return (packets[number] ?? []).compactMap {
      if case .packet(let packet) = item($0)?.kind { packet } else { nil }
    }
  }

  /// The row of the packet on the other side of an exchange with a packet of this row.
  func counterpart(of number: Int) -> Int? {
    let own = packets[number] ?? [number]
    for packet in own {
      guard case .packet(let content) = item(packet)?.kind else { continue }
      guard let other = content.answers?.number ?? answers[packet] else { continue }
      if case .packet(let found) = item(other)?.kind { return found.frames?.last ?? other }
    }
    return nil
  }
}
