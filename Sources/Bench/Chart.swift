import Text

/// Bars in text.
struct Chart {
  var asciiOnly: Bool
  private static let width = 48

  /// One row for each doubling of the latency.
  func distribution(_ histogram: LatencyHistogram) -> [String] {
    // By the bits of the value: a count never crosses a power of two.
    func row(_ value: UInt64) -> Int { UInt64.bitWidth - value.leadingZeroBitCount }
    let first = row(histogram.minimum)
    var rows = (first...max(first, row(histogram.maximum))).map { row in
      let bound: UInt64 = 1 << UInt64(row)
      return (label: "\(TimeText.of(bound / 2)) - \(TimeText.of(bound))", count: 0 as UInt64)
    }
    histogram.forEach { value, count in rows[row(value) - first].count += count }
    let most = max(rows.map(\.count).max() ?? 1, 1)
    return rows.map { row in
      let bar = bar(Double(row.count) / Double(most) * Double(Self.width), isThere: row.count > 0)
      let share = Decimal.text(Double(row.count) / Double(max(histogram.count, 1)) * 100, digits: 2)
      let label = String(repeating: " ", count: max(0, 19 - row.label.count)) + row.label
      let count = Human.grouped(Int(clamping: row.count))
      return row.count == 0 ? "  \(label)" : "  \(label)  \(bar) \(count) (\(share)%)"
    }
  }

  private func bar(_ length: Double, isThere: Bool) -> String {
    let eighths = Int((length * 8).rounded())
    if asciiOnly { return String(repeating: "#", count: max(eighths / 8, isThere ? 1 : 0)) }
    let rest = eighths % 8
    let blocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let bar = String(repeating: "█", count: eighths / 8) + blocks[rest]
    return bar.isEmpty && isThere ? "▏" : bar
  }

  /// A chart of five rows over time.
  func series(_ values: [Double], seconds: Double) -> [String] {
    let columns = values.count <= 60 ? values : squeezed(values, to: 60)
    let top = max(columns.max() ?? 1, 1e-9)
    let rows = 5
    let steps = asciiOnly ? [" ", "#"] : [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    var lines: [String] = []
    for row in (0..<rows).reversed() {
      var line = ""
      for value in columns {
        let fill = min(max(value / top * Double(rows) - Double(row), 0), 1)
        let step = Int((fill * Double(steps.count - 1)).rounded())
        line += String(repeating: steps[step], count: columns.count <= 30 ? 2 : 1)
      }
      let label = row == rows - 1 ? Decimal.rate(top) : row == 0 ? "0" : ""
      lines.append("  " + String(repeating: " ", count: max(0, 10 - label.count)) + label + " |" + line)
    }
    let width = columns.count * (columns.count <= 30 ? 2 : 1)
    let end = Decimal.text(seconds, digits: 0) + " s"
    lines.append("             0" + String(repeating: " ", count: max(1, width - 1 - end.count)) + end)
    return lines
  }

  private func squeezed(_ values: [Double], to count: Int) -> [Double] {
    (0..<count).map { index in
      let part = values[(index * values.count / count)..<max((index + 1) * values.count / count, 1)]
      return part.reduce(0, +) / Double(max(part.count, 1))
    }
  }
}
