import Text

/// What a run moved, for its last line and its progress lines.
package struct RunCounters: Equatable, Sendable {
  package var messages = 0
  /// Of payloads.
  package var payloadBytes = 0
  /// Read from or written to the socket below TLS: frames, packets and topics included.
  package var wireBytes = 0
  package var reconnections = 0
  /// Messages known to be lost, such as QoS 2 messages in unknown state.
  package var lost = 0
  /// Messages that a filter kept from being printed.
  package var filtered = 0
  package var acknowledged = 0
  package var failed = 0

  package init() {}
}

/// The lines about a run as a whole; without line ends.
package enum RunSummary {
  /// `12,345 messages, 3.4 MiB payload (+18% on the wire), 14m22s, 14/s, 2 reconnections`
  package static func received(_ counters: RunCounters, in time: Duration) -> String {
    var parts = [Human.plural(counters.messages, "message")]
    if counters.filtered > 0 { parts.append("\(Human.grouped(counters.filtered)) filtered out") }
    parts.append(payload(counters))
    parts.append(contentsOf: pace(counters.messages, time))
    return (parts + troubles(counters)).joined(separator: ", ")
  }

  /// `12,345 messages sent, 12,300 acknowledged, 3 failed, 3.4 MiB payload, 12s, 1.0k/s`
  package static func sent(_ counters: RunCounters, in time: Duration) -> String {
    var parts = ["\(Human.plural(counters.messages, "message")) sent"]
    if counters.acknowledged > 0 { parts.append("\(Human.grouped(counters.acknowledged)) acknowledged") }
    if counters.failed > 0 { parts.append("\(Human.grouped(counters.failed)) failed") }
    parts.append(payload(counters))
    parts.append(contentsOf: pace(counters.messages, time))
    return (parts + troubles(counters)).joined(separator: ", ")
  }

  /// A line that stands while the work goes on: `1.2k messages, 340/s, 3.4 MiB, 14m22s`, or with a known
  /// end `1.2k of 20k (6%), 340/s, 3.4 MiB, 14m22s, 55s to go`. `rate` is of the last moments, a second.
  package static func progress(
    _ counters: RunCounters, of total: Int? = nil, rate: Double, in time: Duration
  ) -> String {
    var parts: [String] = []
    if let total, total > 0 {
      let percent = Int(Double(counters.messages) / Double(total) * 100)
      parts.append("\(Human.count(counters.messages)) of \(Human.count(total)) (\(percent)%)")
    } else {
      parts.append("\(Human.count(counters.messages)) message\(counters.messages == 1 ? "" : "s")")
    }
    parts.append("\(Human.count(Int(saturating: rate)))/s")
    parts.append(Human.bytes(counters.payloadBytes))
    parts.append(Human.duration(.seconds(time.components.seconds)))
    if let total, rate >= 1, total > counters.messages {
      let left = Double(total - counters.messages) / rate
      parts.append("\(Human.duration(.seconds(Int(saturating: left.rounded(.up))))) to go")
    }
    return (parts + troubles(counters)).joined(separator: ", ")
  }

  private static func payload(_ counters: RunCounters) -> String {
    let text = "\(Human.bytes(counters.payloadBytes)) payload"
    guard counters.wireBytes > counters.payloadBytes else { return text }
    guard counters.payloadBytes > 0 else { return "\(text) (\(Human.bytes(counters.wireBytes)) on the wire)" }
    let overhead = Double(counters.wireBytes - counters.payloadBytes) / Double(counters.payloadBytes)
    return "\(text) (+\(Int(saturating: (overhead * 100).rounded()))% on the wire)"
  }

  private static func pace(_ messages: Int, _ time: Duration) -> [String] {
    var parts = [Human.duration(time)]
    let seconds = time / .seconds(1)
    if seconds >= 1, messages > 1 {
      parts.append("\(Human.count(Int(saturating: Double(messages) / seconds)))/s")
    }
    return parts
  }

  private static func troubles(_ counters: RunCounters) -> [String] {
    var parts: [String] = []
    if counters.reconnections > 0 { parts.append(Human.plural(counters.reconnections, "reconnection")) }
    if counters.lost > 0 { parts.append("\(Human.grouped(counters.lost)) LOST") }
    return parts
  }
}

extension Int {
  /// The nearest integer that fits; 0 for what is no number.
  fileprivate init(saturating value: Double) {
    self = value.isNaN ? 0 : Int(exactly: Swift.min(Swift.max(value, -9e18), 9e18).rounded(.down)) ?? 0
  }
}
