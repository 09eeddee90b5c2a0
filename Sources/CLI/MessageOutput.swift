import NIOCore
import Presentation

/// Where formatted messages go, away from the event loop.
protocol MessageOutput: AnyObject {
  /// Hands over `bytes`, which are then empty, up to and including message `sequence`.
  /// - Returns: false when so much waits that the caller should stop producing.
  func append(_ bytes: inout [UInt8], sequence: UInt64) -> Bool

  /// Hands over the rest of message `sequence` without a copy; the caller should stop producing until it is
  /// written.
  func append(_ payload: LargeOutput, sequence: UInt64)

  /// Whether everything that was handed over has been written, and its receiver told so.
  var isDrained: Bool { get }
}

extension MessageOutput {
  /// For outputs to which a copy makes no difference.
  func append(_ payload: LargeOutput, sequence: UInt64) {
    var (coder, bytes) = (payload.coder, [UInt8]())
    payload.payload.withUnsafeReadableBytes { coder.append($0, to: &bytes) }
    coder.finish(&bytes)
    bytes += payload.end
    _ = append(&bytes, sequence: sequence)
  }
}

/// A payload that is put out from where it lies, and what follows it.
struct LargeOutput: Sendable {
  let payload: ByteBuffer
  let coder: PayloadCoder
  let end: [UInt8]
}
