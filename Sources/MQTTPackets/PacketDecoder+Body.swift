import NIOCore

extension PacketDecoder {
  /// The complete packet with this header whose first byte is at `index` of `buffer`, an absolute
  /// index within its readable bytes. Payloads and binary properties are slices, not copies.
  package func decode(
    _ header: PacketHeader, in buffer: ByteBuffer, at index: Int
  ) throws(DecodeError) -> Packet {
    throw DecodeError(
      .malformed, packet: header.type, field: "", offset: 0, rule: "", detail: "not built yet",
      version: version)
  }

  /// `decode` for a header of type PUBLISH, without the detour over `Packet`.
  package func decodePublish(
    _ header: PacketHeader, in buffer: ByteBuffer, at index: Int
  ) throws(DecodeError) -> Publish {
    throw DecodeError(
      .malformed, packet: header.type, field: "", offset: 0, rule: "", detail: "not built yet",
      version: version)
  }
}
