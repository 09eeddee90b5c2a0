/// `[a-z\d_]`
extension RegularExpressionParser {
  /// The bracket at `start` has been read.
  mutating func characterClass(from start: Int) throws(RegularExpressionError) -> ScalarSet {
    var set = ScalarSet()
    set.foldsCase = foldsCase
    set.isNegated = take("^")
    var isFirst = true
    while let scalar = peek, scalar != "]" || isFirst {
      isFirst = false
      try member(&set)
    }
    guard take("]") else { throw error("'[' without its ']'", at: start) }
    return set
  }

  private mutating func member(_ set: inout ScalarSet) throws(RegularExpressionError) {
    let start = offset
    if peek == "[", offset + 1 < scalars.count, [":", ".", "="].contains(scalars[offset + 1]) {
      throw error("'[\(scalars[offset + 1])…' is not known: use a range, \\d, \\w or \\s", at: start)
    }
    guard let first = try element(&set) else { return }
    guard peek == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]" else {
      return set.insert(first...first)
    }
    offset += 1
    guard let last = try element(&set) else { throw error("a range needs a character at its end", at: start) }
    guard first <= last else { throw error("the range is the wrong way round", at: start) }
    set.insert(first...last)
  }

  /// The next character, or nil when it was a shorthand, which is then in the set.
  private mutating func element(_ set: inout ScalarSet) throws(RegularExpressionError) -> UInt32? {
    let start = offset
    guard let scalar = peek else { throw error("'[' without its ']'") }
    offset += 1
    guard scalar == "\\" else { return scalar.value }
    if let (other, isInverted) = shorthand() {
      set.insert(other, inverted: isInverted)
      return nil
    }
    if take("b") { return 0x08 }
    return try escapedScalar(from: start)
  }
}
