/// What is wrong with a template, and where.
package struct TemplateError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case unclosed
    case empty
    /// `known` are the names that could stand there.
    case unknown(String, known: [String])
  }

  package let reason: Reason
  /// In characters from 0: of the brace that opens the placeholder.
  package let position: Int
}

extension TemplateError: CustomStringConvertible {
  package var description: String {
    let what =
      switch reason {
      case .unclosed: "the placeholder has no closing '}'; a literal '{' is written '{{'"
      case .empty: "the placeholder has no name"
      case .unknown(let name, let known):
        "unknown placeholder {\(name)}; known: \(known.map { "{\($0)}" }.joined(separator: " "))"
      }
    return "\(what) (at character \(position + 1))"
  }
}

/// A text with `{placeholders}`, such as `b/{client}/{seq}`, parsed once. `{{` and `}}` are literal
/// braces; a single `}` is literal too.
package struct Template: Equatable, Sendable {
  package enum Piece: Equatable, Sendable {
    case literal(String)
    /// What stands between the braces, format suffix and all.
    case placeholder(String)
  }

  package let pieces: [Piece]

  /// `known` are the names that are allowed; nil allows all. A name may carry a suffix after a colon
  /// (`{seq:06}`), which is not compared.
  package init(_ text: String, known: [String]? = nil) throws(TemplateError) {
    var pieces: [Piece] = []
    var literal = ""
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      let character = characters[index]
      let isDoubled = index + 1 < characters.count && characters[index + 1] == character
      if character == "{" || character == "}", isDoubled {
        literal.append(character)
        index += 2
      } else if character == "{" {
        guard let end = characters[index...].firstIndex(of: "}") else {
          throw TemplateError(reason: .unclosed, position: index)
        }
        let name = String(characters[(index + 1)..<end])
        try Self.check(name, known, at: index)
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = ""
        pieces.append(.placeholder(name))
        index = end + 1
      } else {
        literal.append(character)
        index += 1
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    self.pieces = pieces
  }

  private static func check(
    _ name: String, _ known: [String]?, at position: Int
  ) throws(TemplateError) {
    let base = String(name.prefix { $0 != ":" })
    if base.isEmpty { throw TemplateError(reason: .empty, position: position) }
    if let known, !known.contains(base) {
      throw TemplateError(reason: .unknown(base, known: known), position: position)
    }
  }

  /// Whether nothing varies.
  package var isConstant: Bool {
    pieces.allSatisfy { if case .literal = $0 { true } else { false } }
  }

  package func contains(placeholder name: String) -> Bool {
    pieces.contains { if case .placeholder(let found) = $0 { found == name } else { false } }
  }

  /// Appends the text with each placeholder's value, which `value` appends itself.
  package func append(
    to output: inout [UInt8], value: (_ name: String, _ output: inout [UInt8]) -> Void
  ) {
    for piece in pieces {
      switch piece {
      case .literal(let text): output.append(contentsOf: text.utf8)
      case .placeholder(let name): value(name, &output)
      }
    }
  }

  package func text(value: (_ name: String) -> String) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .placeholder(let name): text += value(name)
      }
    }
    return text
  }
}
