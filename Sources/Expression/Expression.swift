import MQTTPackets

/// A condition in the filter language, checked and ready to be held against messages or figures.
///
/// A comparison with a field that is missing is false, also `!=` and `!~`; `not` of it is true.
package struct Expression: Sendable {
  /// As it was written.
  package let text: String

  /// - Throws: the first thing wrong with `text`, in words for the one who typed it.
  package init(_ text: String, for vocabulary: Vocabulary) throws(ExpressionError) {
    self.text = text
  }

  /// Whether it holds for `subject`. Allocates nothing but what a regular expression or a JSON string with
  /// escapes needs.
  package func matches(_ subject: borrowing Subject) -> Bool {
    false
  }

  package func matches(_ publish: borrowing Publish) -> Bool {
    false
  }

  /// Whether it holds for figures; `value` is asked for the names of the vocabulary, and a nil is missing.
  package func matches(metrics value: (String) -> Double?) -> Bool {
    false
  }

  /// What keeps `subject` from matching.
  package func mismatch(_ subject: borrowing Subject) -> Mismatch {
    Mismatch(distance: 0, reasons: [])
  }

  /// The metrics that the expression names, each once.
  package var metricNames: [String] { [] }

  /// What could be typed at `offset`, in characters from 0.
  package static func completions(
    of text: String, at offset: Int, for vocabulary: Vocabulary
  ) -> Completions {
    Completions(range: 0..<0, candidates: [])
  }
}
