import MQTTSession
import Text

extension Workspace {
  /// A frozen view: what came later is kept and counted, and not shown.
  package struct Pause: Sendable {
    package var since: MonotonicTime
    /// `counters.messagesReceived` at that moment.
    package var messages: UInt64

    /// `paused 00:41, +49,204 behind · G or Space = catch up`
    func text(_ workspace: Workspace) -> String {
      let seconds = max(0, workspace.time.duration(since: since).components.seconds)
      let behind = Int(clamping: workspace.counters.messagesReceived &- messages)
      let clock = "\(Self.two(seconds / 60)):\(Self.two(seconds % 60))"
      return "paused \(clock), +\(Human.grouped(behind)) behind; G or Space = catch up"
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
  }
}
