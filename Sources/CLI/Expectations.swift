import Expression
import MQTTPackets
import NIOCore
import Presentation

/// The `--expect…` options, held against the messages as they come.
struct Expectations {
  struct Plan {
    /// At least one message must match each.
    var matching: [Expression] = []
    /// No message may match any.
    var none: [Expression] = []
    /// So many messages must come, no more and no less.
    var count: UInt64?

    var isEmpty: Bool { matching.isEmpty && none.isEmpty && count == nil }
  }

  /// What one expectation came to.
  struct Verdict: Equatable {
    /// As it was asked for: `--expect qos == 1`.
    var name: String
    /// Nil when it is met.
    var failure: String?
    /// What came instead, nearest first.
    var evidence: [String] = []
    /// When it was met, or failed for good.
    var decidedAt: WallTime?
  }

  /// A message that did not match, shortened.
  private struct NearMiss {
    var distance: Int
    var line: String
    var reasons: [String]
  }

  private struct Open {
    let expression: Expression
    var metAt: WallTime?
    var nearest: [NearMiss] = []
  }

  private struct Unwanted {
    let expression: Expression
    var first: String?
    var firstAt: WallTime?
    var count: UInt64 = 0
  }

  /// Kept of what came instead, and shown.
  private static let nearestKept = 3
  private static let mostReasons = 5
  private static let longestText = 160

  private var matching: [Open]
  private var none: [Unwanted]
  private let expectedCount: UInt64?
  private var count: UInt64 = 0

  init(_ plan: Plan) {
    matching = plan.matching.map { Open(expression: $0) }
    none = plan.none.map { Unwanted(expression: $0) }
    expectedCount = plan.count
  }

  /// Whether nothing that could still come changes the verdicts.
  var isSettled: Bool { none.isEmpty && expectedCount == nil && matching.allSatisfy { $0.metAt != nil } }

  /// - Parameter document: what the payload was decoded to, as JSON.
  mutating func consider(_ publish: Publish, _ document: [UInt8]?, at time: WallTime) {
    count += 1
    let topic = publish.message.topic
    Subject.withSubject(of: publish, document: document) { subject in
      let payload = subject.document ?? subject.payload ?? UnsafeRawBufferPointer(start: nil, count: 0)
      for index in matching.indices where matching[index].metAt == nil {
        if matching[index].expression.matches(subject) {
          matching[index].metAt = time
          matching[index].nearest = []
        } else {
          keep(subject, topic, payload, at: index)
        }
      }
      for index in none.indices where none[index].expression.matches(subject) {
        none[index].count += 1
        guard none[index].first == nil else { continue }
        none[index].first = Self.line(topic, payload)
        none[index].firstAt = time
      }
    }
  }

  private mutating func keep(
    _ subject: Subject, _ topic: String, _ payload: UnsafeRawBufferPointer, at index: Int
  ) {
    let nearest = matching[index].nearest
    // Nothing is nearer than one condition away.
    if nearest.count == Self.nearestKept, nearest.last?.distance == 1 { return }
    let mismatch = matching[index].expression.mismatch(subject)
    let place = nearest.firstIndex { $0.distance > mismatch.distance } ?? nearest.count
    guard place < Self.nearestKept else { return }
    let miss = NearMiss(
      distance: mismatch.distance, line: Self.line(topic, payload),
      reasons: Array(mismatch.reasons.prefix(Self.mostReasons)))
    matching[index].nearest.insert(miss, at: place)
    if matching[index].nearest.count > Self.nearestKept { matching[index].nearest.removeLast() }
  }

  private static func line(_ topic: String, _ payload: UnsafeRawBufferPointer) -> String {
    "\(shortened(Array(topic.utf8.prefix(longestText + 1)))): \(shortened(Array(payload.prefix(longestText + 1))))"
  }

  private static func shortened(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "(empty)" }
    let text = String(decoding: bytes.prefix(longestText), as: UTF8.self)
    return bytes.count > longestText ? text + "…" : text
  }

  // MARK: - Verdicts

  /// One an expectation, in the order of the options' kinds.
  var verdicts: [Verdict] {
    var verdicts = matching.map(verdict) + none.map(verdict)
    if let expectedCount {
      var verdict = Verdict(name: "--expect-count \(expectedCount)")
      if count != expectedCount { verdict.failure = "\(messages(count)) came, \(expectedCount) expected" }
      verdicts.append(verdict)
    }
    return verdicts
  }

  private func verdict(_ open: Open) -> Verdict {
    var verdict = Verdict(name: "--expect \(open.expression.text)", decidedAt: open.metAt)
    guard open.metAt == nil else { return verdict }
    verdict.failure = count == 0 ? "no message came" : "none of \(messages(count)) matched"
    for miss in open.nearest {
      verdict.evidence.append(miss.line)
      verdict.evidence += miss.reasons.map { "  " + $0 }
    }
    return verdict
  }

  private func verdict(_ unwanted: Unwanted) -> Verdict {
    var verdict = Verdict(name: "--expect-none \(unwanted.expression.text)", decidedAt: unwanted.firstAt)
    guard let first = unwanted.first else { return verdict }
    verdict.failure = "\(messages(unwanted.count)) matched"
    verdict.evidence = [first]
    return verdict
  }

  private func messages(_ count: UInt64) -> String { count == 1 ? "1 message" : "\(count) messages" }
}
