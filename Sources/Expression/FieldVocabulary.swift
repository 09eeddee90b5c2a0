import Options

/// The fields of a vocabulary by name.
struct FieldVocabulary {
  let definitions: [FieldDefinition]
  /// What a wider vocabulary has, to say so.
  private let elsewhere: [FieldDefinition]
  let hasMessages: Bool

  init(_ vocabulary: Vocabulary) {
    switch vocabulary {
    case .messages:
      (definitions, elsewhere, hasMessages) = (FieldDefinition.ofMessages, FieldDefinition.ofWire, true)
    case .wire:
      (definitions, elsewhere, hasMessages) = (FieldDefinition.ofMessages + FieldDefinition.ofWire, [], true)
    case .metrics(let metrics):
      definitions = metrics.enumerated().map { index, metric in
        FieldDefinition(metric.name, .metric(index), .number(metric.unit == .duration ? .duration : .decimal))
      }
      (elsewhere, hasMessages) = ([], false)
    }
  }

  /// With the beginnings of paths.
  var names: [String] { definitions.map(\.name) + (hasMessages ? ["json.", "user."] : []) }

  func definition(_ name: String) -> FieldDefinition? { definitions.first { $0.name == name } }

  func unknown(_ name: String) -> String {
    if elsewhere.contains(where: { $0.name == name }) { return "'\(name)' is known in watch only" }
    let lower = name.lowercased()
    if ["and", "or", "not", "has", "in", "matches"].contains(lower), lower != name {
      return "write '\(lower)' in small letters"
    }
    if ["and", "or", "in", "matches"].contains(name) { return "expected condition before '\(name)'" }
    let known = definitions.map(\.name) + (hasMessages ? ["json", "user"] : []) + ["not", "has"]
    if let nearest = NearestName.of(name, among: known) {
      return "unknown field '\(name)': did you mean '\(nearest)'?"
    }
    guard hasMessages else { return "unknown metric '\(name)'" }
    return "unknown field '\(name)': a value in a JSON payload is 'json.\(name)', a text goes in quotes"
  }
}

/// Fields, with their paths.
extension Parser {
  mutating func field(_ token: Token) throws(SyntaxFlaw) -> (field: Field, kind: FieldKind) {
    guard case .word(let segments) = token.kind, case .name(let first)? = segments.first else {
      throw flaw("expected field")
    }
    if vocabulary.hasMessages, first == "json" { return (.json(slot(path(segments.dropFirst()))), .json) }
    if vocabulary.hasMessages, first == "user" {
      return (.userProperty(try propertyName(segments.dropFirst(), token)), .text(isNumeric: true))
    }
    let name = segments.map(Self.text).joined(separator: ".")
    guard let definition = vocabulary.definition(name) else {
      throw SyntaxFlaw(offset: token.range.lowerBound, message: vocabulary.unknown(name))
    }
    return (definition.field, definition.kind)
  }

  private func path(_ segments: ArraySlice<Token.Segment>) -> JSONPath {
    JSONPath(
      steps: segments.map { segment in
        switch segment {
        case .index(let index): .index(index)
        case .quoted(let name): .key(Array(name.utf8))
        case .name(let name):
          Int(name).map { .either(Array(name.utf8), $0) } ?? .key(Array(name.utf8))
        }
      })
  }

  /// `user.a.b` is the property `a.b`.
  private func propertyName(_ segments: ArraySlice<Token.Segment>, _ token: Token) throws(SyntaxFlaw)
    -> String
  {
    guard !segments.isEmpty else {
      throw SyntaxFlaw(
        offset: token.range.upperBound, message: "expected '.' and the name of a user property")
    }
    return segments.map(Self.text).joined(separator: ".")
  }

  private static func text(_ segment: Token.Segment) -> String {
    switch segment {
    case .name(let name), .quoted(let name): name
    case .index(let index): String(index)
    }
  }
}
