import Glibc

/// Messages per second: an exponential mean over about five seconds, and one mark for each of the last
/// thirty. Whole seconds are counted, so that a topic with one message a second reads 1.0.
struct RateMeter: Sendable {
  /// Seconds that `sparkline` covers.
  static let span = 30
  private static let decay = exp(-0.2)

  /// The second that `current` counts, since the clock's origin.
  private(set) var second: UInt32
  private let firstSecond: UInt32
  private(set) var current: UInt32 = 0
  /// The mean at the beginning of `second`, before the correction for a short life.
  private var mean: Float = 0
  /// One byte a second, by second modulo 32.
  private var marks: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(second: UInt32) {
    self.second = second
    firstSecond = second
  }

  @inline(__always)
  mutating func count(in second: UInt32) {
    if second > self.second { advance(to: second) }
    current &+= 1
  }

  /// Closes the seconds before `next`.
  mutating func advance(to next: UInt32) {
    guard next > second else { return }
    let gap = next - second
    mean = mean * Float(Self.decay) + Float(current) * Float(1 - Self.decay)
    if gap > 1 { mean *= Float(pow(Self.decay, Double(min(gap - 1, 10_000)))) }
    setMark(second, Self.mark(current))
    if gap > 32 {
      marks = (0, 0, 0, 0)
    } else {
      for silent in 1..<max(1, gap) { setMark(second + silent, 0) }
    }
    second = next
    current = 0
  }

  /// The rate at `now`, a second of the same clock.
  func rate(at now: UInt32) -> Double {
    var meter = self
    meter.advance(to: now)
    let age = meter.second - firstSecond
    if age == 0 { return Double(meter.current) }
    if age > 60 { return Double(meter.mean) }
    return Double(meter.mean) / (1 - pow(Self.decay, Double(age)))
  }

  /// What orders meters by rate, equal for a meter at any later time while nothing is counted: all means
  /// decay alike.
  var rank: Double {
    let closed = Double(mean) * Self.decay + Double(current) * (1 - Self.decay)
    return closed > 0 ? log(closed) + Double(second) / 5 : -.infinity
  }

  /// Levels of 0 (silent) and 1 to 8 for the `seconds` before `now`, the newest last, scaled to the largest
  /// of them.
  func sparkline(at now: UInt32, seconds: Int = span) -> [UInt8] {
    var meter = self
    meter.advance(to: now)
    let wanted = min(seconds, Self.span)
    var counts: [Double] = []
    for back in stride(from: wanted, to: 0, by: -1) {
      let (moment, isBefore) = meter.second.subtractingReportingOverflow(UInt32(back))
      counts.append(isBefore ? 0 : Self.value(ofMark: meter.mark(moment)))
    }
    let top = counts.max() ?? 0
    guard top > 0 else { return [UInt8](repeating: 0, count: wanted) }
    return counts.map { $0 == 0 ? 0 : UInt8(max(1, ($0 / top * 8).rounded(.up))) }
  }

  // MARK: Marks

  private mutating func setMark(_ second: UInt32, _ mark: UInt8) {
    withUnsafeMutableBytes(of: &marks) { $0[Int(second % 32)] = mark }
  }

  private func mark(_ second: UInt32) -> UInt8 {
    withUnsafeBytes(of: marks) { $0[Int(second % 32)] }
  }

  /// A count in one byte: exact to 15, then within 7 %: five bits of exponent, three of mantissa.
  private static func mark(_ count: UInt32) -> UInt8 {
    if count < 16 { return UInt8(count) }
    let exponent = 31 - count.leadingZeroBitCount
    let mantissa = UInt8(truncatingIfNeeded: count >> UInt32(exponent - 3)) & 7
    return UInt8(exponent - 2) << 3 | mantissa
  }

  private static func value(ofMark mark: UInt8) -> Double {
    if mark < 16 { return Double(mark) }
    let exponent = Int(mark >> 3) + 2
    return Double(8 + Int(mark & 7)) * pow(2, Double(exponent - 3))
  }
}
