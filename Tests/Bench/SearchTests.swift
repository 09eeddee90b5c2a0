import Expression
import Text
import Testing

@testable import Bench

struct SearchTests {
  private func result(_ rate: Double, p50: Int64 = 1_000_000) -> LoadResult {
    var result = LoadResult(target: "t", plan: LoadPlan().json)
    result.rate = rate
    result.senders = 1
    result.receivers = 1
    result.clients = 2
    result.counters.sent = 1000
    result.counters.received = 1000
    result.sendingTime = 1
    result.receivingTime = 1
    var histogram = LatencyHistogram()
    for step in 0..<1000 { histogram.record(p50 + Int64(step) * 100) }
    result.latencies[.corrected] = histogram
    return result
  }

  /// A broker that bears exactly this rate.
  @Test(arguments: [1.0, 37, 999, 1000, 12_345, 480_000])
  func findsTheHighestRate(_ capacity: Double) {
    var search = RateSearch(condition: "p99 < 10ms", from: 1000)
    while let rate = search.next { search.record(result(rate), holds: rate <= capacity) }
    let best = search.outcome.best ?? 0
    #expect(best <= capacity)
    #expect(best * 1.07 >= capacity, "\(best)")
    #expect(search.steps.count <= RateSearch.maximumSteps)
  }

  @Test func sayingNoToEverythingEnds() {
    var search = RateSearch(condition: "p99 < 1ns", from: 1000)
    while let rate = search.next { search.record(result(rate), holds: false) }
    #expect(search.outcome.best == nil)
  }

  @Test func ratiosAndTheirConfidence() throws {
    let slow = [2.0, 2.2, 1.8, 2.1, 1.9].map { result(1000, p50: Int64($0 * 1e8)) }
    let fast = [1.0, 1.1, 0.9, 1.05, 0.95].map { result(1000, p50: Int64($0 * 1e8)) }
    let comparison = Comparison([fast, slow])
    let row = try #require(comparison.columns[1].rows.first { $0.metric == "p50" })
    #expect(abs((row.ratio ?? 0) - 2) < 0.01)
    #expect(row.confidence?.contains(2) == true)
    #expect(row.isSignificant)
    #expect(comparison.columns[0].rows.allSatisfy { $0.ratio == nil })
    let same = Comparison([fast, fast.reversed()])
    #expect(same.columns[1].rows.first { $0.metric == "p50" }?.isSignificant == false)
    #expect(comparison.columns[1].result.counters.sent == 5000)
  }

  @Test func aDocumentComesBackWhole() throws {
    var original = result(1000)
    original.counters.lost = 3
    original.generator.lag.record(5)
    original.notes = ["quote \" and \u{1}"]
    original.count("cause", 2)
    original.isPartial = true
    var point = TimeSeries.Point(start: 0, length: 1)
    point.sent = 9
    original.series.append(point)
    let text = BenchDocument(version: "1", result: original).json()
    let read = try LoadResult(document: JSONParser.parse(text, limit: 1 << 20))
    #expect(read.counters == original.counters)
    #expect(read.series == original.series)
    #expect(read.notes == original.notes)
    #expect(read.isPartial)
    #expect(read.latencies[.corrected]?.encoded() == original.latencies[.corrected]?.encoded())
    #expect(read.plan == original.plan)
    var document = BenchDocument(version: "1", result: read)
    document.environment = []
    #expect(document.json() == text)
  }

  @Test(arguments: ["{}", "[]", #"{"format":"mqttws-bench-1"}"#, #"{"format":"mqttws-bench-2","counts":{}}"#])
  func otherDocumentsAreRefused(_ text: String) throws {
    let value = try JSONParser.parse(text, limit: 1000)
    #expect(throws: LoadResult.Unreadable.self) { try LoadResult(document: value) }
  }

  @Test func shardsAddUp() throws {
    var merged = result(1000)
    for _ in 0..<3 { merged.add(result(1000), isConcurrent: true) }
    #expect(merged.counters.sent == 4000)
    #expect(merged.rate == 4000)
    #expect(merged.clients == 8)
    #expect(merged.receivedRate == 4000)
    #expect(merged.latencies[.corrected]?.count == 4000)
  }

  @Test(arguments: [
    ("p99 > 1ms", true), ("p50 < 1ms", false), ("lost > 0", false), ("throughput < 1.5k", true),
    ("received == 1000", true), ("ack.p99 > 1ns", false), ("errors > 0 or max > 1s", false),
  ])
  func conditionsSeeTheFigures(_ text: String, holds: Bool) throws {
    let condition = try Expression(text, for: .metrics(Metrics.all))
    #expect(Metrics.holds(condition, for: result(1000)) == holds)
  }

  @Test func figuresThatAPlanDoesNotGiveAreKnownBeforehand() {
    var plan = LoadPlan()
    #expect(Metrics.whyMissing("p99", in: plan, usesTLS: false) == nil)
    #expect(Metrics.whyMissing("ack.p99", in: plan, usesTLS: false) != nil)
    #expect(Metrics.whyMissing("connect.tls.p50", in: plan, usesTLS: false) != nil)
    #expect(Metrics.whyMissing("connect.tls.p50", in: plan, usesTLS: true) == nil)
    plan.hasHeader = false
    #expect(Metrics.whyMissing("p99", in: plan, usesTLS: false) == "the payloads carry no header")
    #expect(Metrics.whyMissing("lost", in: plan, usesTLS: false) != nil)
    plan.subscribers = 0
    #expect(Metrics.whyMissing("raw.p50", in: plan, usesTLS: false) == "nobody subscribes")
    plan.qos = 1
    #expect(Metrics.whyMissing("ack.p99", in: plan, usesTLS: false) == nil)
  }

  @Test func aLongSeriesStaysBoundedAndWhole() {
    var series = TimeSeries()
    for second in 0..<20_000 {
      var point = TimeSeries.Point(start: Double(second), length: 1)
      point.sent = 1
      series.append(point)
    }
    #expect(series.points.count <= TimeSeries.maximumPoints)
    #expect(series.points.reduce(0) { $0 + $1.sent } == 20_000)
    #expect(series.points.last.map { $0.start + $0.length } == 20_000)
  }
}
