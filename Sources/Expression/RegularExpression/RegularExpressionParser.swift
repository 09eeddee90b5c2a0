indirect enum RegularExpressionNode: Equatable {
  case empty
  case scalar(UInt32)
  case set(ScalarSet)
  case any
  case anyButLineFeed
  case assertion(Assertion)
  case sequence([RegularExpressionNode])
  case alternatives([RegularExpressionNode])
  /// `most` is nil without a bound.
  case repetition(RegularExpressionNode, least: Int, most: Int?)
}

/// Reads the usual notation. What needs backtracking is refused with the reason.
struct RegularExpressionParser {
  private static let deepest = 100
  private static let mostRepetitions = 1000

  private struct Flags {
    var foldsCase = false
    var isMultiline = false
    var dotMatchesLineFeed = false
  }

  let scalars: [Unicode.Scalar]
  var offset = 0
  private var flags = Flags()
  private var depth = 0

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  mutating func parse() throws(RegularExpressionError) -> RegularExpressionNode {
    let node = try alternatives()
    if offset < scalars.count { throw error("')' without its '('") }
    return node
  }

  private mutating func alternatives() throws(RegularExpressionError) -> RegularExpressionNode {
    var nodes = [try sequence()]
    while take("|") { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
  }

  private mutating func sequence() throws(RegularExpressionError) -> RegularExpressionNode {
    var nodes: [RegularExpressionNode] = []
    while let next = peek, next != "|", next != ")" {
      let start = offset
      let node = try atom()
      nodes.append(try repeated(node, from: start))
    }
    return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
  }

  // MARK: - Repetition

  private mutating func repeated(
    _ atom: RegularExpressionNode, from start: Int
  ) throws(RegularExpressionError) -> RegularExpressionNode {
    var node = atom
    var count = 0
    while let (least, most) = try repetition() {
      count += 1
      guard count == 1 else { throw error("one repetition right after another", at: offset - 1) }
      node = .repetition(node, least: least, most: most)
      // Lazy or not decides where a match ends, never whether there is one.
      if take("?") { continue }
      if peek == "+" { throw error("possessive repetition would need backtracking and is not known") }
    }
    return node
  }

  private mutating func repetition() throws(RegularExpressionError) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard peek == "{" else { return nil }
    let start = offset
    offset += 1
    let least = number()
    var most = least
    if take(",") { most = number() }
    // `{` that begins no repetition stands for itself.
    guard let least, take("}") else {
      offset = start
      return nil
    }
    let isOpen = scalars[offset - 2] == ","
    guard least <= Self.mostRepetitions, most ?? 0 <= Self.mostRepetitions else {
      throw error("more than \(Self.mostRepetitions) repetitions", at: start)
    }
    if !isOpen, let most, most < least { throw error("the bounds are the wrong way round", at: start) }
    return (least, isOpen ? nil : most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek.flatMap({ Self.digit($0) }) {
      value = min((value ?? 0) * 10 + digit, 1_000_000)
      offset += 1
    }
    return value
  }

  // MARK: - Atoms

  private mutating func atom() throws(RegularExpressionError) -> RegularExpressionNode {
    let start = offset
    let scalar = scalars[offset]
    offset += 1
    switch scalar {
    case "(": return try group(from: start)
    case "[": return .set(try characterClass(from: start))
    case ".": return flags.dotMatchesLineFeed ? .any : .anyButLineFeed
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .lastLineEnd)
    case "*", "+", "?": throw error("nothing to repeat before '\(scalar)'", at: start)
    case "\\": return try escape(from: start)
    default: return literal(scalar.value)
    }
  }

  private func literal(_ value: UInt32) -> RegularExpressionNode {
    guard flags.foldsCase, !ScalarSet.cases(value).isEmpty else { return .scalar(value) }
    var set = ScalarSet([value...value])
    set.foldsCase = true
    return .set(set)
  }

  private mutating func group(from start: Int) throws(RegularExpressionError) -> RegularExpressionNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("groups nested too deeply", at: start) }
    let outer = flags
    if take("?") {
      // `(?i)` lasts to the end of the group that it stands in.
      if try groupKind(from: start) { return .empty }
    } else if peek == "*" {
      throw error("'(*' is not known", at: start)
    }
    let node = try alternatives()
    guard take(")") else { throw error("'(' without its ')'", at: start) }
    flags = outer
    return node
  }

  /// Reads what follows `(?`; whether the group was only flags and is complete.
  private mutating func groupKind(from start: Int) throws(RegularExpressionError) -> Bool {
    if take(":") { return false }
    if peek == "=" || peek == "!" { throw lookaround(start) }
    if peek == ">" { throw error("an atomic group would need backtracking and is not known", at: start) }
    if take("P") {
      guard take("<") else { throw error("expected '<' after '(?P'") }
      try groupName()
      return false
    }
    if take("<") {
      if peek == "=" || peek == "!" { throw lookaround(start) }
      try groupName()
      return false
    }
    var isOn = true
    while let letter = peek {
      offset += 1
      switch letter {
      case "i": flags.foldsCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotMatchesLineFeed = isOn
      case "-": isOn = false
      case ":": return false
      case ")": return true
      default: throw error("'(?\(letter)' is not known: use i, m or s", at: offset - 1)
      }
    }
    throw error("'(' without its ')'", at: start)
  }

  private func lookaround(_ start: Int) -> RegularExpressionError {
    error("lookaround would need backtracking and is not known", at: start)
  }

  private mutating func groupName() throws(RegularExpressionError) {
    let start = offset
    while let scalar = peek, scalar == "_" || scalar.properties.isAlphabetic || Self.digit(scalar) != nil {
      offset += 1
    }
    guard offset > start, take(">") else { throw error("expected the name of the group and '>'") }
  }

  // MARK: - Escapes

  private mutating func escape(from start: Int) throws(RegularExpressionError) -> RegularExpressionNode {
    guard let letter = peek else { throw error("'\\' at the end", at: start) }
    switch letter {
    case "A": offset += 1; return .assertion(.textStart)
    case "z": offset += 1; return .assertion(.textEnd)
    case "Z": offset += 1; return .assertion(.lastLineEnd)
    case "b": offset += 1; return .assertion(.wordBoundary)
    case "B": offset += 1; return .assertion(.noWordBoundary)
    case "1"..."9", "k":
      throw error("a backreference would need backtracking and is not known", at: start)
    default: break
    }
    if let (set, isInverted) = shorthand() {
      var whole = ScalarSet()
      whole.insert(set, inverted: isInverted)
      return .set(whole)
    }
    return literal(try escapedScalar(from: start))
  }

  /// `\d` and its like, whose letter is next.
  mutating func shorthand() -> (ScalarSet, isInverted: Bool)? {
    let found: (ScalarSet, Bool)
    switch peek {
    case "d": found = (.digits, false)
    case "D": found = (.digits, true)
    case "w": found = (.word, false)
    case "W": found = (.word, true)
    case "s": found = (.space, false)
    case "S": found = (.space, true)
    default: return nil
    }
    offset += 1
    return found
  }

  /// The one character of an escape whose backslash has been read.
  mutating func escapedScalar(from start: Int) throws(RegularExpressionError) -> UInt32 {
    guard let letter = peek else { throw error("'\\' at the end", at: start) }
    offset += 1
    switch letter {
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "f": return 0x0C
    case "v": return 0x0B
    case "a": return 0x07
    case "e": return 0x1B
    case "0": return 0
    case "x": return try hexadecimal(digits: 2, from: start)
    case "u": return try hexadecimal(digits: 4, from: start)
    default:
      let isName = letter.isASCII && (letter.properties.isAlphabetic || Self.digit(letter) != nil)
      if isName { throw error("'\\\(letter)' is not known", at: start) }
      return letter.value
    }
  }

  /// `41`, or any number of digits as `{41}`.
  private mutating func hexadecimal(digits: Int, from start: Int) throws(RegularExpressionError) -> UInt32 {
    let isBraced = take("{")
    var value: UInt32 = 0
    var count = 0
    while let scalar = peek, scalar.isASCII, let digit = Character(scalar).hexDigitValue,
      isBraced ? count < 6 : count < digits
    {
      value = value << 4 | UInt32(digit)
      count += 1
      offset += 1
    }
    let isComplete = isBraced ? count > 0 && take("}") : count == digits
    guard isComplete, Unicode.Scalar(value) != nil else {
      throw error("no character has this number", at: start)
    }
    return value
  }

  // MARK: - The text

  var foldsCase: Bool { flags.foldsCase }

  var peek: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    offset += 1
    return true
  }

  static func digit(_ scalar: Unicode.Scalar) -> Int? {
    (0x30...0x39).contains(scalar.value) ? Int(scalar.value - 0x30) : nil
  }

  func error(_ message: String, at position: Int? = nil) -> RegularExpressionError {
    RegularExpressionError(offset: position ?? offset, message: message)
  }
}
