import MQTTPackets
import NIOCore

/// A condition in the filter language, checked and ready to be held against messages or figures.
///
/// A comparison with a field that is missing is false, also `!=` and `!~`; `not` of it is true.
package struct Expression: Sendable {
  static let longestText = 16_384

  /// As it was written.
  package let text: String
  private let root: Node
  private let conditions: [Condition]
  private let paths: [JSONPath]
  private let vocabulary: Vocabulary

  /// - Throws: the first thing wrong with `text`, in words for the one who typed it.
  package init(_ text: String, for vocabulary: Vocabulary) throws(ExpressionError) {
    let scalars = Array(text.unicodeScalars)
    do throws(SyntaxFlaw) {
      guard scalars.count <= Self.longestText else {
        throw SyntaxFlaw(offset: Self.longestText, message: "the expression is too long")
      }
      var parser = Parser(try Lexer.tokens(scalars), scalars, FieldVocabulary(vocabulary))
      root = try parser.parse()
      (conditions, paths) = (parser.conditions, parser.paths)
    } catch {
      let before = String(String.UnicodeScalarView(scalars.prefix(error.offset)))
      throw ExpressionError(column: before.count + 1, message: error.message)
    }
    self.text = text
    self.vocabulary = vocabulary
  }

  /// Whether it holds for `subject`. Allocates nothing but what JSON strings with escapes need.
  package func matches(_ subject: borrowing Subject) -> Bool {
    withEvaluation(of: subject) { $0.holds(root, conditions) }
  }

  package func matches(_ publish: borrowing Publish) -> Bool {
    let publish = copy publish
    return publish.message.payload.withUnsafeReadableBytes { matches(Subject(publish, payload: $0)) }
  }

  /// Whether it holds for figures; `value` is asked for the names of the vocabulary, and a nil is missing.
  package func matches(metrics value: (String) -> Double?) -> Bool {
    guard case .metrics(let metrics) = vocabulary else { return false }
    return withoutActuallyEscaping(value) { value in
      withEvaluation(of: Subject(), metric: { value(metrics[$0].name) }) { $0.holds(root, conditions) }
    }
  }

  /// What keeps `subject` from matching.
  package func mismatch(_ subject: borrowing Subject) -> Mismatch {
    withEvaluation(of: subject) { evaluation in
      let search = MismatchSearch(
        conditions: conditions, outcomes: conditions.map { evaluation.holds($0) })
      let reasons = search.failures(root, wanted: true).map { failure in
        evaluation.reason(conditions[failure.index], wanted: failure.wanted)
      }
      return Mismatch(distance: search.distance(root, wanted: true), reasons: reasons)
    }
  }

  /// Whether it looks into the payload as JSON, and so into `Subject.document`.
  package var readsJSON: Bool { !paths.isEmpty }

  /// The metrics that the expression names, each once.
  package var metricNames: [String] {
    guard case .metrics(let metrics) = vocabulary else { return [] }
    var names: [String] = []
    for condition in conditions {
      guard case .metric(let index) = condition.field else { continue }
      if !names.contains(metrics[index].name) { names.append(metrics[index].name) }
    }
    return names
  }

  private func withEvaluation<Result>(
    of subject: borrowing Subject, metric: @escaping (Int) -> Double? = { _ in nil },
    _ body: (inout Evaluation) -> Result
  ) -> Result {
    let subject = copy subject
    return withUnsafeTemporaryAllocation(of: JSONSlot.self, capacity: paths.count) { slots in
      slots.initialize(repeating: JSONSlot())
      var evaluation = Evaluation(subject, paths: paths, slots: slots, metric: metric)
      return body(&evaluation)
    }
  }
}
