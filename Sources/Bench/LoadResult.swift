import Text

/// Everything that one run of load measured; what reports, comparisons and merges are made from.
package struct LoadResult: Sendable {
  /// As the user may see it: no secrets.
  package var target: String
  /// For the document, as it was when the run began.
  package var plan: JSONValue
  /// Messages a second of all senders that were asked for; nil outside an open loop.
  package var rate: Double?
  package var isOpenLoop = true
  package var senders = 0
  package var receivers = 0
  package var clients = 0
  package var counters = Counters()
  package var latencies: [LatencyKind: LatencyHistogram] = [:]
  package var series = TimeSeries()
  package var generator = GeneratorCheck()
  /// Nanoseconds since 1970, of the start of the load.
  package var startedAt: Int64 = 0
  /// Seconds from the start of the load to the last message sent, and to the last one received.
  package var sendingTime = 0.0
  package var receivingTime = 0.0
  /// A signal or a time limit ended it.
  package var isPartial = false
  /// What explains the figures and is no fault of the generator.
  package var notes: [String] = []
  /// Errors that were seen, with how often, most frequent first.
  package var causes: [(text: String, count: Int)] = []

  package init(target: String, plan: JSONValue) {
    self.target = target
    self.plan = plan
  }

  package var sentRate: Double { sendingTime > 0 ? Double(counters.sent) / sendingTime : 0 }
  package var receivedRate: Double { receivingTime > 0 ? Double(counters.received) / receivingTime : 0 }
  /// Messages a second that came through.
  package var throughput: Double { receivers > 0 && senders > 0 ? receivedRate : sentRate }

  /// Why the figures are not to be trusted; empty when they are.
  package var distrust: [String] { generator.problems(self) }

  /// Adds what another run of the same plan measured: a further round, or another shard.
  package mutating func add(_ other: LoadResult, isConcurrent: Bool) {
    counters.add(other.counters)
    for (kind, histogram) in other.latencies { latencies[kind, default: LatencyHistogram()].add(histogram) }
    generator.add(other.generator)
    isPartial = isPartial || other.isPartial
    for note in other.notes where !notes.contains(note) { notes.append(note) }
    for cause in other.causes { count(cause.text, cause.count) }
    if isConcurrent {
      senders += other.senders
      receivers += other.receivers
      clients += other.clients
      startedAt = min(startedAt, other.startedAt)
      if let rate, let more = other.rate { self.rate = rate + more } else { rate = nil }
      sendingTime = max(sendingTime, other.sendingTime)
      receivingTime = max(receivingTime, other.receivingTime)
      series.addConcurrent(other.series)
    } else {
      series.addLater(other.series)
      sendingTime += other.sendingTime
      receivingTime += other.receivingTime
    }
  }

  /// In what the plan of `other` differs, but for the numbers that shards divide.
  package func planDifferences(_ other: LoadResult) -> [String] {
    let divided = ["publishers", "subscribers", "both", "connections", "rate", "messages", "connect_rate"]
    return (plan.members ?? []).filter { !divided.contains($0.key) && other.plan[$0.key] != $0.value }.map(
      \.key)
  }

  package mutating func count(_ cause: String, _ times: Int = 1) {
    if let index = causes.firstIndex(where: { $0.text == cause }) {
      causes[index].count += times
    } else if causes.count < 20 {
      causes.append((cause, times))
    }
  }
}

extension TimeSeries {
  /// Of another process that ran at the same time: point by point, as they were cut alike.
  mutating func addConcurrent(_ other: TimeSeries) {
    var joined = points
    for (index, point) in other.points.enumerated() {
      guard index < joined.count else {
        joined.append(point)
        continue
      }
      joined[index].sent += point.sent
      joined[index].received += point.received
      joined[index].acknowledged += point.acknowledged
      joined[index].connected += point.connected
      joined[index].disconnects += point.disconnects
      joined[index].p50 = max(joined[index].p50, point.p50)
      joined[index].p99 = max(joined[index].p99, point.p99)
      joined[index].maximum = max(joined[index].maximum, point.maximum)
    }
    self = TimeSeries(points: joined)
  }

  /// Of a later run.
  mutating func addLater(_ other: TimeSeries) {
    let end = points.last.map { $0.start + $0.length } ?? 0
    for var point in other.points {
      point.start += end
      append(point)
    }
  }
}
