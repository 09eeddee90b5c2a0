import Expression

/// The figures that conditions may name, and their values.
package enum Metrics {
  static let percentiles: [(name: String, key: String, value: Double)] = [
    ("p50", "p50_ns", 50), ("p75", "p75_ns", 75), ("p90", "p90_ns", 90), ("p95", "p95_ns", 95),
    ("p99", "p99_ns", 99), ("p999", "p99_9_ns", 99.9), ("p9999", "p99_99_ns", 99.99),
  ]

  /// All names, whether or not a plan measures them.
  package static let all: [Metric] = {
    var metrics: [Metric] = []
    for kind in LatencyKind.allCases {
      for name in percentiles.map(\.name) + ["min", "mean", "max"] {
        metrics.append(Metric(kind.prefix + name, .duration))
      }
    }
    for field in Counters.fields { metrics.append(Metric(field.name, .number)) }
    for name in ["errors", "throughput", "sent_rate", "received_rate", "cpu"] {
      metrics.append(Metric(name, .number))
    }
    return metrics + [Metric("lag", .duration)]
  }()

  /// Why a run of this plan has no such figure; nil when it has.
  package static func whyMissing(_ name: String, in plan: LoadPlan, usesTLS: Bool) -> String? {
    let kind = LatencyKind.allCases.filter { !$0.prefix.isEmpty && name.hasPrefix($0.prefix) }
      .max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    let isTime = all.contains { $0.name == name && $0.unit == .duration } && name != "lag"
    guard isTime || name == "lost" || name == "duplicates" || name == "reordered" else { return nil }
    switch isTime ? kind ?? .corrected : .corrected {
    case .corrected, .raw:
      if plan.measuresLatency { return nil }
      if plan.senders == 0 { return "nothing is published" }
      return plan.receivers == 0 ? "nobody subscribes" : "the payloads carry no header"
    case .acknowledgement, .rawAcknowledgement:
      return plan.measuresAcknowledgements ? nil : "nothing is acknowledged at QoS 0"
    case .tls: return usesTLS ? nil : "the target uses no TLS"
    case .subscribe: return plan.receivers > 0 ? nil : "nobody subscribes"
    case .connect, .dns, .tcp, .upgrade, .connAck: return nil
    }
  }

  /// Times in seconds; nil for what was not measured.
  package static func value(_ name: String, of result: LoadResult) -> Double? {
    if let field = Counters.fields.first(where: { $0.name == name }) {
      return Double(result.counters[keyPath: field.path])
    }
    switch name {
    case "errors": return Double(result.counters.errors)
    case "throughput": return result.throughput
    case "sent_rate": return result.sentRate
    case "received_rate": return result.receivedRate
    case "cpu": return result.generator.cpuShare
    case "lag": return Double(result.generator.lag.percentile(99)) / 1e9
    default: return time(name, of: result)
    }
  }

  private static func time(_ name: String, of result: LoadResult) -> Double? {
    for kind in LatencyKind.allCases where name.hasPrefix(kind.prefix) {
      let rest = String(name.dropFirst(kind.prefix.count))
      guard let histogram = result.latencies[kind], !histogram.isEmpty else { continue }
      if let percentile = percentiles.first(where: { $0.name == rest }) {
        return Double(histogram.percentile(percentile.value)) / 1e9
      }
      switch rest {
      case "min": return Double(histogram.minimum) / 1e9
      case "mean": return histogram.mean / 1e9
      case "max": return Double(histogram.maximum) / 1e9
      default: continue
      }
    }
    return nil
  }

  /// Whether `condition` holds for what was measured.
  package static func holds(_ condition: Expression, for result: LoadResult) -> Bool {
    condition.matches(metrics: { value($0, of: result) })
  }
}
