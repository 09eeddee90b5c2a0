import Text

/// Results as people read them. Targets and causes are foreign text: whoever prints it sanitises.
package struct BenchReport {
  /// What a text terminal shows.
  package var asciiOnly: Bool

  package init(asciiOnly: Bool) { self.asciiOnly = asciiOnly }

  /// One result, whole.
  package func text(_ result: LoadResult) -> String {
    var lines = [heading(result), "  " + Self.planText(result), ""]
    lines += counts(result)
    lines += latencies(result)
    if let histogram = result.latencies[.corrected] ?? result.latencies[.acknowledgement], histogram.count > 1
    {
      let isCorrected = result.latencies[.corrected] != nil
      lines += ["", isCorrected ? "corrected latency" : "time to the acknowledgement"]
      lines += Chart(asciiOnly: asciiOnly).distribution(histogram)
    }
    lines += chart(result)
    lines += ["", "generator: " + generator(result)]
    lines += remarks(result)
    return lines.joined(separator: "\n") + "\n"
  }

  private func heading(_ result: LoadResult) -> String {
    result.target + (result.isPartial ? "   PARTIAL: ended before its time" : "")
  }

  /// The plan in a line.
  static func planText(_ result: LoadResult) -> String {
    let plan = result.plan
    func count(_ key: String, _ noun: String) -> String? {
      plan[key]?.integer.flatMap { $0 > 0 ? Human.plural($0, noun) : nil }
    }
    var parts = [
      count("publishers", "publisher"), count("subscribers", "subscriber"),
      count("both", "publishing subscriber"), count("connections", "idle connection"),
    ].compactMap { $0 }
    guard result.senders > 0 else { return parts.joined(separator: ", ") }
    switch plan["pacing"]?.string {
    case "open":
      let rate = Decimal.rate(result.rate ?? 0)
      let group = plan["group"]?.integer ?? 1
      parts.append(
        "open loop, \(rate)/s in total, \(plan["arrival"]?.string ?? "even") arrivals"
          + (group > 1 ? " of \(group) at a time" : ""))
    case "closed": parts.append("closed loop, \(plan["in_flight"]?.integer ?? 0) in flight per client")
    default: parts.append("flat out")
    }
    parts.append("QoS \(plan["qos"]?.integer ?? 0)")
    if let size = plan["payload_bytes"]?.integer {
      parts.append("\(size) B")
    } else if let sizes = plan["payload_bytes"]?.string {
      parts.append("\(sizes) B")
    }
    return parts.joined(separator: ", ")
  }

  // MARK: - Parts

  private func counts(_ result: LoadResult) -> [String] {
    let counters = result.counters
    func number(_ value: UInt64) -> String { Human.grouped(Int(clamping: value)) }
    var lines: [String] = []
    if result.senders > 0 {
      lines.append("  sent       \(pad(number(counters.sent), 12))  \(Decimal.rate(result.sentRate))/s")
    }
    if result.receivers > 0, result.senders > 0 {
      lines.append(
        "  received   \(pad(number(counters.received), 12))  \(Decimal.rate(result.receivedRate))/s"
          + "   lost \(number(counters.lost)), duplicates \(number(counters.duplicates)), "
          + "reordered \(number(counters.reordered))")
    }
    if counters.acknowledged > 0 { lines.append("  acked      \(pad(number(counters.acknowledged), 12))") }
    lines.append(
      "  connected  \(pad(number(counters.connects), 12))  of \(Human.plural(result.clients, "client"))")
    let troubles = [
      ("never sent", counters.unsent), ("refused", counters.refused),
      ("failed attempts to connect", counters.connectFailures), ("connections lost", counters.disconnects),
      ("failed subscriptions", counters.subscribeFailures), ("late", counters.late),
      ("not of this run", counters.foreign),
    ].filter { $0.1 > 0 }.map { "\(number($0.1)) \($0.0)" }
    if !troubles.isEmpty { lines.append("  errors     " + troubles.joined(separator: ", ")) }
    for cause in result.causes.prefix(5) { lines.append("    \(Human.grouped(cause.count)) x \(cause.text)") }
    return lines
  }

  private func latencies(_ result: LoadResult) -> [String] {
    let kinds = LatencyKind.allCases.filter { result.latencies[$0] != nil }
    guard !kinds.isEmpty else { return [] }
    let names = ["p50", "p90", "p99", "p99.9", "p99.99", "max", "count"]
    var lines = ["", row("latency", names)]
    for kind in kinds {
      guard let histogram = result.latencies[kind] else { continue }
      let values = histogram.percentiles([50, 90, 99, 99.9, 99.99]).map(TimeText.of)
      lines.append(
        row(
          kind.title,
          values + [TimeText.of(histogram.maximum), Human.grouped(Int(clamping: histogram.count))]))
    }
    return lines
  }

  private func row(_ title: String, _ cells: [String]) -> String {
    "  " + title + String(repeating: " ", count: max(1, 10 - title.count))
      + cells.map { pad($0, 10) }.joined()
  }

  private func chart(_ result: LoadResult) -> [String] {
    let received = result.receivers > 0
    let rates = result.series.points.map { received ? $0.receivedRate : $0.sentRate }
    guard rates.count > 1, result.senders > 0 else { return [] }
    let length = result.series.points.last.map { $0.start + $0.length } ?? 0
    return ["", received ? "received a second" : "sent a second"]
      + Chart(asciiOnly: asciiOnly).series(rates, seconds: length)
  }

  private func generator(_ result: LoadResult) -> String {
    let check = result.generator
    var parts = ["\(Decimal.text(check.cpuShare * 100, digits: 1))% of a core"]
    if !check.lag.isEmpty {
      parts.append(
        "schedule lag p99 \(TimeText.of(check.lag.percentile(99))), max \(TimeText.of(check.lag.maximum))")
    }
    if !check.loopDelay.isEmpty {
      parts.append("event loop delay max \(TimeText.of(check.loopDelay.maximum))")
    }
    parts.append(Human.plural(Int(clamping: result.counters.sendStalls), "send stall"))
    return parts.joined(separator: ", ")
  }

  private func remarks(_ result: LoadResult) -> [String] {
    result.notes.map { "note: \($0)" } + result.distrust.map { "not trusted: \($0)" }
  }

  // MARK: - Several results

  /// A line for each rate.
  package func curve(_ results: [LoadResult], verdicts: [Bool?] = []) -> String {
    var lines = [cells(["rate", "sent/s", "received/s", "p50", "p99", "p99.9", "max", "lost", ""])]
    for (index, result) in results.enumerated() {
      let times = result.latencies[.corrected] ?? result.latencies[.acknowledgement]
      let values = times?.percentiles([50, 99, 99.9]).map(TimeText.of) ?? ["-", "-", "-"]
      var verdict = index < verdicts.count ? verdicts[index].map { $0 ? "holds" : "fails" } ?? "" : ""
      if !result.distrust.isEmpty { verdict += verdict.isEmpty ? "not trusted" : ", not trusted" }
      lines.append(
        cells(
          [Decimal.rate(result.rate ?? 0), Decimal.rate(result.sentRate), Decimal.rate(result.receivedRate)]
            + values + [times.map { TimeText.of($0.maximum) } ?? "-", "\(result.counters.lost)", verdict]))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func cells(_ values: [String]) -> String {
    var text = ""
    for (index, value) in values.enumerated() {
      text +=
        index == values.count - 1 ? (value.isEmpty ? "" : "  " + value) : pad(value, index == 0 ? 9 : 11)
    }
    return text
  }

  package func text(_ comparison: Comparison, rounds: Int) -> String {
    var lines = [
      "compared in \(Human.plural(rounds, "round")), each against the first; 95% confidence in brackets", "",
    ]
    for (index, column) in comparison.columns.enumerated() {
      lines.append("\(index + 1). \(column.result.target)")
      for row in column.rows {
        var line = "   " + row.metric + String(repeating: " ", count: max(1, 12 - row.metric.count))
        line += pad(value(row), 10)
        if let ratio = row.ratio {
          line += pad("x" + Decimal.text(ratio, digits: 2), 9)
          if let confidence = row.confidence {
            line += "  [\(Decimal.text(confidence.lowerBound, digits: 2)), "
            line += "\(Decimal.text(confidence.upperBound, digits: 2))]"
            if !row.isSignificant { line += " no difference shown" }
          }
        }
        lines.append(line)
      }
      for problem in column.result.distrust { lines.append("   not trusted: \(problem)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func value(_ row: Comparison.Row) -> String {
    switch row.metric {
    case "throughput": Decimal.rate(row.value) + "/s"
    case "CPU": Decimal.text(row.value * 100, digits: 1) + "%"
    default: TimeText.of(UInt64(max(row.value, 0) * 1e9))
    }
  }

  package func text(_ baseline: Baseline) -> String {
    var lines = ["against \(baseline.name)"]
    if !baseline.differences.isEmpty {
      lines.append("  note: the plans differ in \(baseline.differences.joined(separator: ", "))")
    }
    lines.append(
      "  " + ["metric", "before", "now", "change"].enumerated().map { pad($1, $0 == 0 ? 12 : 12) }.joined())
    for row in baseline.rows {
      let values = [row.before, row.now].map { value in
        row.isTime ? TimeText.of(UInt64(max(value, 0) * 1e9)) : Decimal.rate(value)
      }
      let change = row.change.map { ($0 >= 0 ? "+" : "") + Decimal.text($0, digits: 1) + "%" } ?? "-"
      lines.append("  " + pad(row.metric, 12) + values.map { pad($0, 12) }.joined() + pad(change, 12))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension Decimal {
  /// A rate or count: whole above 100, else with up to two digits behind the point.
  static func rate(_ value: Double) -> String {
    if value >= 100 { return Human.grouped(Int(min(value, 9e15).rounded())) }
    let text = Decimal.text(value, digits: 2)
    guard text.contains(".") else { return text }
    var short = text[...]
    while short.hasSuffix("0") { short.removeLast() }
    if short.hasSuffix(".") { short.removeLast() }
    return String(short)
  }
}
