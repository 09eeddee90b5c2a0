import Text

/// HdrHistogram's interval log, format 1.3: what its standard tools and viewers read. Times in the log are
/// seconds, maxima milliseconds, values nanoseconds.
package enum HistogramLog {
  /// - Parameter start: nanoseconds since 1970.
  package static func header(version: String, start: Int64) -> String {
    let seconds = fixed(Double(start) / 1e9)
    return """
      #[Logged with mqttws \(version)]
      #[Histogram log format version 1.3]
      #[StartTime: \(seconds) (seconds since epoch)]
      #[BaseTime: 0.000 (seconds since epoch)]
      "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

      """
  }

  /// - Parameters:
  ///   - tag: nil for the histogram that tools show unasked.
  ///   - start: seconds since 1970.
  package static func line(
    _ histogram: LatencyHistogram, tag: String?, start: Double, length: Double
  ) -> String {
    let prefix = tag.map { "Tag=\($0)," } ?? ""
    let maximum = fixed(Double(histogram.maximum) / 1e6)
    return "\(prefix)\(fixed(start)),\(fixed(length)),\(maximum),\(histogram.encoded())\n"
  }

  /// Three digits behind the point.
  static func fixed(_ value: Double) -> String { Decimal.text(value, digits: 3) }
}

/// Numbers with a fixed count of digits behind the point.
enum Decimal {
  static func text(_ value: Double, digits: Int) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return "-" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: digits - (digits == 0 ? 0 : fraction.count))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(scaled / scale)" + (digits == 0 ? "" : ".\(zeros)\(fraction)")
  }
}
