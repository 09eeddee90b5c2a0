import MQTTPackets
import NIOCore

/// Packets out of bytes that come in pieces. What is whole is decoded where it stands; a packet that
/// does not end where its bytes do is collected, and nothing is reserved for what its header claims.
struct PacketStream {
  var decoder: PacketDecoder
  /// The beginning of a packet.
  private var partial = ByteBuffer()

  init(_ decoder: PacketDecoder) { self.decoder = decoder }

  /// Forgets the packet that has begun.
  mutating func discard() { partial = ByteBuffer() }

  /// The next packet that ends before `end`; nil when the bytes are used up. Indices are absolute.
  mutating func next(
    in buffer: ByteBuffer, from index: inout Int, to end: Int
  ) throws(DecodeError) -> Packet? {
    if partial.readableBytes > 0 { return try collect(buffer, &index, end) }
    guard index < end else { return nil }
    let first = buffer.readerIndex
    let header = try buffer.withUnsafeReadableBytes { [decoder, index] (bytes) throws(DecodeError) in
      try decoder.header(UnsafeRawBufferPointer(rebasing: bytes[..<(end - first)]), at: index - first)
    }
    guard let header, header.totalLength <= end - index else {
      if let rest = buffer.getSlice(at: index, length: end - index) {
        partial = ByteBuffer(bytes: rest.readableBytesView)
      }
      index = end
      return nil
    }
    let packet = try decoder.decode(header, in: buffer, at: index)
    index += header.totalLength
    return packet
  }

  /// Adds bytes to the packet that has begun: byte by byte while its header is not whole, then what
  /// it still lacks.
  private mutating func collect(
    _ buffer: ByteBuffer, _ index: inout Int, _ end: Int
  ) throws(DecodeError) -> Packet? {
    var header = try partialHeader()
    while header == nil, index < end {
      partial.writeInteger(buffer.getInteger(at: index, as: UInt8.self) ?? 0)
      index += 1
      header = try partialHeader()
    }
    guard let header else { return nil }
    let length = min(header.totalLength - partial.readableBytes, end - index)
    if length > 0, let rest = buffer.getSlice(at: index, length: length) {
      partial.writeImmutableBuffer(rest)
      index += length
    }
    guard partial.readableBytes == header.totalLength else { return nil }
    let whole = partial
    partial = ByteBuffer()
    return try decoder.decode(header, in: whole, at: whole.readerIndex)
  }

  private func partialHeader() throws(DecodeError) -> PacketHeader? {
    try partial.withUnsafeReadableBytes { (bytes) throws(DecodeError) in
      try decoder.header(bytes, at: 0)
    }
  }
}
