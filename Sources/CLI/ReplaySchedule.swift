import Presentation

/// When the messages of a recording are due, in nanoseconds after the first one.
///
/// Each is counted from the first and not from the one before, so that being late once delays nothing
/// else. Pure.
struct ReplaySchedule: Equatable, Sendable {
  enum Speed: Equatable, Sendable {
    /// 2 takes half the time of the recording. Above 0.
    case factor(Double)
    /// As fast as the connection takes them.
    case unlimited
  }

  /// A hundred years: sums of times stay far from overflowing.
  private static let longest: Int64 = 100 * 365 * 86_400 * 1_000_000_000

  let speed: Speed
  /// Recorded time since the first message.
  private var elapsed: Int64 = 0
  private var previous: WallTime?
  private var passStart: Int64 = 0
  private var passMessages: Int64 = 0

  init(_ speed: Speed) { self.speed = speed }

  /// The next message's due time; nil where nothing is waited for. Where the recorded clock was set back, no
  /// time passes.
  mutating func due(_ time: WallTime) -> Int64? {
    defer { passMessages += 1 }
    if let previous {
      let (step, overflows) = time.nanoseconds.subtractingReportingOverflow(previous.nanoseconds)
      if step > 0, !overflows { elapsed = min(elapsed + min(step, Self.longest), Self.longest) }
    }
    previous = time
    guard case .factor(let factor) = speed else { return nil }
    return Int64(min(Double(elapsed) / factor, Double(Self.longest)))
  }

  /// The recording begins anew, one mean interval of its messages after its last one.
  mutating func startNextPass() {
    if passMessages > 1 { elapsed = min(elapsed + (elapsed - passStart) / (passMessages - 1), Self.longest) }
    (previous, passStart, passMessages) = (nil, elapsed, 0)
  }
}
