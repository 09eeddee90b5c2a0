/// The fixed header of a packet whose type, flags and length were found legal.
package struct PacketHeader: Equatable, Sendable {
  package let type: PacketType
  /// The low four bits of the first byte: DUP, QoS and RETAIN of a PUBLISH.
  package let flags: UInt8
  // Narrow, so that the whole value travels in registers.
  private let narrowLength: UInt8
  private let narrowRemainingLength: UInt32

  init(type: PacketType, flags: UInt8, length: UInt8, remainingLength: UInt32) {
    self.type = type
    self.flags = flags
    self.narrowLength = length
    self.narrowRemainingLength = remainingLength
  }

  /// Of the fixed header itself: 2 to 5 bytes.
  package var length: Int { Int(narrowLength) }
  /// The bytes after the fixed header: at most 268,435,455.
  package var remainingLength: Int { Int(narrowRemainingLength) }
  package var totalLength: Int { length + remainingLength }

  /// Of a PUBLISH.
  package var isAtMostOnce: Bool { flags & 0b0110 == 0 }

  /// The header of the same packet cut off after `totalLength` bytes. Only a PUBLISH is still one then,
  /// as long as the cut is in its payload.
  package func clipped(to totalLength: Int) -> PacketHeader {
    let rest = max(min(totalLength, self.totalLength) - length, 0)
    return PacketHeader(
      type: type, flags: flags, length: narrowLength, remainingLength: UInt32(truncatingIfNeeded: rest))
  }
}
