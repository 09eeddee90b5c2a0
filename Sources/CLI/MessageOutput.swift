/// Where formatted messages go, away from the event loop.
protocol MessageOutput: AnyObject {
  /// Hands over `bytes`, which are then empty, up to and including message `sequence`.
  /// - Returns: false when so much waits that the caller should stop producing.
  func append(_ bytes: inout [UInt8], sequence: UInt64) -> Bool

  /// Whether everything that was handed over has been written, and its receiver told so.
  var isDrained: Bool { get }
}
