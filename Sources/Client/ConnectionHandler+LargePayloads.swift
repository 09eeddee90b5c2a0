import MQTTPackets
import NIOCore
import WebSocketTransport

/// A payload on its way out, and what goes before it.
struct LargePayload {
  /// Ends with the frame's header and the packet up to its payload.
  var head: ByteBuffer
  var rest: ByteBuffer
  let maskKey: UInt32?
  /// Where `rest` begins in its frame's payload.
  var phase: Int

  /// The next bytes for the socket, copied because they are masked and the payload is not only ours.
  mutating func next() -> ByteBuffer? {
    if head.readableBytes > 0 {
      defer { head = ByteBuffer() }
      return head
    }
    guard let slice = rest.readSlice(length: min(rest.readableBytes, Self.pieceSize)),
      slice.readableBytes > 0
    else { return nil }
    var piece = ByteBufferAllocator().buffer(capacity: slice.readableBytes)
    piece.writeImmutableBuffer(slice)
    if let maskKey {
      piece.withUnsafeMutableReadableBytes { FrameMask.apply(maskKey, phase: phase, to: $0) }
    }
    phase += slice.readableBytes
    return piece
  }

  private static let pieceSize = 64 * 1024
}

/// A large message leaves piece by piece as the socket takes it, so that it is in memory once. What is sent
/// meanwhile collects in `outgoing`: nothing may stand between the bytes of a frame.
extension ConnectionHandler {
  /// Payloads from this size on are not copied whole, in bytes.
  static let largePayload = 256 * 1024

  /// Takes all of `outgoing` with it, so as to keep the order.
  func appendLarge(_ publish: Publish, length: Int) throws(EncodeError) {
    let headLength = length - publish.message.payload.readableBytes
    var maskKey: UInt32?
    _ = try outgoing.writeWithUnsafeMutableBytes(
      minimumWritableBytes: FrameEncoder.maximumHeaderLength + headLength
    ) { (bytes) throws(EncodeError) -> Int in
      guard isFramed else { return try publish.encodeHead(version, length: length, into: bytes) }
      let frame = frameEncoder.begin(.binary, payloadLength: length, in: bytes, at: 0)
      let room = UnsafeMutableRawBufferPointer(rebasing: bytes[frame.payloadIndex...])
      _ = try publish.encodeHead(version, length: length, into: room)
      maskKey = frame.maskKey
      if let maskKey {
        FrameMask.apply(maskKey, to: UnsafeMutableRawBufferPointer(rebasing: room[..<headLength]))
      }
      return frame.payloadIndex + headLength
    }
    largePayloads.append(
      LargePayload(head: outgoing, rest: publish.message.payload, maskKey: maskKey, phase: headLength))
    outgoing = ByteBuffer()
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
      } else {
        largePayloads.removeFirst()
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
