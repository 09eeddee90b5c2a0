extension TOMLParser {
  /// `"…"`.
  mutating func parseBasicString() throws(TOMLError) -> String {
    cursor.advance()
    var bytes: [UInt8] = []
    while let byte = cursor.next, byte != UInt8(ascii: "\n") {
      if cursor.take("\"") { return String(decoding: bytes, as: UTF8.self) }
      if byte == UInt8(ascii: "\\") {
        try parseEscape(into: &bytes)
      } else {
        try append(byte, to: &bytes)
      }
    }
    throw cursor.unexpected(wanting: "a closing \"")
  }

  /// `'…'`.
  mutating func parseLiteralString() throws(TOMLError) -> String {
    cursor.advance()
    var bytes: [UInt8] = []
    while let byte = cursor.next, byte != UInt8(ascii: "\n") {
      if cursor.take("'") { return String(decoding: bytes, as: UTF8.self) }
      try append(byte, to: &bytes)
    }
    throw cursor.unexpected(wanting: "a closing '")
  }

  /// `"""…"""` or `'''…'''`; a line end right behind the opening is not part of it, and up to two quotes
  /// may stand before the closing.
  mutating func parseLongString(_ quote: Unicode.Scalar) throws(TOMLError) -> String {
    cursor.advance(by: 3)
    _ = try cursor.takeLineEnd()
    var bytes: [UInt8] = []
    while let byte = cursor.next {
      if byte == UInt8(ascii: quote) {
        var count = 0
        while count < 5, cursor.take(quote) { count += 1 }
        bytes += repeatElement(byte, count: count >= 3 ? count - 3 : count)
        if count >= 3 { return String(decoding: bytes, as: UTF8.self) }
      } else if byte == UInt8(ascii: "\\"), quote == "\"" {
        if try !skipFoldedLine() { try parseEscape(into: &bytes) }
      } else if try cursor.takeLineEnd() {
        bytes.append(UInt8(ascii: "\n"))
      } else {
        try append(byte, to: &bytes)
      }
    }
    throw cursor.unexpected(wanting: "a closing \(quote)\(quote)\(quote)")
  }

  private mutating func append(_ byte: UInt8, to bytes: inout [UInt8]) throws(TOMLError) {
    if TOMLCursor.isControl(byte) { throw cursor.error("a control character in a string") }
    bytes.append(byte)
    cursor.advance()
  }

  /// A backslash at the end of a line swallows it and all blanks that follow.
  private mutating func skipFoldedLine() throws(TOMLError) -> Bool {
    var ahead = cursor
    ahead.advance()
    ahead.skipSpaces()
    guard try ahead.takeLineEnd() else { return false }
    repeat { ahead.skipSpaces() } while try ahead.takeLineEnd()
    cursor = ahead
    return true
  }

  private mutating func parseEscape(into bytes: inout [UInt8]) throws(TOMLError) {
    let start = cursor
    cursor.advance()
    let kind = cursor.next
    cursor.advance()
    switch kind {
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(kind ?? 0)
    case UInt8(ascii: "u"): try parseScalar(digits: 4, start, into: &bytes)
    case UInt8(ascii: "U"): try parseScalar(digits: 8, start, into: &bytes)
    default: throw start.error("an unknown escape; a literal backslash is \\\\, or use '…'")
    }
  }

  private mutating func parseScalar(
    digits: Int, _ start: TOMLCursor, into bytes: inout [UInt8]
  ) throws(TOMLError) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = cursor.next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw start.error("an escape needs \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      cursor.advance()
    }
    guard let scalar = Unicode.Scalar(value) else { throw start.error("an escape that is no character") }
    // C functions would see the string end there.
    if value == 0 { throw start.error("a NUL character") }
    bytes += Array(String(Character(scalar)).utf8)
  }
}
