import MQTTPackets
import NIOCore
import WebSocketTransport

/// A payload on its way out, and what goes before it.
struct LargePayload {
  enum Content {
    case whole(ByteBuffer)
    /// Bytes still to come are counted here.
    case source(any PayloadSource, left: Int)
  }

  /// Ends with the frame's header and the packet up to its payload.
  var head: ByteBuffer
  var content: Content
  let maskKey: UInt32?
  /// Where the rest of `content` begins in its frame's payload.
  var phase: Int

  /// Nothing is left to send.
  var isAtEnd: Bool {
    guard head.readableBytes == 0 else { return false }
    switch content {
    case .whole(let rest): return rest.readableBytes == 0
    case .source(_, let left): return left == 0
    }
  }

  /// The next bytes for the socket; nil at the end, and while a source has none.
  mutating func next() -> ByteBuffer? {
    if head.readableBytes > 0 {
      defer { head = ByteBuffer() }
      return head
    }
    guard var piece = nextOfContent() else { return nil }
    if let maskKey {
      piece.withUnsafeMutableReadableBytes { FrameMask.apply(maskKey, phase: phase, to: $0) }
    }
    phase += piece.readableBytes
    return piece
  }

  private mutating func nextOfContent() -> ByteBuffer? {
    switch content {
    case .whole(var rest):
      guard let slice = rest.readSlice(length: min(rest.readableBytes, Self.pieceSize)),
        slice.readableBytes > 0
      else { return nil }
      content = .whole(rest)
      // Copied because it will be masked, and the payload is not only ours.
      var piece = ByteBufferAllocator().buffer(capacity: slice.readableBytes)
      piece.writeImmutableBuffer(slice)
      return piece
    case .source(let source, let left):
      guard left > 0, let piece = source.next() else { return nil }
      content = .source(source, left: left - piece.readableBytes)
      return piece
    }
  }

  private static let pieceSize = 64 * 1024
}

/// A large message leaves piece by piece as the socket takes it, so that it is in memory once, or not at all
/// when it is read meanwhile. What is sent meanwhile collects in `outgoing`: nothing may stand between the
/// bytes of a frame.
extension ConnectionHandler {
  /// Payloads from this size on are not copied whole, in bytes.
  static let largePayload = 256 * 1024

  @inline(never)
  func appendLarge(_ publish: Publish, length: Int) throws(EncodeError) {
    let payload = publish.message.payload
    try appendLarge(publish, length, headLength: length - payload.readableBytes, .whole(payload))
  }

  /// `publish` has no payload; it is read from `source`.
  /// - Returns: false when the connection has come to its end.
  func send(_ publish: Publish, _ source: any PayloadSource) throws(EncodeError) -> Bool {
    guard state == .open, let context else { return false }
    let length = publish.encodedLength(version, payloadLength: source.length)
    try appendLarge(
      publish, length, headLength: length - source.length, .source(source, left: source.length))
    owner.tally.packetsSent &+= 1
    if isFramed { owner.tally.framesSent &+= 1 }
    source.onMore = { [weak self] in self?.sourceHasMore() }
    writeLargePayloads(context)
    return true
  }

  /// Takes all of `outgoing` with it, so as to keep the order.
  private func appendLarge(
    _ publish: Publish, _ length: Int, headLength: Int, _ content: LargePayload.Content
  ) throws(EncodeError) {
    let start = outgoing.writerIndex
    var maskKey: UInt32?
    do throws(EncodeError) {
      _ = try outgoing.writeWithUnsafeMutableBytes(
        minimumWritableBytes: FrameEncoder.maximumHeaderLength + headLength
      ) { (bytes) throws(EncodeError) -> Int in
        var start = 0
        if isFramed {
          let frame = frameEncoder.begin(.binary, payloadLength: length, in: bytes, at: 0)
          (start, maskKey) = (frame.payloadIndex, frame.maskKey)
        }
        let head = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<(start + headLength)])
        _ = try publish.encodeHead(version, length: length, into: head)
        if let maskKey { FrameMask.apply(maskKey, to: head) }
        return start + headLength
      }
    } catch {
      outgoing.moveWriterIndex(to: start)
      throw error
    }
    largePayloads.append(
      LargePayload(head: outgoing, content: content, maskKey: maskKey, phase: headLength))
    outgoing = ByteBuffer()
  }

  private func sourceHasMore() {
    flush()
    if largePayloads.isEmpty { owner.becameWritable() }
  }

  /// As much as the socket takes now, and what waited behind it.
  func writeLargePayloads(_ context: ChannelHandlerContext) {
    // A write may tell that there is room while it is made.
    guard !isWritingLargePayloads, state != .closed, !largePayloads.isEmpty else { return }
    isWritingLargePayloads = true
    while context.channel.isWritable, !largePayloads.isEmpty {
      if let piece = largePayloads[largePayloads.startIndex].next() {
        bytesWritten += UInt64(piece.readableBytes)
        owner.trace(.bytes(.sent, piece))
        context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
      } else if largePayloads[largePayloads.startIndex].isAtEnd {
        largePayloads.removeFirst()
      } else {
        break
      }
    }
    isWritingLargePayloads = false
    guard largePayloads.isEmpty else { return }
    if outgoing.readableBytes > 0 { write(context) }
    let waiting = whenLargePayloadsAreSent
    whenLargePayloadsAreSent = []
    for body in waiting { whenSent(body) }
  }
}
