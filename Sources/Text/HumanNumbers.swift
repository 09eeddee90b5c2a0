/// Durations, byte counts and numbers as people read them.
package enum Human {
  /// `950`, `1.2k`, `34k`, `5.6M`: three digits at most, decimal steps.
  package static func count(_ value: Int) -> String {
    scaled(value.magnitude, isNegative: value < 0, step: 1000, units: ["", "k", "M", "G", "T", "P", "E"])
  }

  /// `950 B`, `1.2 KiB`, `34 MiB`: binary steps.
  package static func bytes(_ value: Int) -> String {
    scaled(
      value.magnitude, isNegative: value < 0, step: 1024,
      units: [" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"])
  }

  /// `850ns`, `1.5ms`, `30s`, `14m22s`, `3h07m`, `2d04h`: two units at most.
  package static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if seconds < 0 || attoseconds < 0 { return "-" + Self.duration(.zero - duration) }
    if seconds == 0 { return subsecond(attoseconds / 1_000_000_000) }
    if seconds < 10 {
      let tenths = attoseconds / 100_000_000_000_000_000
      return tenths == 0 ? "\(seconds)s" : "\(seconds).\(tenths)s"
    }
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3600 { return pair(seconds / 60, "m", seconds % 60, "s") }
    if seconds < 86_400 { return pair(seconds / 3600, "h", seconds % 3600 / 60, "m") }
    return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
  }

  /// `12,345,678`.
  package static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 message`, `2 messages`.
  package static func plural(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ second: String) -> String {
    if small == 0 { return "\(large)\(unit)" }
    return "\(large)\(unit)\(small < 10 ? "0" : "")\(small)\(second)"
  }

  private static func subsecond(_ nanoseconds: Int64) -> String {
    if nanoseconds == 0 { return "0s" }
    if nanoseconds < 1000 { return "\(nanoseconds)ns" }
    if nanoseconds < 1_000_000 { return tenths(nanoseconds, 1000) + "us" }
    return tenths(nanoseconds, 1_000_000) + "ms"
  }

  private static func tenths(_ value: Int64, _ unit: Int64) -> String {
    let whole = value / unit
    let tenth = value % unit * 10 / unit
    return whole >= 100 || tenth == 0 ? "\(whole)" : "\(whole).\(tenth)"
  }

  private static func scaled(_ value: UInt, isNegative: Bool, step: UInt, units: [String]) -> String {
    var unit = 0
    var divisor: UInt = 1
    while value / divisor >= step, unit + 1 < units.count {
      divisor *= step
      unit += 1
    }
    let whole = value / divisor
    let tenth = value % divisor / max(1, divisor / 10)
    let sign = isNegative ? "-" : ""
    if unit == 0 || whole >= 10 || tenth == 0 { return "\(sign)\(whole)\(units[unit])" }
    return "\(sign)\(whole).\(min(tenth, 9))\(units[unit])"
  }
}
