import Options

/// What could come next, for completions.
enum Expectation: Equatable {
  case condition
  /// After `has`.
  case field
  case comparison(FieldKind)
  case value(FieldKind)
  case connective
}

/// Recursive descent over the tokens. Depth and size are bounded.
struct Parser {
  private static let deepest = 100
  private static let mostConditions = 1000

  let vocabulary: FieldVocabulary
  private let tokens: [Token]
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var depth = 0
  private(set) var conditions: [Condition] = []
  private(set) var paths: [JSONPath] = []
  /// What was looked for where the text ended.
  private(set) var expectation = Expectation.condition

  init(_ tokens: [Token], _ scalars: [Unicode.Scalar], _ vocabulary: FieldVocabulary) {
    (self.tokens, self.scalars, self.vocabulary) = (tokens, scalars, vocabulary)
  }

  mutating func parse() throws(SyntaxFlaw) -> Node {
    let node = try expression()
    guard let token = peek else { return node }
    if token.isSymbol(")") { throw flaw("')' without its '('") }
    throw flaw("expected 'and', 'or' or the end")
  }

  private mutating func expression() throws(SyntaxFlaw) -> Node {
    var nodes = [try conjunction()]
    while takeWord("or") { nodes.append(try conjunction()) }
    return nodes.count == 1 ? nodes[0] : .any(nodes)
  }

  private mutating func conjunction() throws(SyntaxFlaw) -> Node {
    var nodes = [try negation()]
    while true {
      expectation = .connective
      if takeWord("and") {
        nodes.append(try negation())
      } else if beginsCondition {
        nodes.append(try negation())
      } else {
        return nodes.count == 1 ? nodes[0] : .all(nodes)
      }
    }
  }

  /// Whether a condition follows without an `and`.
  private var beginsCondition: Bool {
    guard let token = peek else { return false }
    switch token.kind {
    case .word: return token.plainWord != "or" && token.plainWord != "and"
    case .string: return true
    case .symbol(let symbol): return symbol == "(" || symbol == "!"
    case .number, .bytes: return false
    }
  }

  private mutating func negation() throws(SyntaxFlaw) -> Node {
    var isNegated = false
    expectation = .condition
    while takeWord("not") || takeSymbol("!") { isNegated.toggle() }
    let node = try primary()
    return isNegated ? .not(node) : node
  }

  private mutating func primary() throws(SyntaxFlaw) -> Node {
    expectation = .condition
    let start = index
    guard let token = take() else { throw flaw("expected condition") }
    switch token.kind {
    case .symbol("("):
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.deepest else {
        throw SyntaxFlaw(offset: token.range.lowerBound, message: "nested too deeply")
      }
      let node = try expression()
      guard takeSymbol(")") else {
        throw flaw(peek == nil ? "expected ')'" : "expected 'and', 'or' or ')'")
      }
      return node
    case .string(let inside, _):
      guard vocabulary.hasMessages else {
        index = start
        throw flaw("expected name of a metric")
      }
      let bytes = try StringLiteral.bytes(inside, from: token.range.lowerBound + 1)
      return try add(.anywhere, .contains(TextSearch(String(decoding: bytes, as: UTF8.self))), from: start)
    case .word:
      if token.plainWord == "has" { return try existence(from: start) }
      return try comparison(token, from: start)
    case .number, .bytes, .symbol:
      index = start
      throw flaw("expected condition")
    }
  }

  private mutating func existence(from start: Int) throws(SyntaxFlaw) -> Node {
    expectation = .field
    guard let token = peek, case .word = token.kind else { throw flaw("expected field after 'has'") }
    let field = try field(token).field
    index += 1
    return try add(field, .exists, from: start)
  }

  // MARK: - Comparisons

  private mutating func comparison(_ token: Token, from start: Int) throws(SyntaxFlaw) -> Node {
    let definition: (field: Field, kind: FieldKind)
    do throws(SyntaxFlaw) {
      definition = try field(token)
    } catch {
      index = start
      throw error
    }
    expectation = .comparison(definition.kind)
    if let test = try test(definition.kind) { return try add(definition.field, test, from: start) }
    guard definition.kind == .flag else { throw flaw("expected comparison such as ==") }
    return try add(definition.field, .isTrue, from: start)
  }

  /// Nil where no comparison follows.
  private mutating func test(_ kind: FieldKind) throws(SyntaxFlaw) -> Test? {
    let start = index
    guard let token = take() else { return nil }
    expectation = .value(kind)
    if case .symbol(let symbol) = token.kind {
      if let comparison = Comparison(symbol) { return try test(comparison, symbol, token, kind) }
      if symbol == "~" || symbol == "!~" { return try patternTest(symbol, token, kind) }
    } else if token.plainWord == "in" {
      return .oneOf(try list(kind))
    } else if token.plainWord == "matches" {
      return try filterTest(token, kind)
    }
    index = start
    return nil
  }

  private mutating func test(
    _ comparison: Comparison, _ symbol: String, _ token: Token, _ kind: FieldKind
  ) throws(SyntaxFlaw) -> Test {
    let literal = try value(kind)
    switch (literal, kind) {
    case (.bool, _) where !comparison.isEquality, (.null, _) where !comparison.isEquality,
      (_, .words(_, false)) where !comparison.isEquality:
      throw SyntaxFlaw(
        offset: token.range.lowerBound, message: "'\(symbol)' needs an order: use == or != here")
    default: return .compare(comparison, literal)
    }
  }

  private mutating func list(_ kind: FieldKind) throws(SyntaxFlaw) -> [Literal] {
    guard takeSymbol("(") else { throw flaw("expected '(' after 'in'") }
    var literals: [Literal] = []
    repeat {
      literals.append(try value(kind))
      guard literals.count <= Self.mostConditions else { throw flaw("too many values") }
    } while takeSymbol(",")
    guard takeSymbol(")") else { throw flaw("expected ',' or ')'") }
    return literals
  }

  private mutating func patternTest(
    _ symbol: String, _ token: Token, _ kind: FieldKind
  ) throws(SyntaxFlaw) -> Test {
    switch kind {
    case .text, .json: break
    default:
      throw SyntaxFlaw(offset: token.range.lowerBound, message: "'\(symbol)' is for text: use == here")
    }
    guard let next = peek, case .string(let inside, let quote) = next.kind else {
      throw flaw("expected regular expression in quotes")
    }
    index += 1
    do throws(RegularExpressionError) {
      let expression = try RegularExpression(StringLiteral.pattern(inside, quote: quote))
      return .regularExpression(expression, negated: symbol == "!~")
    } catch {
      // A quote that needed a backslash shifts what follows it; near enough.
      let offset = min(next.range.lowerBound + 1 + error.offset, next.range.upperBound - 1)
      throw SyntaxFlaw(offset: offset, message: error.message)
    }
  }

  // MARK: - Small things

  private mutating func add(_ field: Field, _ test: Test, from start: Int) throws(SyntaxFlaw) -> Node {
    guard conditions.count < Self.mostConditions else { throw flaw("too many conditions") }
    let range = tokens[start].range.lowerBound..<tokens[index - 1].range.upperBound
    let source = String(String.UnicodeScalarView(scalars[range]))
    conditions.append(Condition(field: field, test: test, source: source))
    return .condition(conditions.count - 1)
  }

  /// The index of the path, which is new unless it was there.
  mutating func slot(_ path: JSONPath) -> Int {
    if let index = paths.firstIndex(of: path) { return index }
    paths.append(path)
    return paths.count - 1
  }

  var peek: Token? { index < tokens.count ? tokens[index] : nil }

  mutating func take() -> Token? {
    guard let token = peek else { return nil }
    index += 1
    return token
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard peek?.plainWord == word else { return false }
    index += 1
    return true
  }

  mutating func takeSymbol(_ symbol: String) -> Bool {
    guard peek?.isSymbol(symbol) ?? false else { return false }
    index += 1
    return true
  }

  /// At the next token, or the end.
  func flaw(_ message: String) -> SyntaxFlaw {
    SyntaxFlaw(offset: peek?.range.lowerBound ?? scalars.count, message: message)
  }
}
