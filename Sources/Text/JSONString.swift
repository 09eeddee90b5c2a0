/// JSON strings, written from UTF-8.
package enum JSONString {
  package enum Escaping: Sendable {
    /// What RFC 8259 asks for, and no more.
    case required
    /// In addition `\uNNNN` for every scalar that the sanitiser would not let reach a terminal. Means
    /// the same to every JSON parser.
    case terminal
    /// In addition everything above U+007E.
    case ascii
  }

  /// Appends `text` in quotes.
  package static func append(
    _ text: String, escaping: Escaping = .required, to output: inout [UInt8]
  ) {
    var text = text
    text.withUTF8 { append(utf8: UnsafeRawBufferPointer($0), escaping: escaping, to: &output) }
  }

  /// Appends `bytes`, which must be valid UTF-8, in quotes.
  package static func append(
    utf8 bytes: UnsafeRawBufferPointer, escaping: Escaping = .required, to output: inout [UInt8]
  ) {
    output.reserveSpace(bytes.count + 2)
    output.append(0x22)
    appendContent(bytes, escaping, &output)
    output.append(0x22)
  }

  private static func appendContent(
    _ bytes: UnsafeRawBufferPointer, _ escaping: Escaping, _ output: inout [UInt8]
  ) {
    var runStart = 0
    var offset = 0
    while offset < bytes.count {
      offset = plain(bytes, from: offset, alsoNonASCII: escaping == .required)
      guard offset < bytes.count else { break }
      let (scalar, length) = scalar(bytes, at: offset)
      if needsEscape(scalar, escaping) {
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[runStart..<offset]))
        appendEscape(scalar, &output)
        runStart = offset + length
      }
      offset += length
    }
    output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[runStart...]))
  }

  private static func scalar(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (Unicode.Scalar, Int) {
    switch UTF8Scanner.step(bytes, at: offset) {
    case .scalar(let scalar, let length): (scalar, length)
    case .badByte: ("\u{FFFD}", 1)
    }
  }

  private static func needsEscape(_ scalar: Unicode.Scalar, _ escaping: Escaping) -> Bool {
    let value = scalar.value
    if value < 0x20 || value == 0x22 || value == 0x5C { return true }
    switch escaping {
    case .required: return false
    case .terminal: return Sanitiser.isUnsafe(scalar)
    case .ascii: return value > 0x7E
    }
  }

  /// The end of the run, from `start`, of bytes that are copied as they are.
  private static func plain(
    _ bytes: UnsafeRawBufferPointer, from start: Int, alsoNonASCII: Bool
  ) -> Int {
    var offset = start
    while bytes.count - offset >= 8 {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      guard isPlain(word, alsoNonASCII: alsoNonASCII) else { break }
      offset += 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
      if byte >= 0x7F, !alsoNonASCII { break }
      offset += 1
    }
    return offset
  }

  @inline(__always)
  private static func isPlain(_ word: UInt64, alsoNonASCII: Bool) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high: UInt64 = 0x8080_8080_8080_8080
    let low = word & ~high
    // Exact a byte, as no sum of seven-bit values carries into the next byte.
    let notControl = (low &+ ones &* 0x60) | word
    let quote = (low ^ (ones &* 0x22)) &+ ones &* 0x7F | word
    let backslash = (low ^ (ones &* 0x5C)) &+ ones &* 0x7F | word
    var plain = notControl & quote & backslash
    if !alsoNonASCII {
      let delete = (low ^ (ones &* 0x7F)) &+ ones &* 0x7F
      plain &= delete & ~word
    }
    return plain & high == high
  }

  private static func appendEscape(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
    output.append(0x5C)
    switch scalar.value {
    case 0x22, 0x5C: output.append(UInt8(scalar.value))
    case 0x08: output.append(0x62)
    case 0x09: output.append(0x74)
    case 0x0A: output.append(0x6E)
    case 0x0C: output.append(0x66)
    case 0x0D: output.append(0x72)
    case ..<0x1_0000: appendUnit(UInt16(scalar.value), &output)
    default:
      let rest = scalar.value - 0x1_0000
      appendUnit(UInt16(0xD800 + rest >> 10), &output)
      output.append(0x5C)
      appendUnit(UInt16(0xDC00 + rest & 0x3FF), &output)
    }
  }

  private static func appendUnit(_ unit: UInt16, _ output: inout [UInt8]) {
    output.append(0x75)
    for shift in [UInt16(12), 8, 4, 0] { output.append(Hexadecimal.lower(UInt8(unit >> shift & 0xF))) }
  }
}
