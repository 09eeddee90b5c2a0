/// What a field holds in one subject. Bytes are borrowed.
enum Value {
  case missing
  case number(Number)
  case bool(Bool)
  case null
  case bytes(UnsafeRawBufferPointer)
  /// A JSON number, as its text.
  case jsonNumber(UnsafeRawBufferPointer)
  /// A JSON string.
  case string(UnsafeRawBufferPointer)
  /// The inside of a JSON string that has escapes.
  case escaped(UnsafeRawBufferPointer)
  /// An array or object as JSON.
  case container(UnsafeRawBufferPointer)
}

extension Test {
  func holds(_ value: Value) -> Bool {
    if case .missing = value { return false }
    switch self {
    case .exists: return true
    case .isTrue: if case .bool(true) = value { return true } else { return false }
    case .compare(let comparison, let literal): return Self.holds(comparison, value, literal)
    case .oneOf(let literals): return literals.contains { Self.holds(.equal, value, $0) }
    case .regularExpression(let expression, let isNegated):
      return Self.withText(value) { expression.matches($0) != isNegated } ?? isNegated
    case .topicFilter, .contains: return false
    }
  }

  private static func holds(_ comparison: Comparison, _ value: Value, _ literal: Literal) -> Bool {
    switch literal {
    case .number(let wanted):
      if let number = number(value) { return comparison.holds(number, wanted, <) }
    case .text(let wanted):
      let result = withText(value) { text in
        wanted.withUnsafeBytes { compare(text, $0, comparison) }
      }
      if let result { return result }
    case .bool(let wanted):
      if case .bool(let flag) = value { return (flag == wanted) == (comparison == .equal) }
    case .null:
      if case .null = value { return comparison == .equal }
    }
    // Values of different types differ, and have no order.
    return comparison == .notEqual
  }

  private static func compare(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ comparison: Comparison
  ) -> Bool {
    if comparison.isEquality {
      return (left.count == right.count && left.elementsEqual(right)) == (comparison == .equal)
    }
    return comparison.holds(left, right) { $0.lexicographicallyPrecedes($1) }
  }

  /// Also of a text that spells one, but not of a JSON string.
  private static func number(_ value: Value) -> Number? {
    switch value {
    case .number(let number): number
    case .jsonNumber(let text), .bytes(let text): JSONText.number(text)
    default: nil
    }
  }

  private static func withText(_ value: Value, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool? {
    switch value {
    case .bytes(let text), .string(let text): body(text)
    case .escaped(let text): JSONText.unescape(text).withUnsafeBytes(body)
    default: nil
    }
  }
}
