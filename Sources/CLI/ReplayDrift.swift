/// How late messages were, as a histogram of constant size: sixteen buckets for each power of two of
/// nanoseconds, hence percentiles that are at most 6 % too high.
struct ReplayDrift: Equatable, Sendable {
  private(set) var count: UInt64 = 0
  /// Nanoseconds.
  private(set) var maximum: UInt64 = 0
  private var buckets = [UInt64](repeating: 0, count: 16 * 61)

  mutating func record(_ nanoseconds: Int64) {
    let value = UInt64(max(0, nanoseconds))
    count += 1
    maximum = max(maximum, value)
    buckets[Self.bucket(value)] += 1
  }

  /// Nanoseconds that this share (0 to 1) of the messages were not later than.
  func percentile(_ share: Double) -> UInt64 {
    let wanted = UInt64((Double(count) * share).rounded(.up))
    var seen: UInt64 = 0
    for (index, bucket) in buckets.enumerated() {
      seen += bucket
      if seen >= wanted, seen > 0 { return min(Self.upperBound(index), maximum) }
    }
    return maximum
  }

  /// Values below 16 have a bucket each.
  private static func bucket(_ value: UInt64) -> Int {
    guard value >= 16 else { return Int(value) }
    let shift = 59 - value.leadingZeroBitCount
    return (shift + 1) * 16 + Int(value >> UInt64(shift) & 15)
  }

  private static func upperBound(_ bucket: Int) -> UInt64 {
    guard bucket >= 16 else { return UInt64(bucket) }
    let shift = UInt64(bucket / 16 - 1)
    return (UInt64(bucket % 16 + 16) << shift) + ((1 << shift) - 1)
  }
}
