import Text

/// Figures in the few columns of a row.
enum Figures {
  /// `0.2/s`, `311/s`, `24.9k/s`.
  static func rate(_ rate: Double) -> String {
    if rate < 0.05 { return "0.0/s" }
    if rate < 9.95 { return tenths(rate) + "/s" }
    if rate < 999.5 { return "\(Int(rate.rounded()))/s" }
    if rate < 999_500 { return thousands(rate / 1000) + "k/s" }
    return thousands(rate / 1_000_000) + "M/s"
  }

  private static func thousands(_ value: Double) -> String {
    value < 99.95 ? tenths(value) : "\(Int(value.rounded()))"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// `+1.002s`, `+0.000s`, `+14m22s`.
  static func delta(nanoseconds: Int64) -> String {
    let sign = nanoseconds < 0 ? "-" : "+"
    let magnitude = nanoseconds.magnitude
    if magnitude >= 100_000_000_000 { return sign + Human.duration(.nanoseconds(Int64(clamping: magnitude))) }
    let milliseconds = magnitude / 1_000_000
    let fraction = String(milliseconds % 1000)
    return "\(sign)\(milliseconds / 1000)."
      + String(repeating: "0", count: 3 - fraction.count) + fraction + "s"
  }

  /// A number of a chart or a statistic: as many digits as tell it apart.
  static func number(_ value: Double) -> String {
    if value == value.rounded(), value.magnitude < 1e15 { return "\(Int(value))" }
    let magnitude = value.magnitude
    let digits = magnitude >= 1000 ? 1 : magnitude >= 10 ? 2 : magnitude >= 0.01 ? 4 : nil
    guard let digits, magnitude < 1e12 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    var text = "\((value * scale).rounded() / scale)"
    if text.hasSuffix(".0") { text.removeLast(2) }
    return text
  }
}
