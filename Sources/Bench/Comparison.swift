import Glibc
import Text

/// Several targets under the same load, in rounds that take turns: what each costs against the first, with
/// the 95 % confidence that the rounds give. Ratios are geometric means, as latencies multiply.
package struct Comparison: Sendable {
  package struct Row: Sendable {
    package var metric: String
    package var value: Double
    /// Against the first target; nil for itself and where there is nothing to divide.
    package var ratio: Double?
    /// nil with fewer than two rounds.
    package var confidence: ClosedRange<Double>?

    /// The interval leaves out 1.
    package var isSignificant: Bool { confidence.map { !$0.contains(1) } ?? false }
  }

  package struct Column: Sendable {
    /// All rounds of the target together.
    package var result: LoadResult
    package var rows: [Row]
  }

  /// The name for people, the name in expressions, and whether it is a time.
  static let metrics: [(title: String, name: String, isTime: Bool)] = [
    ("p50", "p50", true), ("p99", "p99", true), ("p99.9", "p999", true), ("ack p50", "ack.p50", true),
    ("ack p99", "ack.p99", true), ("connect p50", "connect.p50", true), ("throughput", "throughput", false),
    ("CPU", "cpu", false),
  ]

  package private(set) var columns: [Column] = []

  /// - Parameter rounds: for each target, in order, its rounds, the same number for all.
  package init(_ rounds: [[LoadResult]]) {
    let references = rounds.first ?? []
    for (index, own) in rounds.enumerated() {
      guard var total = own.first else { continue }
      for result in own.dropFirst() { total.add(result, isConcurrent: false) }
      let rows = Self.metrics.compactMap { metric -> Row? in
        guard let value = Metrics.value(metric.name, of: total) else { return nil }
        var row = Row(metric: metric.title, value: value)
        if index > 0 { Self.compare(own, references, metric.name, &row) }
        return row
      }
      columns.append(Column(result: total, rows: rows))
    }
  }

  private static func compare(
    _ own: [LoadResult], _ references: [LoadResult], _ metric: String, _ row: inout Row
  ) {
    let logs = zip(own, references).compactMap { own, reference -> Double? in
      guard let value = Metrics.value(metric, of: own), let base = Metrics.value(metric, of: reference),
        value > 0, base > 0
      else { return nil }
      return log(value / base)
    }
    guard !logs.isEmpty else { return }
    let count = Double(logs.count)
    let mean = logs.reduce(0, +) / count
    row.ratio = exp(mean)
    guard logs.count > 1 else { return }
    let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let margin = studentT(logs.count - 1) * (variance / count).squareRoot()
    row.confidence = exp(mean - margin)...exp(mean + margin)
  }

  /// Two-sided 95 % quantile of Student's distribution.
  static func studentT(_ freedom: Int) -> Double {
    let table = [
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
      2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048,
      2.045, 2.042,
    ]
    return freedom <= table.count ? table[max(freedom, 1) - 1] : 1.96
  }

  func write(to writer: inout JSONWriter) {
    writer.key("comparison")
    writer.beginArray()
    for column in columns {
      writer.beginObject()
      column.result.writeFields(to: &writer)
      writer.key("against_first")
      writer.beginObject()
      for row in column.rows {
        writer.key(row.metric)
        writer.beginObject()
        writer.field("value", row.value)
        if let ratio = row.ratio { writer.field("ratio", ratio) }
        if let confidence = row.confidence {
          writer.field("low", confidence.lowerBound)
          writer.field("high", confidence.upperBound)
        }
        writer.endObject()
      }
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
  }
}
