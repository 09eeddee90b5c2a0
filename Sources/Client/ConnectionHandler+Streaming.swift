import MQTTPackets
import NIOCore

/// A large message of QoS 0 goes to the owner as it comes, if it wants that: nothing of its payload is kept.
/// Never at QoS 1 and 2: there the peer may send it again from its first byte.
extension ConnectionHandler {
  /// Begins with a message of which `index..<end` is there, but not all.
  /// - Returns: the index of the first byte that is to be kept, as `decodePackets` does.
  @inline(never)
  func startStreaming(
    _ header: PacketHeader, in buffer: ByteBuffer, from index: Int, to end: Int
  ) throws(DecodeError) -> Int {
    guard owner.payloadStream != nil, header.type == .publish, header.isAtMostOnce,
      header.totalLength >= Self.largePayload
    else { return index }
    let headLength = buffer.withUnsafeReadableBytes { bytes in
      let start = index - buffer.readerIndex
      return packetDecoder.headLength(
        header, UnsafeRawBufferPointer(rebasing: bytes[start..<(end - buffer.readerIndex)]))
    }
    guard let headLength else { return index }
    let publish = try packetDecoder.decodePublish(header.clipped(to: headLength), in: buffer, at: index)
    let length = header.totalLength - headLength
    guard owner.began(publish, payloadLength: length) else { return index }
    owner.tally.packetsReceived &+= 1
    streamedRest = length
    return goOnStreaming(buffer, from: index + headLength, to: end)
  }

  /// - Returns: the index behind what belongs to the payload.
  func goOnStreaming(_ buffer: ByteBuffer, from start: Int, to end: Int) -> Int {
    let count = min(streamedRest, end - start)
    guard count > 0, let part = buffer.getSlice(at: start, length: count) else { return start }
    streamedRest -= count
    owner.streamed(part, left: streamedRest)
    return start + count
  }
}
