/// Which fields an expression may name.
package enum Vocabulary: Equatable, Sendable {
  /// What a received or recorded message has: `--filter`, `--expect`, recordings.
  case messages
  /// In addition what only an observed connection has: direction, packet types, frames, times.
  case wire
  /// The figures of a measurement: `--fail-if`.
  case metrics([Metric])
}

/// A named figure of a measurement.
package struct Metric: Equatable, Sendable {
  package enum Unit: Equatable, Sendable {
    /// Seconds; literals may carry `us`, `ms`, `s`, `m` or `h`.
    case duration
    /// Literals may carry `k`, `M` or `G`, powers of 1000.
    case number
  }

  /// Letters, digits, `_` and `.`, beginning with a letter: `ack.p99`.
  package let name: String
  package let unit: Unit

  package init(_ name: String, _ unit: Unit) {
    self.name = name
    self.unit = unit
  }
}
