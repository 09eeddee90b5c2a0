import Client
import MQTTPackets
import NIOCore
import WebSocketTransport

/// One direction of a connection with its secrets masked, byte for byte: what is masked in an MQTT packet
/// stays masked under the frame's own mask key.
///
/// Theory of operation: bytes are followed frame by frame and packet by packet. All but CONNECT, CONNACK
/// and AUTH passes at once; of those three nothing passes until the packet is whole and its fields are
/// known. What never becomes whole, or is larger than `maximumHeld`, is masked behind its header.
struct SecretStream {
  private static let maximumHeld = 64 * 1024

  private let direction: PacketDecoder.Direction
  var isFramed = true
  private var frames: FrameDecoder
  /// Not handed out yet; the first byte has the number `base`.
  private var pending: [UInt8] = []
  private var base = 0
  /// How many bytes at the end of `pending` the frame decoder wants to see again.
  private var unread = 0
  private var isBroken = false
  private var payloadPosition = 0
  private var frameMask: UInt32 = 0

  // The packet at hand.
  private var header: [UInt8] = []
  private var held: [UInt8] = []
  /// Number and mask of each byte held.
  private var places: [(number: Int, mask: UInt8)] = []
  private var remaining = 0
  private var isHolding = false
  private var masksAll = false

  init(_ direction: PacketDecoder.Direction) {
    self.direction = direction
    frames = FrameDecoder(role: direction == .toServer ? .server : .client, maximumFrameSize: .max)
  }

  /// - Returns: what may go out now, in order.
  mutating func pass(_ bytes: ByteBuffer) -> [UInt8] {
    let start = pending.count - unread
    pending += bytes.readableBytesView
    unread = 0
    guard isFramed else {
      take(start..<pending.count)
      return release()
    }
    var offset = start
    while offset < pending.count, !isBroken {
      guard let step = next(at: offset) else {
        isBroken = true
        break
      }
      if step.kind == .needMore {
        unread = pending.count - step.payloadStart
        break
      }
      if step.startsFrame {
        payloadPosition = 0
        frameMask = frames.header?.mask ?? 0
      }
      if step.kind == .data { take(step.payload) }
      offset = step.payloadEnd
      if step.kind == .afterClose { break }
    }
    return release()
  }

  /// What is still held, at the end of the connection.
  mutating func finish() -> [UInt8] {
    maskHeld(0..<held.count)
    isHolding = false
    unread = 0
    places.removeAll()
    return release()
  }

  private mutating func next(at offset: Int) -> FrameStep? {
    pending.withUnsafeBytes { bytes in try? frames.next(bytes, at: offset) }
  }

  /// Payload of packets, by its place in `pending`.
  private mutating func take(_ range: Range<Int>) {
    var index = range.lowerBound
    while index < range.upperBound {
      if remaining > 0, !isHolding, !masksAll {
        let count = min(remaining, range.upperBound - index)
        remaining -= count
        payloadPosition += count
        index += count
        continue
      }
      let mask = UInt8(truncatingIfNeeded: frameMask >> (8 * UInt32(payloadPosition & 3)))
      payloadPosition += 1
      take(pending[index] ^ mask, mask, at: index)
      index += 1
    }
  }

  private mutating func take(_ byte: UInt8, _ mask: UInt8, at index: Int) {
    if masksAll {
      pending[index] = SecretMask.byte ^ mask
      remaining -= 1
      if remaining == 0 { masksAll = false }
      return
    }
    guard remaining == 0 else {
      held.append(byte)
      places.append((base + index, mask))
      remaining -= 1
      if remaining == 0 { completeHeld() }
      return
    }
    header.append(byte)
    places.append((base + index, mask))
    guard header.count >= 2 else { return }
    if byte >= 0x80, header.count < 5 { return }
    begin()
  }

  /// The fixed header is whole.
  private mutating func begin() {
    remaining = header.dropFirst().reversed().reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    let type = PacketType(rawValue: header[0] >> 4)
    let isSecret = type == .connect || type == .connAck || type == .auth
    isHolding = isSecret && remaining > 0 && remaining <= Self.maximumHeld
    masksAll = isSecret && remaining > Self.maximumHeld
    held = isHolding ? header : []
    if !isHolding { places.removeAll(keepingCapacity: true) }
    header.removeAll(keepingCapacity: true)
  }

  private mutating func completeHeld() {
    // CONNECT says its version; CONNACK and AUTH have secrets in 5.0 only.
    let fields = PacketDissector.fields(ByteBuffer(bytes: held), version: .v5, direction: direction)
    for range in PacketDissector.secretRanges(in: fields) { maskHeld(range) }
    isHolding = false
    held.removeAll()
    places.removeAll()
  }

  private mutating func maskHeld(_ range: Range<Int>) {
    for index in range.clamped(to: places.indices) {
      let place = places[index]
      pending[place.number - base] = SecretMask.byte ^ place.mask
    }
  }

  private mutating func release() -> [UInt8] {
    var count = pending.count - unread
    if let first = places.first { count = min(count, first.number - base) }
    guard count > 0 else { return [] }
    let released = Array(pending[..<count])
    pending.removeFirst(count)
    base += count
    return released
  }
}
