import MQTTPackets
import Options

/// Literals, in view of the field that they are compared with.
extension Parser {
  mutating func value(_ kind: FieldKind) throws(SyntaxFlaw) -> Literal {
    guard let token = peek else { throw flaw("expected value") }
    let literal: Literal
    switch token.kind {
    case .string(let inside, _): literal = try text(inside, token, kind)
    case .bytes(let bytes):
      if case .text = kind { literal = .text(bytes) } else { throw flaw("expected \(Self.words(kind))") }
    case .number(let text): literal = try number(text, token, kind)
    case .word: literal = try word(token, kind)
    case .symbol: throw flaw("expected value")
    }
    _ = take()
    return literal
  }

  private func text(
    _ inside: [Unicode.Scalar], _ token: Token, _ kind: FieldKind
  ) throws(SyntaxFlaw) -> Literal {
    let bytes = try StringLiteral.bytes(inside, from: token.range.lowerBound + 1)
    switch kind {
    case .text, .json: return .text(bytes)
    case .words(let words, _):
      return .number(try named(String(decoding: bytes, as: UTF8.self), words))
    case .number, .flag: throw flaw("expected \(Self.words(kind))")
    }
  }

  private func word(_ token: Token, _ kind: FieldKind) throws(SyntaxFlaw) -> Literal {
    guard let word = token.plainWord else { throw flaw("expected value") }
    if case .words(let words, _) = kind { return .number(try named(word, words)) }
    switch (word, kind) {
    case ("true", .flag), ("true", .json): return .bool(true)
    case ("false", .flag), ("false", .json): return .bool(false)
    case ("null", .json): return .null
    case (_, .json): throw flaw("expected value: text goes in quotes")
    default: throw flaw("expected \(Self.words(kind))")
    }
  }

  private func named(_ name: String, _ words: [FieldKind.Word]) throws(SyntaxFlaw) -> Number {
    let lower = name.lowercased()
    if let word = words.first(where: { $0.name == lower }) { return Number(word.value) }
    let nearest = NearestName.of(name, among: words.map(\.name)).map { "did you mean '\($0)'?" }
    throw flaw("no such value: \(nearest ?? "use " + words.map(\.name).joined(separator: ", "))")
  }

  private func number(_ text: String, _ token: Token, _ kind: FieldKind) throws(SyntaxFlaw) -> Literal {
    switch kind {
    case .text(isNumeric: true), .json: return .number(try number(text, .decimal))
    case .number(let unit): return .number(try number(text, unit))
    case .words(_, allowsNumbers: true): return .number(try number(text, .none))
    case .text, .flag, .words: throw flaw("expected \(Self.words(kind))")
    }
  }

  private func number(_ text: String, _ unit: NumberUnit) throws(SyntaxFlaw) -> Number {
    if text.hasPrefix("0x"), let value = Int64(text.dropFirst(2), radix: 16) { return Number(value) }
    var digits = text
    var letters = ""
    while let last = digits.last, last.isLetter || last == "%" {
      letters = "\(last)\(letters)"
      digits.removeLast()
    }
    guard let last = digits.last, last != ".", let number = Number(digits) else {
      throw flaw("'\(text)' is no number")
    }
    guard let factor = unit.factor(letters) else { throw unknownUnit(letters, unit) }
    if factor == 1 { return number }
    if let integer = number.integer, factor > 1 {
      let (product, overflows) = integer.multipliedReportingOverflow(by: Int64(factor))
      if !overflows { return Number(product) }
    }
    // Division by a power of ten is exact to the last bit where multiplication by its inverse is not.
    return Number(factor < 1 ? number.double / (1 / factor).rounded() : number.double * factor)
  }

  private func unknownUnit(_ letters: String, _ unit: NumberUnit) -> SyntaxFlaw {
    if unit.names.isEmpty { return flaw("unknown unit '\(letters)': a plain number is expected") }
    return flaw("unknown unit '\(letters)': use \(unit.names.joined(separator: ", "))")
  }

  /// What a field takes.
  static func words(_ kind: FieldKind) -> String {
    switch kind {
    case .text(isNumeric: false): "text in quotes"
    case .text(isNumeric: true): "text in quotes, or a number"
    case .number: "number"
    case .flag: "true or false"
    case .words(let words, _): "one of " + words.map(\.name).joined(separator: ", ")
    case .json: "value"
    }
  }

  mutating func filterTest(_ token: Token, _ kind: FieldKind) throws(SyntaxFlaw) -> Test {
    guard kind == .text(isNumeric: false) else {
      throw SyntaxFlaw(offset: token.range.lowerBound, message: "'matches' is for topics: use ~ here")
    }
    guard let next = peek, case .string(let inside, _) = next.kind else {
      throw flaw("expected topic filter in quotes")
    }
    let bytes = try StringLiteral.bytes(inside, from: next.range.lowerBound + 1)
    do throws(TopicError) {
      let filter = try TopicFilter(String(decoding: bytes, as: UTF8.self))
      _ = take()
      return .topicFilter(filter)
    } catch {
      throw flaw("no topic filter: \(error.reason)")
    }
  }
}
