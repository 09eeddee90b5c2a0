/// Takes an expression's text apart.
struct Lexer {
  private static let symbols = ["==", "!=", "<=", ">=", "!~", "<", ">", "~", "!", "(", ")", ","]
  /// What other languages write.
  private static let foreign = [
    "&&": "'and' is written in letters", "||": "'or' is written in letters", "=~": "matching is written '~'",
    "&": "'and' is written in letters", "|": "'or' is written in letters", "=": "equality is written '=='",
  ]

  private let scalars: [Unicode.Scalar]
  private var offset = 0

  private init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  static func tokens(_ scalars: [Unicode.Scalar]) throws(SyntaxFlaw) -> [Token] {
    var lexer = Lexer(scalars)
    var tokens: [Token] = []
    while let token = try lexer.next() { tokens.append(token) }
    return tokens
  }

  private mutating func next() throws(SyntaxFlaw) -> Token? {
    while let scalar = peek, scalar.properties.isWhitespace { offset += 1 }
    guard let scalar = peek else { return nil }
    let start = offset
    let kind: Token.Kind
    if scalar == "\"" || scalar == "'" {
      kind = .string(try quoted(), quote: scalar)
    } else if Self.isDigit(scalar) || scalar == "-" && peek(1).map(Self.isDigit) ?? false {
      kind = .number(number())
    } else if Self.isNameStart(scalar) || scalar == "." {
      kind = try word()
    } else {
      kind = .symbol(try symbol())
    }
    return Token(kind: kind, range: start..<offset)
  }

  private mutating func symbol() throws(SyntaxFlaw) -> String {
    for symbol in Self.symbols where isNext(symbol) {
      // `=` and its like are checked below, as `=~` and `==` begin alike.
      offset += symbol.unicodeScalars.count
      return symbol
    }
    for (length, start) in [(2, offset), (1, offset)] {
      let text = String(String.UnicodeScalarView(scalars[start...].prefix(length)))
      if let words = Self.foreign[text] { throw flaw(words) }
    }
    throw flaw("'\(scalars[offset])' means nothing here")
  }

  private func isNext(_ symbol: String) -> Bool {
    scalars[offset...].starts(with: symbol.unicodeScalars)
  }

  /// The inside; escapes are left as they are.
  private mutating func quoted() throws(SyntaxFlaw) -> [Unicode.Scalar] {
    let start = offset
    let quote = scalars[offset]
    offset += 1
    while let scalar = peek {
      offset += 1
      if scalar == quote { return Array(scalars[(start + 1)..<(offset - 1)]) }
      if scalar == "\\", peek != nil { offset += 1 }
    }
    throw SyntaxFlaw(offset: start, message: "the text in quotes does not end")
  }

  private mutating func number() -> String {
    let start = offset
    offset += 1
    while let scalar = peek {
      let isExponentSign =
        (scalar == "-" || scalar == "+") && (scalars[offset - 1] == "e" || scalars[offset - 1] == "E")
        && scalars[start..<(offset - 1)].allSatisfy { Self.isDigit($0) || $0 == "." || $0 == "-" }
      guard isExponentSign || scalar == "." || scalar == "%" || Self.isNamePart(scalar),
        scalar != "-" || isExponentSign
      else { break }
      offset += 1
    }
    return text(from: start)
  }

  private mutating func word() throws(SyntaxFlaw) -> Token.Kind {
    var segments: [Token.Segment] = []
    if peek == "." {
      // `.a` is `json.a`, as jq writes it.
      segments.append(.name("json"))
    } else {
      let start = offset
      while let scalar = peek, Self.isNamePart(scalar) { offset += 1 }
      segments.append(.name(text(from: start)))
      if segments == [.name("hex")], peek == ":" { return .bytes(try hexadecimal()) }
    }
    while true {
      if peek == "." {
        offset += 1
        segments.append(try member())
      } else if peek == "[" {
        offset += 1
        segments.append(try subscriptStep())
      } else {
        return .word(segments)
      }
    }
  }

  private mutating func member() throws(SyntaxFlaw) -> Token.Segment {
    if peek == "\"" || peek == "'" { return try quotedStep() }
    let start = offset
    while let scalar = peek, Self.isKeyPart(scalar) { offset += 1 }
    guard offset > start else { throw flaw("expected name after '.'") }
    return .name(text(from: start))
  }

  private mutating func subscriptStep() throws(SyntaxFlaw) -> Token.Segment {
    let step: Token.Segment
    if peek == "\"" || peek == "'" {
      step = try quotedStep()
    } else {
      let start = offset
      while let scalar = peek, Self.isDigit(scalar) { offset += 1 }
      guard offset > start, offset - start <= 9, let index = Int(text(from: start)) else {
        throw SyntaxFlaw(offset: start, message: "expected index from 0, or name in quotes")
      }
      step = .index(index)
    }
    guard peek == "]" else { throw flaw("expected ']'") }
    offset += 1
    return step
  }

  private mutating func quotedStep() throws(SyntaxFlaw) -> Token.Segment {
    let start = offset
    let inside = try quoted()
    let bytes = try StringLiteral.bytes(inside, from: start + 1)
    return .quoted(String(decoding: bytes, as: UTF8.self))
  }

  private mutating func hexadecimal() throws(SyntaxFlaw) -> [UInt8] {
    offset += 1
    let start = offset
    var digits: [UInt8] = []
    while let scalar = peek, Self.isNamePart(scalar) {
      guard scalar.isASCII, let digit = JSONText.hexDigit(UInt8(truncatingIfNeeded: scalar.value)) else {
        throw flaw("expected hexadecimal digit")
      }
      digits.append(digit)
      offset += 1
    }
    guard !digits.isEmpty, digits.count % 2 == 0 else {
      throw SyntaxFlaw(offset: digits.isEmpty ? start : offset, message: "expected two digits a byte")
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  // MARK: - The text

  private var peek: Unicode.Scalar? { peek(0) }

  private func peek(_ distance: Int) -> Unicode.Scalar? {
    offset + distance < scalars.count ? scalars[offset + distance] : nil
  }

  private func text(from start: Int) -> String {
    String(String.UnicodeScalarView(scalars[start..<offset]))
  }

  private func flaw(_ message: String) -> SyntaxFlaw { SyntaxFlaw(offset: offset, message: message) }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    isNameStart(scalar) || isDigit(scalar) || scalar == "-"
  }

  /// What a key may have without quotes.
  private static func isKeyPart(_ scalar: Unicode.Scalar) -> Bool {
    isNamePart(scalar) || scalar == "$" || scalar == "@"
  }
}
