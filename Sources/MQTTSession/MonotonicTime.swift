/// A point on a clock that never goes back, counted from an origin that only the clock knows. The
/// session never reads a clock: whoever drives it makes these values.
package struct MonotonicTime: Comparable, Hashable, Sendable {
  package var nanoseconds: UInt64

  package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Stops at the ends of the range instead of trapping.
  package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    let offset = duration.wholeNanoseconds
    if offset >= 0 {
      let (sum, overflow) = time.nanoseconds.addingReportingOverflow(UInt64(offset))
      return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }
    let (difference, overflow) = time.nanoseconds.subtractingReportingOverflow(offset.magnitude)
    return MonotonicTime(nanoseconds: overflow ? 0 : difference)
  }

  /// Negative when `earlier` is in fact later.
  package func duration(since earlier: MonotonicTime) -> Duration {
    if self >= earlier {
      return .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds))
    }
    return .nanoseconds(-Int64(clamping: earlier.nanoseconds - nanoseconds))
  }
}

extension Duration {
  /// Rounded towards zero, and clamped to about 292 years either way.
  fileprivate var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }
}
