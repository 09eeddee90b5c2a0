import Text

/// The JSON document of `--json`: one result in full, and beside it whatever a sweep, a search or a
/// comparison made of several. `LoadResult(document:)` reads the result back, histograms and all.
package struct BenchDocument {
  static let format = "mqttws-bench-1"

  /// A condition that was to be held, and whether it was met by some result.
  package struct Check: Equatable, Sendable {
    package var condition: String
    /// The condition describes a failure.
    package var failed: Bool

    package init(condition: String, failed: Bool) {
      self.condition = condition
      self.failed = failed
    }
  }

  package var version: String
  /// Of the machine: names and values.
  package var environment: [(name: String, value: JSONValue)] = []
  /// The one whose keys stand at the top.
  package var result: LoadResult
  package var sweep: [LoadResult] = []
  package var search: RateSearch.Outcome?
  package var comparison: Comparison?
  package var baseline: Baseline?
  package var checks: [Check] = []

  package init(version: String, result: LoadResult) {
    self.version = version
    self.result = result
  }

  package func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("format", Self.format)
    writer.field("version", version)
    writer.key("environment")
    writer.beginObject()
    for (name, value) in environment {
      writer.key(name)
      writer.value(value)
    }
    writer.endObject()
    result.writeFields(to: &writer)
    if !sweep.isEmpty { writeArray("sweep", sweep, &writer) { $0.writeObject(to: &$1) } }
    if let search { search.write(to: &writer) }
    if let comparison { comparison.write(to: &writer) }
    if let baseline { baseline.write(to: &writer) }
    if !checks.isEmpty {
      writeArray("checks", checks, &writer) { check, writer in
        writer.beginObject()
        writer.field("fail_if", check.condition)
        writer.field("failed", check.failed)
        writer.endObject()
      }
    }
    writer.endObject()
    return writer.text + "\n"
  }

  private func writeArray<Element>(
    _ key: String, _ elements: [Element], _ writer: inout JSONWriter,
    _ body: (Element, inout JSONWriter) -> Void
  ) {
    writer.key(key)
    writer.beginArray()
    for element in elements { body(element, &writer) }
    writer.endArray()
  }
}

extension LoadResult {
  func writeObject(to writer: inout JSONWriter) {
    writer.beginObject()
    writeFields(to: &writer)
    writer.endObject()
  }

  func writeFields(to writer: inout JSONWriter) {
    writer.field("target", target)
    writer.field("started_at_ns", Int(startedAt))
    writer.key("plan")
    writer.value(plan)
    writer.field("open_loop", isOpenLoop)
    writer.key("rate")
    if let rate { writer.value(rate) } else { writer.null() }
    writer.field("clients", clients)
    writer.field("senders", senders)
    writer.field("receivers", receivers)
    writer.field("partial", isPartial)
    let problems = distrust
    writer.field("trusted", problems.isEmpty)
    writeTexts("not_trusted", problems, &writer)
    writeTexts("notes", notes, &writer)
    writer.key("counts")
    writer.beginObject()
    for field in Counters.fields { writer.field(field.name, Int(clamping: counters[keyPath: field.path])) }
    writer.field("errors", Int(clamping: counters.errors))
    writer.endObject()
    writeCauses(&writer)
    writer.key("throughput")
    writer.beginObject()
    writer.field("sending_s", sendingTime)
    writer.field("receiving_s", receivingTime)
    writer.field("sent_per_s", sentRate)
    writer.field("received_per_s", receivedRate)
    writer.endObject()
    writeLatencies(&writer)
    writeGenerator(&writer)
    writeSeries(&writer)
  }

  private func writeTexts(_ key: String, _ texts: [String], _ writer: inout JSONWriter) {
    writer.key(key)
    writer.beginArray()
    for text in texts { writer.value(text) }
    writer.endArray()
  }

  private func writeCauses(_ writer: inout JSONWriter) {
    writer.key("causes")
    writer.beginArray()
    for cause in causes {
      writer.beginObject()
      writer.field("text", cause.text)
      writer.field("count", cause.count)
      writer.endObject()
    }
    writer.endArray()
  }

  private func writeLatencies(_ writer: inout JSONWriter) {
    for group in ["latency", "connect"] {
      writer.key(group)
      writer.beginObject()
      for kind in LatencyKind.allCases where kind.path[0] == group {
        guard let histogram = latencies[kind] else { continue }
        writer.key(kind.path[1])
        histogram.write(to: &writer)
      }
      writer.endObject()
    }
    if let histogram = latencies[.subscribe] {
      writer.key("subscribe")
      histogram.write(to: &writer)
    }
  }

  private func writeGenerator(_ writer: inout JSONWriter) {
    writer.key("self_check")
    writer.beginObject()
    writer.key("schedule_lag")
    generator.lag.write(to: &writer)
    writer.key("loop_delay")
    generator.loopDelay.write(to: &writer)
    writer.field("cpu_s", generator.cpuSeconds)
    writer.field("wall_s", generator.wallSeconds)
    writer.field("cpu_share", generator.cpuShare)
    writer.field("shares_thread", generator.sharesThread)
    writer.field("unconnected", generator.unconnected)
    writer.endObject()
  }

  private func writeSeries(_ writer: inout JSONWriter) {
    writer.key("series")
    writer.beginArray()
    for point in series.points {
      writer.beginObject()
      writer.field("start_s", point.start)
      writer.field("length_s", point.length)
      writer.field("sent", Int(clamping: point.sent))
      writer.field("received", Int(clamping: point.received))
      writer.field("acknowledged", Int(clamping: point.acknowledged))
      writer.field("connected", point.connected)
      writer.field("disconnects", Int(clamping: point.disconnects))
      writer.field("p50_ns", Int(clamping: point.p50))
      writer.field("p99_ns", Int(clamping: point.p99))
      writer.field("max_ns", Int(clamping: point.maximum))
      writer.endObject()
    }
    writer.endArray()
  }
}

extension LatencyHistogram {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("count", Int(clamping: count))
    writer.field("min_ns", Int(clamping: minimum))
    writer.field("mean_ns", mean)
    for (step, value) in zip(Metrics.percentiles, percentiles(Metrics.percentiles.map(\.value))) {
      writer.field(step.key, Int(clamping: value))
    }
    writer.field("max_ns", Int(clamping: maximum))
    writer.field("hdr", encoded())
    writer.endObject()
  }
}
