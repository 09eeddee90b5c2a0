import Text

/// The time that stands before each message of the formats that have none of their own.
package enum Timestamps: String, CaseIterable, Sendable {
  /// `2026-11-22T14:48:56.195091123+0100`
  case iso
  /// Seconds since the first message: `12.195091123`
  case relative
  /// Seconds since the message before: `0.000213456`
  case delta
}

/// Writes them. The clock of the system may be set back, so that differences can be negative.
struct TimestampText {
  private let style: Timestamps
  /// What differences are from: the first message, or the one before.
  private var origin: WallTime?

  init(_ style: Timestamps) { self.style = style }

  /// - Parameter columns: what a difference is padded to on its left.
  mutating func append(
    _ time: WallTime, _ clock: inout ClockText, columns: Int = 0, to output: inout [UInt8]
  ) {
    guard style != .iso else { return clock.appendNanoseconds(time, &output) }
    let difference = time.nanoseconds - (origin ?? time).nanoseconds
    if style == .delta || origin == nil { origin = time }
    var text: [UInt8] = []
    if difference < 0 { text.append(0x2D) }
    text.append(decimal: UInt(difference.magnitude / 1_000_000_000))
    text.append(0x2E)
    text.append(decimal: UInt(difference.magnitude % 1_000_000_000), digits: 9)
    output.append(contentsOf: repeatElement(0x20, count: max(columns - text.count, 0)))
    output.append(contentsOf: text)
  }
}
