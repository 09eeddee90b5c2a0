import Glibc
import MQTTSession

extension MonotonicTime {
  /// The system's monotonic clock, which the event loop reads as well.
  static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }
}

/// When the screen draws. Pure.
///
/// At once on a key, `framesPerSecond` while data moves, half of that and less while the terminal takes
/// long to show a frame, and never when nothing changed.
struct FrameClock {
  /// Between two frames for keys, however many there are.
  static let shortestGap: Duration = .milliseconds(16)
  /// A frame that took longer than this to write halves the rate.
  static let slowFrame: Duration = .milliseconds(50)
  private static let longestGap: Duration = .seconds(1)

  private let gap: Duration
  private(set) var presentGap: Duration
  private var last: MonotonicTime?
  /// The last frame that the user waited for.
  private var lastUrgent: MonotonicTime?
  private var isDirty = false
  /// The user waits for the next frame.
  private(set) var isUrgent = false

  init(framesPerSecond: Int) {
    gap = .seconds(1) / framesPerSecond
    presentGap = gap
  }

  /// Something that may show has changed; `urgently` for what the user did.
  mutating func changed(urgently: Bool) {
    isDirty = true
    if urgently { isUrgent = true }
  }

  /// When the next frame is due; nil while nothing changed.
  var due: MonotonicTime? {
    guard isDirty else { return nil }
    if isUrgent { return lastUrgent.map { $0 + Self.shortestGap } ?? MonotonicTime(nanoseconds: 0) }
    return dataDue
  }

  /// When data may be taken in for the next frame.
  var dataDue: MonotonicTime { last.map { $0 + presentGap } ?? MonotonicTime(nanoseconds: 0) }

  /// A frame was begun at `start` and written by `end`.
  mutating func drew(from start: MonotonicTime, to end: MonotonicTime) {
    last = end
    if isUrgent { lastUrgent = end }
    isDirty = false
    isUrgent = false
    let time = end.duration(since: start)
    if time > Self.slowFrame {
      presentGap = min(presentGap * 2, Self.longestGap)
    } else if time < Self.slowFrame / 2 {
      presentGap = max(presentGap / 2, gap)
    }
  }
}
