/// What could stand at a place of an expression that is being typed.
package struct Completions: Equatable, Sendable {
  /// The characters, from 0, that a candidate replaces: the word before the place.
  package let range: Range<Int>
  /// In the order in which they are to be offered.
  package let candidates: [String]
}

extension Expression {
  /// What could be typed at `offset`, in characters from 0.
  package static func completions(
    of text: String, at offset: Int, for vocabulary: Vocabulary
  ) -> Completions {
    let before = text.prefix(max(0, offset))
    let nothing = Completions(range: before.count..<before.count, candidates: [])
    let scalars = Array(before.unicodeScalars)
    guard scalars.count <= longestText, var tokens = try? Lexer.tokens(scalars) else { return nothing }
    var typed = ""
    var start = before.count
    if let last = tokens.last, last.range.upperBound == scalars.count, case .word = last.kind {
      typed = String(String.UnicodeScalarView(scalars[last.range]))
      start = before.count - typed.count
      tokens.removeLast()
    }
    let fields = FieldVocabulary(vocabulary)
    var parser = Parser(tokens, scalars, fields)
    do throws(SyntaxFlaw) {
      _ = try parser.parse()
    } catch {
      // An error in the middle leaves nothing to complete.
      guard parser.peek == nil else { return nothing }
    }
    let candidates = words(parser.expectation, fields).filter {
      $0.lowercased().hasPrefix(typed.lowercased()) && $0 != typed
    }
    return Completions(range: start..<before.count, candidates: candidates)
  }

  private static func words(_ expectation: Expectation, _ fields: FieldVocabulary) -> [String] {
    switch expectation {
    case .condition: fields.names + ["not", "has"]
    case .field: fields.names
    case .connective: ["and", "or"]
    case .comparison(let kind): comparisons(kind)
    case .value(let kind): values(kind)
    }
  }

  private static func comparisons(_ kind: FieldKind) -> [String] {
    let ordered = ["==", "!=", "<", "<=", ">", ">="]
    return switch kind {
    case .text(isNumeric: false): ["==", "!=", "~", "!~", "in", "matches"]
    case .text: ordered + ["~", "!~", "in"]
    case .number: ordered + ["in"]
    case .json: ordered + ["~", "!~", "in"]
    case .flag: ["==", "!="]
    case .words: ["==", "!=", "in"]
    }
  }

  private static func values(_ kind: FieldKind) -> [String] {
    switch kind {
    case .flag: ["true", "false"]
    case .words(let words, _): words.map(\.name)
    case .json: ["true", "false", "null"]
    case .text, .number: []
    }
  }
}
