import Text

extension LoadResult {
  /// A document that is no result of this version of `bench --json`.
  package struct Unreadable: Error, Equatable {
    package let reason: String
  }

  /// Reads what `BenchDocument.json` wrote.
  package init(document: JSONValue) throws(Unreadable) {
    guard document["format"]?.string == BenchDocument.format else {
      throw Unreadable(reason: "no document of 'mqttws bench --json' (format \(BenchDocument.format))")
    }
    self.init(target: document["target"]?.string ?? "", plan: document["plan"] ?? .null)
    startedAt = Int64(document["started_at_ns"]?.integer ?? 0)
    isOpenLoop = document["open_loop"]?.bool ?? true
    rate = document["rate"]?.double
    clients = document["clients"]?.integer ?? 0
    senders = document["senders"]?.integer ?? 0
    receivers = document["receivers"]?.integer ?? 0
    isPartial = document["partial"]?.bool ?? false
    notes = (document["notes"]?.array ?? []).compactMap(\.string)
    guard let counts = document["counts"] else { throw Unreadable(reason: "'counts' is missing") }
    for field in Counters.fields {
      counters[keyPath: field.path] = UInt64(clamping: counts[field.name]?.integer ?? 0)
    }
    for cause in document["causes"]?.array ?? [] {
      if let text = cause["text"]?.string { count(text, cause["count"]?.integer ?? 1) }
    }
    sendingTime = document["throughput"]?["sending_s"]?.double ?? 0
    receivingTime = document["throughput"]?["receiving_s"]?.double ?? 0
    for kind in LatencyKind.allCases {
      let value = kind.path.reduce(document as JSONValue?) { $0?[$1] }
      if let histogram = try Self.histogram(value, kind.path.joined(separator: ".")) {
        latencies[kind] = histogram
      }
    }
    generator = try Self.generator(document["self_check"])
    series = TimeSeries(points: (document["series"]?.array ?? []).map(TimeSeries.Point.init(document:)))
  }

  private static func histogram(_ value: JSONValue?, _ name: String) throws(Unreadable) -> LatencyHistogram? {
    guard let value else { return nil }
    guard let text = value["hdr"]?.string else {
      throw Unreadable(reason: "\(name) has no histogram ('hdr')")
    }
    do throws(LatencyHistogram.Unreadable) {
      return try LatencyHistogram(encoded: text)
    } catch {
      throw Unreadable(reason: "the histogram of \(name): \(error.reason)")
    }
  }

  private static func generator(_ value: JSONValue?) throws(Unreadable) -> GeneratorCheck {
    var check = GeneratorCheck()
    if let lag = try histogram(value?["schedule_lag"], "self_check.schedule_lag") { check.lag = lag }
    if let delay = try histogram(value?["loop_delay"], "self_check.loop_delay") { check.loopDelay = delay }
    check.cpuSeconds = value?["cpu_s"]?.double ?? 0
    check.wallSeconds = value?["wall_s"]?.double ?? 0
    check.sharesThread = value?["shares_thread"]?.bool ?? false
    check.unconnected = value?["unconnected"]?.integer ?? 0
    return check
  }
}

extension TimeSeries.Point {
  init(document: JSONValue) {
    func count(_ name: String) -> UInt64 { UInt64(clamping: document[name]?.integer ?? 0) }
    self.init(start: document["start_s"]?.double ?? 0, length: document["length_s"]?.double ?? 0)
    sent = count("sent")
    received = count("received")
    acknowledged = count("acknowledged")
    connected = document["connected"]?.integer ?? 0
    disconnects = count("disconnects")
    p50 = count("p50_ns")
    p99 = count("p99_ns")
    maximum = count("max_ns")
  }
}
