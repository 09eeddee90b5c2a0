import NIOCore

/// Finds the frames in a stream of bytes, RFC 6455 5, and checks every rule on the way.
package struct FrameDecoder: Sendable {
  /// Which end reads: a client wants its peer's frames unmasked, a server wants them masked.
  package enum Role: UInt8, Sendable { case client, server }

  /// `maximumFrameSize` counts payload bytes and is never taken below 125, so that control frames fit.
  package init(role: Role, maximumFrameSize: Int, maximumFragments: Int = 65_536) {
  }

  /// The step at `offset`; call again at its `payloadEnd` until it says `needMore`. Bytes from a
  /// `needMore` on must come again at the front of the next call, with more behind them.
  package mutating func next(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(WebSocketViolation) -> FrameStep {
    FrameStep(
      kind: .needMore, fin: false, startsFrame: false, endsFrame: false, headerLength: 0,
      payloadStart: offset, payloadEnd: offset)
  }

  /// As `next`, and the step's payload is unmasked in place when the frame is masked (server role).
  package mutating func next(
    unmasking bytes: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(WebSocketViolation) -> FrameStep {
    try next(UnsafeRawBufferPointer(bytes), at: offset)
  }

  /// The header of the frame the last step belonged to.
  package var header: FrameHeader? { nil }
}
