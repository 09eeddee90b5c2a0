import NIOCore

/// Writes frames: header, payload behind it, mask in place. A client masks, a server does not.
///
/// Frames are never fragmented, for some servers cannot take a control frame between fragments.
package struct FrameEncoder: Sendable {
  /// A frame whose header is written and whose payload is not.
  package struct OpenFrame: Sendable {
    /// Absolute index of the payload in the buffer, or its offset in raw memory.
    package let payloadIndex: Int
    package let payloadLength: Int
    /// nil for a frame that stays plain.
    package let maskKey: UInt32?
  }

  private let masks: Bool
  private var maskKeys: MaskKeySource

  package init(role: FrameDecoder.Role, maskKeys: MaskKeySource = .system) {
    masks = role == .client
    self.maskKeys = maskKeys
  }

  /// Bytes of the longest header.
  package static let maximumHeaderLength = 14

  /// Bytes of the header of a frame.
  package func headerLength(payloadLength: Int) -> Int {
    (payloadLength < 126 ? 2 : payloadLength < 65_536 ? 4 : 10) + (masks ? 4 : 0)
  }

  /// Writes the header of a frame with exactly `payloadLength` bytes. Write them right behind it with
  /// nothing in between, then call `finish`. An empty binary frame is not to be sent: some brokers close.
  package mutating func begin(
    _ opcode: FrameOpcode = .binary, payloadLength: Int, in buffer: inout ByteBuffer
  ) -> OpenFrame {
    let key = masks ? maskKeys.next() : nil
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: payloadLength &+ Self.maximumHeaderLength) {
      header in
      Self.writeHeader(0x80 | opcode.rawValue, payloadLength: payloadLength, maskKey: key, to: header)
    }
    return OpenFrame(payloadIndex: buffer.writerIndex, payloadLength: payloadLength, maskKey: key)
  }

  /// Masks the payload where it stands.
  package func finish(_ frame: OpenFrame, in buffer: inout ByteBuffer) {
    assert(buffer.writerIndex == frame.payloadIndex + frame.payloadLength, "the payload is not as announced")
    guard let key = frame.maskKey else { return }
    let start = frame.payloadIndex &- buffer.readerIndex
    buffer.withUnsafeMutableReadableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      let count = min(frame.payloadLength, bytes.count &- start)
      FrameMask.apply(key, to: UnsafeMutableRawBufferPointer(start: base + start, count: count))
    }
  }

  /// As the other `begin`, into raw memory from `offset` on, which has room for the header and the payload:
  /// for many frames in one pass. The payload starts at `payloadIndex`, the next frame behind it.
  package mutating func begin(
    _ opcode: FrameOpcode = .binary, payloadLength: Int, in bytes: UnsafeMutableRawBufferPointer,
    at offset: Int
  ) -> OpenFrame {
    let key = masks ? maskKeys.next() : nil
    let room = UnsafeMutableRawBufferPointer(
      start: bytes.baseAddress.map { $0 + offset }, count: bytes.count &- offset)
    let length = Self.writeHeader(
      0x80 | opcode.rawValue, payloadLength: payloadLength, maskKey: key, to: room)
    return OpenFrame(payloadIndex: offset &+ length, payloadLength: payloadLength, maskKey: key)
  }

  /// Masks the payload where it stands. Static, because a caller that keeps its encoder in an object would
  /// copy it for a call that needs nothing of it.
  package static func finish(_ frame: OpenFrame, in bytes: UnsafeMutableRawBufferPointer) {
    guard let key = frame.maskKey, let base = bytes.baseAddress else { return }
    let payload = UnsafeMutableRawBufferPointer(start: base + frame.payloadIndex, count: frame.payloadLength)
    FrameMask.apply(key, to: payload)
  }

  /// A whole frame from bytes that exist already: `payload`'s readable bytes. A control frame's payload
  /// is cut at 125 bytes.
  package mutating func write(_ opcode: FrameOpcode, _ payload: ByteBuffer, into buffer: inout ByteBuffer) {
    var payload = payload
    if opcode.isControl && payload.readableBytes > 125 {
      payload.moveWriterIndex(to: payload.readerIndex + 125)
    }
    let frame = begin(opcode, payloadLength: payload.readableBytes, in: &buffer)
    buffer.writeImmutableBuffer(payload)
    finish(frame, in: &buffer)
  }

  /// A CLOSE; the reason is cut at 123 bytes, between characters. No code means an empty payload.
  package mutating func write(_ close: CloseFrame, into buffer: inout ByteBuffer) {
    var payload = ByteBuffer()
    if let code = close.code {
      payload.writeInteger(code.rawValue)
      payload.writeString(close.reasonThatFits)
    }
    write(.close, payload, into: &buffer)
  }

  /// The header by itself, for a caller that fills header, payload and mask in one pass over raw memory.
  /// `first` is FIN and opcode; `bytes` has room for 14. Returns the header's length.
  package static func writeHeader(
    _ first: UInt8, payloadLength: Int, maskKey: UInt32?, to bytes: UnsafeMutableRawBufferPointer
  ) -> Int {
    let maskBit: UInt8 = maskKey == nil ? 0 : 0x80
    var length: Int
    bytes[0] = first
    if payloadLength < 126 {
      bytes[1] = maskBit | UInt8(truncatingIfNeeded: payloadLength)
      length = 2
    } else if payloadLength < 65_536 {
      bytes[1] = maskBit | 126
      let short = UInt16(truncatingIfNeeded: payloadLength).bigEndian
      bytes.storeBytes(of: short, toByteOffset: 2, as: UInt16.self)
      length = 4
    } else {
      bytes[1] = maskBit | 127
      bytes.storeBytes(of: UInt64(payloadLength).bigEndian, toByteOffset: 2, as: UInt64.self)
      length = 10
    }
    if let key = maskKey {
      bytes.storeBytes(of: key.littleEndian, toByteOffset: length, as: UInt32.self)
      length &+= 4
    }
    return length
  }
}
