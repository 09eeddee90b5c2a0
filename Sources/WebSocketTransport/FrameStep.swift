/// What a `FrameDecoder` found at one place of a read buffer.
package struct FrameStep: Equatable, Sendable {
  package enum Kind: UInt8, Sendable {
    /// Nothing more can be told from these bytes: keep what is at `payloadStart` and beyond, and read.
    case needMore
    /// Payload bytes of a data frame, as many as there are; perhaps none.
    case data
    /// A complete control frame; its payload is 0...125 bytes.
    case ping
    case pong
    case close
    /// Bytes behind a CLOSE: to be ignored.
    case afterClose

    /// Spelled out because the one that Swift derives is a call through a table from another target,
    /// twice the cost of a whole step.
    @inlinable package static func == (left: Kind, right: Kind) -> Bool {
      switch (left, right) {
      case (.needMore, .needMore), (.data, .data), (.ping, .ping), (.pong, .pong), (.close, .close),
        (.afterClose, .afterClose):
        true
      default: false
      }
    }
  }

  package let kind: Kind
  /// The frame's FIN bit.
  package let fin: Bool
  /// The frame's header lies in this buffer, right before `payloadStart`.
  package let startsFrame: Bool
  /// The payload ends at `payloadEnd`.
  package let endsFrame: Bool
  /// 0 when the frame began in an earlier buffer.
  package let headerLength: UInt8
  package let payloadStart: Int
  /// Also the offset of the next step.
  package let payloadEnd: Int

  @inlinable package init(
    kind: Kind, fin: Bool, startsFrame: Bool, endsFrame: Bool, headerLength: UInt8, payloadStart: Int,
    payloadEnd: Int
  ) {
    self.kind = kind
    self.fin = fin
    self.startsFrame = startsFrame
    self.endsFrame = endsFrame
    self.headerLength = headerLength
    self.payloadStart = payloadStart
    self.payloadEnd = payloadEnd
  }

  /// The payload's place in the buffer.
  @inlinable package var payload: Range<Int> { Range(uncheckedBounds: (payloadStart, payloadEnd)) }
}
