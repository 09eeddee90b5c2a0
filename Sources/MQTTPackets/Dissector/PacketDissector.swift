import NIOCore

/// Takes a packet apart for people: every field with its bytes, its value in words and its rule.
///
/// The verdict is the decoder's alone: a packet that it refuses is shown up to the place that it names,
/// then what is wrong there, then the rest as bytes. The fields of the highest level tile the bytes.
package enum PacketDissector {
  /// - Parameters:
  ///   - bytes: a packet from its first byte; it may be cut short when `error` is known or the packet is
  ///     longer than what was kept of it.
  ///   - version: of the connection; a CONNECT is read as the version it names.
  ///   - error: why the packet was refused, when that is known; else the decoder is asked.
  package static func fields(
    _ bytes: ByteBuffer, version: ProtocolVersion, direction: PacketDecoder.Direction,
    error: DecodeError? = nil
  ) -> [Field] {
    let decoder = PacketDecoder(version: version, direction: direction)
    var header: PacketHeader?
    var error = error
    do throws(DecodeError) {
      header = try bytes.withUnsafeReadableBytes { (bytes) throws(DecodeError) in
        try decoder.header(bytes, at: 0)
      }
      if error == nil, let header, header.totalLength <= bytes.readableBytes {
        _ = try decoder.decode(header, in: bytes, at: bytes.readerIndex)
      }
    } catch let found {
      error = error ?? found
    }
    return bytes.withUnsafeReadableBytes { bytes in
      let count = min(header?.totalLength ?? bytes.count, bytes.count)
      var walker = FieldWalker(
        UnsafeRawBufferPointer(rebasing: bytes[..<count]), version: version, direction: direction, error)
      walker.walk()
      return walker.fields
    }
  }

  /// The places of what must not be shown: passwords and authentication data, and what cannot be told
  /// apart from them.
  package static func secretRanges(in fields: [Field]) -> [Range<Int>] {
    fields.flatMap { field -> [Range<Int>] in
      guard field.isSecret else { return secretRanges(in: field.children) }
      // Lengths and the property's identifier stay: the packet keeps its shape.
      let head =
        field.isDamaged ? 0 : field.name == "Password" ? 2 : field.name == "Authentication Data" ? 3 : 0
      return [min(field.range.lowerBound + head, field.range.upperBound)..<field.range.upperBound]
    }.filter { !$0.isEmpty }
  }
}
