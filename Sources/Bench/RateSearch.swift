import Text

/// Looks for the highest rate that holds a condition: doubles until it fails, then halves the gap on a
/// logarithmic scale. Pure: rates go out, verdicts come in.
package struct RateSearch: Sendable {
  package struct Step: Sendable {
    package var rate: Double
    package var holds: Bool
    package var result: LoadResult
  }

  package struct Outcome: Sendable {
    package var condition: String
    /// nil when not even the lowest rate holds.
    package var best: Double?
    package var steps: [Step]

    func write(to writer: inout JSONWriter) {
      writer.key("find_max")
      writer.beginObject()
      writer.field("condition", condition)
      writer.key("rate")
      if let best { writer.value(best) } else { writer.null() }
      writer.key("curve")
      writer.beginArray()
      for step in steps.sorted(by: { $0.rate < $1.rate }) {
        writer.beginObject()
        writer.field("holds", step.holds)
        step.result.writeFields(to: &writer)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
  }

  /// The gap between what holds and what fails that is small enough.
  static let precision = 1.05
  static let maximumSteps = 20
  /// Messages a second that no search goes below, or above.
  static let lowest = 1.0
  static let highest = 10_000_000.0

  package let condition: String
  package private(set) var steps: [Step] = []
  private var passing: Double?
  private var failing: Double?
  /// The next rate to try; nil when the search is over.
  package private(set) var next: Double?

  package init(condition: String, from rate: Double) {
    self.condition = condition
    next = rate
  }

  package mutating func record(_ result: LoadResult, holds: Bool) {
    guard let rate = next else { return }
    steps.append(Step(rate: rate, holds: holds, result: result))
    if holds { passing = max(passing ?? rate, rate) } else { failing = min(failing ?? rate, rate) }
    next = proposal()
  }

  private func proposal() -> Double? {
    guard steps.count < Self.maximumSteps else { return nil }
    switch (passing, failing) {
    case (let low?, let high?):
      return high / low <= Self.precision ? nil : Self.rounded((low * high).squareRoot(), low, high)
    case (let low?, nil): return low >= Self.highest ? nil : min(low * 2, Self.highest)
    case (nil, let high?): return high <= Self.lowest ? nil : max(high / 4, Self.lowest)
    case (nil, nil): return nil
    }
  }

  /// Three digits, so that the rates are ones that a person would type.
  private static func rounded(_ rate: Double, _ low: Double, _ high: Double) -> Double? {
    var scale = 1.0
    while rate / scale >= 1000 { scale *= 10 }
    let rounded = (rate / scale).rounded() * scale
    return rounded > low && rounded < high ? rounded : nil
  }

  package var outcome: Outcome { Outcome(condition: condition, best: passing, steps: steps) }
}
