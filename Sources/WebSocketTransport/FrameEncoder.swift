import NIOCore

/// Writes frames: header, payload behind it, mask in place. A client masks, a server does not.
///
/// Frames are never fragmented, for some servers cannot take a control frame between fragments.
package struct FrameEncoder: Sendable {
  /// A frame whose header is written and whose payload is not.
  package struct OpenFrame: Sendable {
    /// Absolute index of the payload in the buffer.
    package let payloadIndex: Int
    package let payloadLength: Int
    package let maskKey: UInt32?
  }

  package init(role: FrameDecoder.Role, maskKeys: MaskKeySource = .system) {
  }

  /// Bytes of the header of a frame.
  package func headerLength(payloadLength: Int) -> Int { 0 }

  /// Writes the header of a frame with exactly `payloadLength` bytes. Write them right behind it with
  /// nothing in between, then call `finish`. An empty binary frame is not to be sent: some brokers close.
  package mutating func begin(
    _ opcode: FrameOpcode = .binary, payloadLength: Int, in buffer: inout ByteBuffer
  ) -> OpenFrame {
    OpenFrame(payloadIndex: 0, payloadLength: 0, maskKey: nil)
  }

  /// Masks the payload where it stands.
  package func finish(_ frame: OpenFrame, in buffer: inout ByteBuffer) {
  }

  /// A whole frame from bytes that exist already: `payload`'s readable bytes.
  package mutating func write(_ opcode: FrameOpcode, _ payload: ByteBuffer, into buffer: inout ByteBuffer) {
  }

  /// A CLOSE; the reason is cut at 123 bytes, between characters.
  package mutating func write(_ close: CloseFrame, into buffer: inout ByteBuffer) {
  }
}
