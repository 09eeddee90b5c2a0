import MQTTSession

/// Messages and bytes a second over about the last second, from exact counters.
struct TrafficRate: Sendable {
  private(set) var messagesIn = 0.0
  private(set) var messagesOut = 0.0
  private(set) var bytesIn = 0.0
  private var base = TrafficCounters()
  private var start: MonotonicTime?

  /// Call it often; the figures change once a second.
  mutating func update(_ counters: TrafficCounters, at time: MonotonicTime) {
    guard let begun = start, counters.messagesReceived >= base.messagesReceived else {
      start = time
      base = counters
      return
    }
    let seconds = time.duration(since: begun) / .seconds(1)
    guard seconds >= 1 else { return }
    messagesIn = Double(counters.messagesReceived &- base.messagesReceived) / seconds
    messagesOut = Double(counters.messagesSent &- base.messagesSent) / seconds
    bytesIn = Double(counters.bytesReceived &- base.bytesReceived) / seconds
    start = time
    base = counters
  }
}
