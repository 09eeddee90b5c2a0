import Text

/// How well the load generator itself kept up: what it could not deliver must not be taken for the broker's.
package struct GeneratorCheck: Equatable, Sendable {
  /// Sent later than due although nothing but this process stood in the way.
  package var lag = LatencyHistogram()
  /// The event loop's timers: how much later than asked they fired.
  package var loopDelay = LatencyHistogram()
  /// Of this process while the load ran.
  package var cpuSeconds = 0.0
  package var wallSeconds = 0.0
  /// Broker and generator share a thread.
  package var sharesThread = false
  /// Clients that never had a connection.
  package var unconnected = 0

  package init() {}

  /// Of one core.
  package var cpuShare: Double { wallSeconds > 0 ? cpuSeconds / wallSeconds : 0 }

  mutating func add(_ other: GeneratorCheck) {
    lag.add(other.lag)
    loopDelay.add(other.loopDelay)
    cpuSeconds += other.cpuSeconds
    wallSeconds += other.wallSeconds
    sharesThread = sharesThread || other.sharesThread
    unconnected += other.unconnected
  }

  func problems(_ result: LoadResult) -> [String] {
    var problems: [String] = []
    if sharesThread {
      problems.append("the embedded broker of @demo runs in this process and takes its time")
    }
    if unconnected > 0 {
      problems.append(
        "\(Human.grouped(unconnected)) of \(Human.plural(result.clients, "client")) never connected")
    }
    if result.counters.unsent > 0 {
      let due = result.counters.sent + result.counters.unsent
      problems.append(
        "\(Human.grouped(Int(clamping: result.counters.unsent))) of \(Human.grouped(Int(clamping: due))) messages"
          + " that were due were never sent, and no percentile knows of them")
    }
    if result.senders > 0, wallSeconds >= 0.5, cpuShare > 0.9 {
      problems.append(
        "this process used \(Decimal.text(cpuShare * 100, digits: 0))% of its core: the rate may be its own limit"
      )
    }
    if let problem = lagProblem(result) { problems.append(problem) }
    return problems
  }

  /// Lag that makes up a good part of the latency it is in.
  private func lagProblem(_ result: LoadResult) -> String? {
    guard result.isOpenLoop, !lag.isEmpty else { return nil }
    let p99 = lag.percentile(99)
    let measured = result.latencies[.corrected] ?? result.latencies[.acknowledgement]
    let latency = measured?.percentile(99) ?? 0
    guard p99 > 1_000_000, latency == 0 || p99 > latency / 4 else { return nil }
    return "messages were sent late by this process itself: p99 \(TimeText.of(p99))"
  }
}

/// Times in reports.
enum TimeText {
  /// `850ns`, `12.3us`, `1.23ms`, `2.01s`.
  static func of(_ nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    let (scaled, unit): (Double, String) =
      switch nanoseconds {
      case ..<1000: (value, "ns")
      case ..<1_000_000: (value / 1e3, "us")
      case ..<1_000_000_000: (value / 1e6, "ms")
      default: (value / 1e9, "s")
      }
    if unit == "ns" { return "\(nanoseconds)ns" }
    let digits = scaled < 10 ? 2 : scaled < 100 ? 1 : 0
    return Decimal.text(scaled, digits: digits) + unit
  }
}
