/// Formatted messages on their way to one writer, and which of them have been written.
///
/// Lives on the event loop. A message that leaves nothing to write counts as written once what came
/// before it is.
final class OutputLane {
  /// Formatted and not yet handed over.
  var bytes: [UInt8] = []
  /// Every message up to this one is written.
  private(set) var delivered: UInt64 = 0
  /// The last message that was formatted, or left out.
  private var last: UInt64 = 0
  /// Set right after the start; the writer calls back into the owner of the lane.
  var writer: (any MessageOutput)?

  /// Gives what waits to the writer; `sequence` is the last message seen.
  /// - Returns: false when so much waits that the caller should stop producing.
  func handOver(upTo sequence: UInt64) -> Bool {
    last = sequence
    guard let writer else { return true }
    if !bytes.isEmpty { return writer.append(&bytes, sequence: sequence) }
    if writer.isDrained { delivered = sequence }
    return true
  }

  /// Gives what waits and then a large payload, both of message `sequence`, to the writer; the caller should
  /// stop producing.
  func handOver(_ payload: LargeOutput, of sequence: UInt64) {
    last = sequence
    guard let writer else { return }
    if !bytes.isEmpty { _ = writer.append(&bytes, sequence: sequence - 1) }
    writer.append(payload, sequence: sequence)
  }

  /// The writer is done with everything up to this message.
  func written(upTo sequence: UInt64) {
    guard let writer else { return }
    delivered = bytes.isEmpty && writer.isDrained ? last : sequence
  }

  /// Nothing more can be written, and so nothing more be acknowledged.
  func fail() { writer = nil }

  /// Whether nothing is on its way, or ever will be.
  var isDrained: Bool { writer?.isDrained ?? true }
}
