import WebSocketTransport

/// Notices connections that worked and were cut soon, again and again: two clients with one identifier
/// throw each other out, and MQTT 3.1.1 (and some brokers in 5.0) cannot say so. Pure.
package struct QuickCuts: Sendable {
  private static let window = Duration.seconds(10)
  private static let most = 3

  private var cuts: [Duration] = []

  package init() {}

  /// - Parameter now: monotonic time since any fixed instant.
  /// - Returns: whether it looks like a fight.
  package mutating func isFight(_ error: ClientError, at now: Duration) -> Bool {
    guard case .transport(.closed(let reason, .open)) = error else { return false }
    switch reason {
    case .endOfStream, .reset, .closeFrame: break
    default: return false
    }
    cuts = cuts.filter { now - $0 < Self.window } + [now]
    return cuts.count >= Self.most
  }
}
