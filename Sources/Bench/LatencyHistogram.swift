import Histogram

/// Times in nanoseconds from 1 ns to an hour, three significant digits: constant memory, exact merging.
package struct LatencyHistogram: Equatable, Sendable {
  /// What does not fit is recorded as this.
  package static let highest: UInt64 = 3_600_000_000_000
  static let lowest: UInt64 = 1
  static let digits = 3

  var counts = Histogram<UInt64>(
    lowestDiscernibleValue: lowest, highestTrackableValue: highest, numberOfSignificantValueDigits: .three)

  package init() {}

  /// Negative times, which only a broken clock gives, count as 0.
  @inline(__always)
  package mutating func record(_ nanoseconds: Int64) {
    counts.record(min(UInt64(max(nanoseconds, 0)), Self.highest))
  }

  mutating func record(_ nanoseconds: UInt64, count: UInt64) {
    counts.record(min(nanoseconds, Self.highest), count: count)
  }

  package mutating func add(_ other: LatencyHistogram) { counts.add(other.counts) }
  package mutating func reset() { counts.reset() }

  package var count: UInt64 { counts.totalCount }
  package var isEmpty: Bool { counts.totalCount == 0 }
  package var mean: Double { counts.mean }
  package var minimum: UInt64 { isEmpty ? 0 : counts.lowestEquivalentForValue(counts.min) }
  package var maximum: UInt64 { counts.max }

  /// The highest value that counts as equal to the one at that rank, as in the other implementations.
  package func percentile(_ percentile: Double) -> UInt64 {
    percentiles([percentile])[0]
  }

  /// Of ascending percentiles, in one pass.
  package func percentiles(_ wanted: [Double]) -> [UInt64] {
    // The rank is rounded to the nearest, as HdrHistogram's Python and C versions do.
    let ranks = wanted.map { max(1, UInt64((min($0, 100) / 100 * Double(count) + 0.5).rounded(.down))) }
    var values: [UInt64] = []
    if !isEmpty {
      for step in counts.recordedValues() {
        while values.count < ranks.count, step.totalCountToThisValue >= ranks[values.count] {
          values.append(counts.highestEquivalentForValue(step.value))
        }
        if values.count == ranks.count { break }
      }
    }
    while values.count < wanted.count { values.append(maximum) }
    return values
  }

  /// The counts above 0 in ascending order, with the value that stands for each.
  func forEach(_ body: (_ value: UInt64, _ count: UInt64) -> Void) {
    for step in counts.recordedValues() { body(step.value, step.count) }
  }

  /// How many are at most `nanoseconds`, rounded up to the next border of counts.
  package func count(upTo nanoseconds: UInt64) -> UInt64 {
    counts.count(within: 0...min(nanoseconds, Self.highest))
  }
}
