import Client

/// Everything that can change a model. It reads no clock and no descriptor: the times come along.
package enum Event: Sendable {
  case key(Key)
  case mouse(Mouse)
  /// Bracketed paste: text for a prompt or a form, never keys.
  case paste([UInt8])
  case resize(Size)
  /// Time went by.
  case tick
  case batch(IngestBatch)
  /// What the tap reported, in order and from the beginning of a connection; times are the model's clock's.
  case wire([TraceEvent])
  case connection(ConnectionUpdate)
  case health(HealthFigures)
  case result(CommandResult)
  /// One line for the message area, of ours or of the library below.
  case note(Note)
}
