import MQTTSession
import Text

extension Workspace {
  /// A frozen view: what came later is kept and counted, and not shown.
  package struct Pause: Sendable {
    package var since: MonotonicTime
    /// `counters.messagesReceived` at that moment.
    package var messages: UInt64

    /// `paused 00:41, +49,204 behind · 1,024 evicted while paused · G or Space = catch up`
    func text(_ workspace: Workspace, _ glyphs: Glyphs) -> String {
      let seconds = max(0, workspace.time.duration(since: since).components.seconds)
      let behind = Int(clamping: workspace.counters.messagesReceived &- messages)
      let clock = "\(Self.two(seconds / 60)):\(Self.two(seconds % 60))"
      var parts = ["paused \(clock), +\(Human.grouped(behind)) behind"]
      let evicted = workspace.store.evictedWhilePaused
      if evicted > 0 { parts.append("\(Human.grouped(evicted)) evicted while paused") }
      if workspace.store.isPauseIncomplete { parts.append("some counts go on") }
      return (parts + ["G or Space = catch up"]).joined(separator: " \(glyphs.dot) ")
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
  }
}
