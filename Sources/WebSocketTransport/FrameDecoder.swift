/// Finds the frames in a stream of bytes, RFC 6455 5, and checks every rule on the way.
///
/// Theory of operation: the caller walks one read buffer from offset to offset. A data frame is handed on
/// as its bytes arrive, so no frame is ever collected and no length that a peer claims reserves anything;
/// what is left of the frame is a number. A control frame is handed on whole, which needs 131 bytes at
/// most. Rules are checked at the first byte that can break them, so the verdict does not depend on how
/// the bytes were cut. Fragments are told apart from whole messages only to check their order and to
/// count them: the payload is a stream anyway ([MQTT-6.0.0-2]).
package struct FrameDecoder: Sendable {
  /// Which end reads: a client wants its peer's frames unmasked, a server wants them masked.
  package enum Role: UInt8, Sendable { case client, server }

  private let role: Role
  private let maximumFrameSize: Int
  private let maximumFragments: Int
  /// Nothing is open and a plain unmasked frame may come: the fast path's one question.
  private var expectsPlainFrame: Bool
  private var sawClose = false
  /// Payload bytes of the current data frame that have not come yet.
  private var remaining = 0
  /// Frames of the message that is open; 0 between messages.
  private var fragments = 0
  /// Bytes behind us since the upgrade.
  private var position: UInt64 = 0
  private var lastHeader: Header?

  /// `maximumFrameSize` counts payload bytes and is never taken below 125, so that control frames fit.
  package init(role: Role, maximumFrameSize: Int, maximumFragments: Int = 65_536) {
    self.role = role
    self.maximumFrameSize = max(maximumFrameSize, 125)
    self.maximumFragments = maximumFragments
    expectsPlainFrame = role == .client
  }

  /// The step at `offset`; call again at its `payloadEnd` until it says `needMore`. Bytes from a
  /// `needMore` on must come again at the front of the next call, with more behind them.
  package mutating func next(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(WebSocketViolation) -> FrameStep {
    let available = bytes.count &- offset
    if expectsPlainFrame && available >= 2 {
      let length = Int(bytes[offset &+ 1])
      if bytes[offset] == 0x82 && length < 126 && length &+ 2 <= available {
        position &+= UInt64(truncatingIfNeeded: length &+ 2)
        lastHeader = Header(first: 0x82, masked: false, length: 2, mask: 0, payloadLength: length)
        return FrameStep(
          kind: .data, fin: true, startsFrame: true, endsFrame: true, headerLength: 2,
          payloadStart: offset &+ 2, payloadEnd: offset &+ 2 &+ length)
      }
    }
    return try anyStep(bytes, at: offset)
  }

  /// As `next`, and the step's payload is unmasked in place when the frame is masked (server role).
  package mutating func next(
    unmasking bytes: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(WebSocketViolation) -> FrameStep {
    let step = try next(UnsafeRawBufferPointer(bytes), at: offset)
    guard step.payloadStart < step.payloadEnd, let header = lastHeader, header.masked,
      step.kind != .needMore && step.kind != .afterClose
    else { return step }
    let phase = header.payloadLength &- remaining &- step.payload.count
    let start = bytes.baseAddress.map { $0 + step.payloadStart }
    FrameMask.apply(
      header.mask, phase: phase, to: UnsafeMutableRawBufferPointer(start: start, count: step.payload.count))
    return step
  }

  /// The header of the frame that the last step belonged to, for traces; nil before the first frame.
  package var header: FrameHeader? {
    guard let last = lastHeader, let opcode = FrameOpcode(rawValue: last.first & 0x0F) else { return nil }
    return FrameHeader(
      fin: last.first & 0x80 != 0, opcode: opcode, mask: last.masked ? last.mask : nil,
      payloadLength: last.payloadLength, headerLength: last.length)
  }

  /// A frame's header as read: the first byte is checked, the length is within the limit.
  private struct Header {
    let first: UInt8
    let masked: Bool
    let length: Int
    let mask: UInt32
    let payloadLength: Int
  }
}

// MARK: - Every other step

extension FrameDecoder {
  @inline(never)
  private mutating func anyStep(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(WebSocketViolation) -> FrameStep {
    guard offset < bytes.count else { return needMore(at: offset) }
    if sawClose { return afterClose(bytes, at: offset) }
    if remaining > 0 { return payloadStep(bytes, at: offset, header: nil) }
    guard let header = try readHeader(bytes, at: offset) else { return needMore(at: offset) }
    if header.first & 0x08 != 0 { return controlStep(header, bytes, at: offset) }

    lastHeader = header
    position &+= UInt64(header.length)
    remaining = header.payloadLength
    fragments = header.first & 0x80 != 0 ? 0 : fragments + 1
    return payloadStep(bytes, at: offset + header.length, header: header)
  }

  private mutating func payloadStep(
    _ bytes: UnsafeRawBufferPointer, at start: Int, header: Header?
  ) -> FrameStep {
    let count = min(remaining, bytes.count - start)
    remaining -= count
    position &+= UInt64(count)
    expectsPlainFrame = role == .client && remaining == 0 && fragments == 0
    return FrameStep(
      kind: .data, fin: (lastHeader?.first ?? 0) & 0x80 != 0, startsFrame: header != nil,
      endsFrame: remaining == 0, headerLength: UInt8(truncatingIfNeeded: header?.length ?? 0),
      payloadStart: start, payloadEnd: start + count)
  }

  private mutating func controlStep(
    _ header: Header, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) -> FrameStep {
    let start = offset + header.length
    let end = start + header.payloadLength
    guard end <= bytes.count else { return needMore(at: offset) }
    lastHeader = header
    position &+= UInt64(end - offset)
    let kind: FrameStep.Kind
    switch header.first & 0x0F {
    case FrameOpcode.ping.rawValue: kind = .ping
    case FrameOpcode.pong.rawValue: kind = .pong
    default:
      kind = .close
      sawClose = true
      expectsPlainFrame = false
    }
    return FrameStep(
      kind: kind, fin: true, startsFrame: true, endsFrame: true,
      headerLength: UInt8(truncatingIfNeeded: header.length), payloadStart: start, payloadEnd: end)
  }

  private mutating func afterClose(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> FrameStep {
    position &+= UInt64(bytes.count - offset)
    return FrameStep(
      kind: .afterClose, fin: false, startsFrame: false, endsFrame: false, headerLength: 0,
      payloadStart: offset, payloadEnd: bytes.count)
  }

  private func needMore(at offset: Int) -> FrameStep {
    FrameStep(
      kind: .needMore, fin: false, startsFrame: false, endsFrame: false, headerLength: 0,
      payloadStart: offset, payloadEnd: offset)
  }
}

// MARK: - Headers and their rules

extension FrameDecoder {
  /// nil while bytes of the header are missing.
  private func readHeader(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(WebSocketViolation) -> Header? {
    let available = bytes.count - offset
    let first = bytes[offset]
    try checkFirst(first)
    guard available >= 2 else { return nil }
    let second = bytes[offset + 1]
    try checkSecond(second, isControl: first & 0x08 != 0)

    let masked = second & 0x80 != 0
    let short = Int(second & 0x7F)
    let extra = short < 126 ? 0 : short == 126 ? 2 : 8
    guard available >= 2 + extra else { return nil }
    let payloadLength =
      extra == 0 ? short : try longLength(bytes, at: offset + 2, size: extra)
    guard payloadLength <= maximumFrameSize else {
      throw violation(
        .frameTooLarge, "RFC 6455 7.4.1",
        "a frame of \(payloadLength) bytes is over the limit of \(maximumFrameSize)", .messageTooBig)
    }
    let length = 2 + extra + (masked ? 4 : 0)
    guard available >= length else { return nil }
    let mask =
      masked
      ? UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 2 + extra, as: UInt32.self)) : 0
    return Header(first: first, masked: masked, length: length, mask: mask, payloadLength: payloadLength)
  }

  private func longLength(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, size: Int
  ) throws(WebSocketViolation) -> Int {
    if size == 2 {
      let length = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
      guard length >= 126 else { throw notMinimal("16", UInt64(length)) }
      return Int(length)
    }
    let length = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    guard length < 1 << 63 else {
      throw violation(
        .lengthTooLarge, "RFC 6455 5.2", "the top bit of a 64-bit length is set", .protocolError)
    }
    guard length > 0xFFFF else { throw notMinimal("64", length) }
    return Int(length)
  }

  private func notMinimal(_ bits: String, _ length: UInt64) -> WebSocketViolation {
    violation(
      .lengthNotMinimal, "RFC 6455 5.2", "a length of \(length) in the \(bits)-bit form", .protocolError)
  }

  private func checkFirst(_ first: UInt8) throws(WebSocketViolation) {
    guard first & 0x70 == 0 else {
      throw violation(
        .reservedBits, "RFC 6455 5.2", "reserved bits \(first >> 4 & 7) are set, no extension was agreed",
        .protocolError)
    }
    guard let opcode = FrameOpcode(rawValue: first & 0x0F) else {
      throw violation(.reservedOpcode, "RFC 6455 5.2", "reserved opcode \(first & 0x0F)", .protocolError)
    }
    if opcode.isControl {
      guard first & 0x80 != 0 else {
        throw violation(
          .controlFragmented, "RFC 6455 5.5", "a \(opcode.name) frame without FIN", .protocolError)
      }
      return
    }
    try checkOrder(opcode)
    guard opcode != .text else {
      throw violation(
        .textFrame, "[MQTT-6.0.0-1]", "a text frame where MQTT needs binary ones", .unsupportedData)
    }
  }

  private func checkOrder(_ opcode: FrameOpcode) throws(WebSocketViolation) {
    switch (opcode, fragments) {
    case (.continuation, 0):
      throw violation(
        .continuationWithoutStart, "RFC 6455 5.4", "a continuation frame with nothing to continue",
        .protocolError)
    case (.continuation, maximumFragments...):
      throw violation(
        .tooManyFragments, "RFC 6455 7.4.1", "a message of more than \(maximumFragments) fragments",
        .messageTooBig)
    case (.text, 1...), (.binary, 1...):
      throw violation(
        .dataInsideFragments, "RFC 6455 5.4", "a new \(opcode.name) frame inside a fragmented message",
        .protocolError)
    default: return
    }
  }

  private func checkSecond(_ second: UInt8, isControl: Bool) throws(WebSocketViolation) {
    let masked = second & 0x80 != 0
    if role == .client && masked {
      throw violation(.maskedByServer, "RFC 6455 5.1", "a masked frame from the server", .protocolError)
    }
    if role == .server && !masked {
      throw violation(.unmaskedByClient, "RFC 6455 5.1", "an unmasked frame from the client", .protocolError)
    }
    if isControl && second & 0x7F > 125 {
      throw violation(
        .controlTooLong, "RFC 6455 5.5", "a control frame with more than 125 bytes", .protocolError)
    }
  }

  private func violation(
    _ kind: WebSocketViolation.Kind, _ rule: String, _ detail: String, _ closeCode: CloseCode
  ) -> WebSocketViolation {
    WebSocketViolation(kind, rule: rule, detail: detail, closeCode: closeCode, offset: position)
  }
}
