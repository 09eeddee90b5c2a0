import Text

/// A result held against an earlier one.
package struct Baseline: Sendable {
  package struct Row: Equatable, Sendable {
    package var metric: String
    package var isTime: Bool
    package var before: Double
    package var now: Double

    /// In percent; nil where it began at 0.
    package var change: Double? { before > 0 ? (now / before - 1) * 100 : nil }
  }

  private static let metrics: [(name: String, isTime: Bool)] = [
    ("p50", true), ("p90", true), ("p99", true), ("p999", true), ("max", true), ("raw.p99", true),
    ("ack.p50", true), ("ack.p99", true), ("connect.p50", true), ("connect.p99", true),
    ("throughput", false), ("lost", false), ("errors", false), ("cpu", false),
  ]

  package let name: String
  package let rows: [Row]
  /// Why the two may not be comparable.
  package let differences: [String]

  /// - Parameter name: of the file, for people.
  package init(_ before: LoadResult, now: LoadResult, name: String) {
    self.name = name
    rows = Self.metrics.compactMap { metric in
      guard let old = Metrics.value(metric.name, of: before), let new = Metrics.value(metric.name, of: now)
      else { return nil }
      return Row(metric: metric.name, isTime: metric.isTime, before: old, now: new)
    }
    let old = before.plan.members ?? []
    differences = old.compactMap { member in
      guard let new = now.plan[member.key], new != member.value else { return nil }
      return member.key
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.key("baseline")
    writer.beginObject()
    writer.field("file", name)
    writer.key("plan_differs_in")
    writer.beginArray()
    for difference in differences { writer.value(difference) }
    writer.endArray()
    writer.key("metrics")
    writer.beginObject()
    for row in rows {
      writer.key(row.metric)
      writer.beginObject()
      writer.field("before", row.before)
      writer.field("now", row.now)
      if let change = row.change { writer.field("change_percent", change) }
      writer.endObject()
    }
    writer.endObject()
    writer.endObject()
  }
}
