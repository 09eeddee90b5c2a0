import NIOCore

extension Packet {
  /// The bytes that `encode` writes, fixed header included. A CONNECT has its own version.
  package func encodedLength(_ version: ProtocolVersion) -> Int { 0 }

  /// Appends the packet. Whatever it accepts, a `PacketDecoder` of that version accepts too, apart
  /// from what depends on the direction.
  package func encode(_ version: ProtocolVersion, into buffer: inout ByteBuffer) throws(EncodeError) {}
}

extension Publish {
  /// The bytes that `encode` writes, fixed header included.
  package func encodedLength(_ version: ProtocolVersion) -> Int { 0 }

  /// Appends the packet; `length` is what `encodedLength` said (a frame header in front needed it).
  package func encode(
    _ version: ProtocolVersion, length: Int, into buffer: inout ByteBuffer
  ) throws(EncodeError) {}
}
