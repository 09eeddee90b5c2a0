import Glibc

/// A moment on the monotonic clock by which something must have happened.
package struct Deadline: Sendable {
  let instant: ContinuousClock.Instant

  package static func after(_ duration: Duration) -> Deadline {
    Deadline(instant: ContinuousClock.now + duration)
  }

  package var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }
  package var hasPassed: Bool { remaining == .zero }

  /// What is left, rounded up, as poll(2) takes it.
  var pollMilliseconds: Int32 {
    let (seconds, attoseconds) = remaining.components
    return Int32(min(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000, 1_000_000))
  }
}

/// A moment between two looks at what nothing announces.
func pause(_ time: Duration) { poll(nil, 0, Deadline.after(time).pollMilliseconds) }
