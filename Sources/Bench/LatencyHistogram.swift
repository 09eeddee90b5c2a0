import Histogram

/// Times in nanoseconds from 1 ns to an hour, three significant digits: constant memory, exact merging.
package struct LatencyHistogram: Equatable, Sendable {
  /// What does not fit is recorded as this.
  package static let highest: UInt64 = 3_600_000_000_000
  static let lowest: UInt64 = 1
  static let digits = 3

  var counts = Self.none
  /// Every histogram begins as this: as long as it has no values, it takes no memory of its own.
  private static let none = Histogram<UInt64>(
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

  package mutating func add(_ other: LatencyHistogram) {
    if isEmpty { self = other } else if !other.isEmpty { counts.add(other.counts) }
  }

  package mutating func reset() { counts = Self.none }

  package var count: UInt64 { counts.totalCount }
  package var isEmpty: Bool { counts.totalCount == 0 }
  package var mean: Double {
    var sum = 0.0
    forEach { sum += Double(counts.medianEquivalentForValue($0)) * Double($1) }
    return isEmpty ? 0 : sum / Double(count)
  }

  package var minimum: UInt64 { isEmpty ? 0 : counts.lowestEquivalentForValue(counts.min) }
  package var maximum: UInt64 { counts.max }

  /// The highest value that counts as equal to the one at that rank, as in the other implementations.
  package func percentile(_ percentile: Double) -> UInt64 {
    percentiles([percentile])[0]
  }

  /// Of ascending percentiles, in one pass as far as it has to go.
  package func percentiles(_ wanted: [Double]) -> [UInt64] {
    // The rank is rounded to the nearest, as HdrHistogram's Python and C versions do.
    let ranks = wanted.map { max(1, UInt64((min($0, 100) * Double(count) / 100 + 0.5).rounded(.down))) }
    var values: [UInt64] = []
    var total: UInt64 = 0
    whileEach { value, count in
      total += count
      while values.count < ranks.count, total >= ranks[values.count] {
        values.append(counts.highestEquivalentForValue(value))
      }
      return values.count < ranks.count
    }
    while values.count < wanted.count { values.append(maximum) }
    return values
  }

  /// The counts above 0 in ascending order, with the lowest value of each. (The library's own iteration adds
  /// up all values, and traps when 64 bits do not hold the sum.)
  func forEach(_ body: (_ value: UInt64, _ count: UInt64) -> Void) {
    whileEach { value, count in
      body(value, count)
      return true
    }
  }

  /// As `forEach`, until `body` returns false.
  private func whileEach(_ body: (_ value: UInt64, _ count: UInt64) -> Bool) {
    guard !isEmpty else { return }
    for index in Self.index(of: minimum)...Self.index(of: counts.maxRecorded) {
      let value = Self.value(at: index)
      let count = counts.countForValue(value)
      if count > 0, !body(value, count) { return }
    }
  }
}
