/// The fields in front of a frame's payload, for traces and dissectors. The hot path uses `FrameStep`.
package struct FrameHeader: Equatable, Sendable {
  package let fin: Bool
  package let opcode: FrameOpcode
  /// nil when the frame is not masked. The low byte is the first one on the wire.
  package let mask: UInt32?
  package let payloadLength: Int
  /// Bytes of the header itself, mask key included: 2 to 14.
  package let headerLength: Int

  package init(fin: Bool, opcode: FrameOpcode, mask: UInt32?, payloadLength: Int, headerLength: Int) {
    self.fin = fin
    self.opcode = opcode
    self.mask = mask
    self.payloadLength = payloadLength
    self.headerLength = headerLength
  }
}
