import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// Makes frames and packets of what the tap reports. Pure, and one for each connection (with all its
/// reconnections).
///
/// Theory of operation: both directions are parsed again with the decoders that the connection itself
/// uses, so what they refuse is shown as refused, and the rest of that direction is left alone until the
/// next connection. Memory is bounded: of a frame or packet no more than `keptBytes` are kept, and of
/// requests without an answer one entry for each packet identifier. Nothing here supposes that one end is
/// us, but that a client's packets are the `.sent` ones, or, for the tap of a server, the received ones.
package struct WireReader: Sendable {
  /// 64 KiB: more than a person reads, and all of most packets.
  package static let usualKeptBytes = 64 * 1024

  private var sent: WireStream
  private var received: WireStream
  private var sink: WireSink
  private var sawUpgrade = false

  /// - Parameters:
  ///   - role: of the side that the tap belongs to.
  ///   - keptBytes: of each frame's payload and of each packet.
  package init(role: FrameDecoder.Role = .client, keptBytes: Int = Self.usualKeptBytes) {
    let isClient = role == .client
    sent = WireStream(.sent, isClient ? .toServer : .toClient, keptBytes)
    received = WireStream(.received, isClient ? .toClient : .toServer, keptBytes)
    sink = WireSink()
  }

  /// Appends what `event` shows, in the order in which it happened; often nothing for bytes that complete
  /// nothing.
  package mutating func read(_ event: TraceEvent, into items: inout [WireItem]) {
    sink.time = event.time
    swap(&sink.items, &items)
    switch event.kind {
    case .transport(let event): read(event)
    case .state(let state):
      if case .connecting(let attempt) = state {
        sink.connection = attempt
        begin()
      }
      sink.append(.state(state))
    case .bytes(.sent, let bytes):
      sent.read(bytes, into: &sink)
      received.learn(version: sent.version)
    case .bytes(.received, let bytes):
      received.read(bytes, into: &sink)
      sent.learn(version: received.version)
    case .violation(let error, let bytes):
      guard !received.hasRejected(as: error) else { break }
      sink.append(
        .rejected(
          WireRejection(
            direction: .received, flow: received.flow, error: error, bytes: bytes, version: received.version))
      )
    }
    swap(&sink.items, &items)
  }

  private mutating func read(_ event: TransportEvent) {
    switch event {
    case .connected:
      if sink.connection == 0 { sink.connection = 1 }
      begin()
    case .upgradeSent, .upgradeReceived: sawUpgrade = true
    case .upgraded:
      sent.isFramed = sawUpgrade
      received.isFramed = sawUpgrade
    default: break
    }
    sink.append(.transport(event))
  }

  private mutating func begin() {
    sawUpgrade = false
    sent.begin()
    received.begin()
  }
}

/// Where both directions put their items; knows what the items have in common.
struct WireSink: Sendable {
  var items: [WireItem] = []
  var time = MonotonicTime(nanoseconds: 0)
  var connection = 0
  var exchanges = WireExchanges()
  fileprivate(set) var lastNumber = 0

  /// - Returns: the item's number.
  @discardableResult
  mutating func append(_ kind: WireItem.Kind) -> Int {
    lastNumber += 1
    items.append(WireItem(number: lastNumber, time: time, connection: connection, kind: kind))
    return lastNumber
  }

  mutating func append(_ packet: WirePacket) {
    var packet = packet
    packet.answers = exchanges.answer(packet, number: lastNumber + 1, at: time)
    append(.packet(packet))
  }
}

/// Readers for connections that live side by side, such as those of an examination: numbers and
/// connections are counted over all of them, in the order of what happened.
package struct WireReaders: Sendable {
  private let keptBytes: Int
  /// By the number of the source, each with the connection that it shows.
  private var readers: [Int: (reader: WireReader, connection: Int)] = [:]
  private var lastNumber = 0
  private var lastConnection = 0

  package init(keptBytes: Int = WireReader.usualKeptBytes) { self.keptBytes = keptBytes }

  /// - Parameter source: who reports it; one source has one connection at a time.
  package mutating func read(_ event: TraceEvent, from source: Int, into items: inout [WireItem]) {
    var (reader, connection) = readers.removeValue(forKey: source) ?? (WireReader(keptBytes: keptBytes), 0)
    if case .state(.connecting) = event.kind {
      lastConnection += 1
      connection = lastConnection
    }
    let start = items.endIndex
    reader.read(event, into: &items, after: &lastNumber)
    for index in start..<items.endIndex { items[index].connection = connection }
    readers[source] = (reader, connection)
  }
}

extension WireReader {
  /// As `read`, with numbers that follow `number`, which becomes the last one given.
  fileprivate mutating func read(
    _ event: TraceEvent, into items: inout [WireItem], after number: inout Int
  ) {
    sink.lastNumber = number
    read(event, into: &items)
    number = sink.lastNumber
  }
}
