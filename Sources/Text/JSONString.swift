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
    output.append(0x22)
    var offset = 0
    while offset < bytes.count {
      // Six bytes for one is the longest escape of ASCII; further scalars take no more a byte.
      let end = min(bytes.count, offset + 4096)
      output.append(upTo: (end - offset + 8) * 6) { base in
        let writer = Writer(bytes: bytes, escaping: escaping)
        return writer.write(from: &offset, upTo: end, to: base)
      }
    }
    output.append(0x22)
  }

  /// Copies runs of plain bytes eight at a time and escapes what lies between them.
  private struct Writer {
    let bytes: UnsafeRawBufferPointer
    let escaping: Escaping

    /// The number of bytes written. `offset` may end up to three bytes behind `end`.
    func write(from offset: inout Int, upTo end: Int, to base: UnsafeMutablePointer<UInt8>) -> Int {
      var output = base
      while offset < end {
        if bytes.count - offset >= 8 {
          let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          let special = UInt64(littleEndian: specialBytes(word))
          UnsafeMutableRawPointer(output).storeBytes(of: word, as: UInt64.self)
          let plain = special.trailingZeroBitCount >> 3
          output += plain
          offset += plain
          if special == 0 { continue }
        }
        writeScalar(&offset, &output)
      }
      return output - base
    }

    /// The top bit of each byte that cannot just be copied.
    @inline(__always)
    private func specialBytes(_ word: UInt64) -> UInt64 {
      let ones: UInt64 = 0x0101_0101_0101_0101
      let high: UInt64 = 0x8080_8080_8080_8080
      let low = word & ~high
      // Exact a byte, as no sum of seven-bit values carries into the next byte.
      let notControl = (low &+ ones &* 0x60) | word
      let notQuote = (low ^ (ones &* 0x22)) &+ ones &* 0x7F | word
      let notBackslash = (low ^ (ones &* 0x5C)) &+ ones &* 0x7F | word
      var plain = notControl & notQuote & notBackslash
      if escaping != .required {
        let notDelete = (low ^ (ones &* 0x7F)) &+ ones &* 0x7F
        plain &= notDelete & ~word
      }
      return ~plain & high
    }

    @inline(__always)
    private func writeScalar(_ offset: inout Int, _ output: inout UnsafeMutablePointer<UInt8>) {
      let byte = bytes[offset]
      if byte == 0x22 || byte == 0x5C {
        output[0] = 0x5C
        output[1] = byte
        output += 2
        offset += 1
      } else if byte >= 0x20, byte < 0x7F || escaping == .required {
        output[0] = byte
        output += 1
        offset += 1
      } else {
        let (scalar, length) = scalar(at: offset)
        if JSONString.needsEscape(scalar, escaping) {
          JSONString.writeEscape(scalar, &output)
        } else {
          for index in offset..<(offset + length) {
            output[0] = bytes[index]
            output += 1
          }
        }
        offset += length
      }
    }

    private func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
      switch UTF8Scanner.step(bytes, at: offset) {
      case .scalar(let scalar, let length): (scalar, length)
      case .badByte: ("\u{FFFD}", 1)
      }
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

  private static func writeEscape(
    _ scalar: Unicode.Scalar, _ output: inout UnsafeMutablePointer<UInt8>
  ) {
    let letter: UInt8
    switch scalar.value {
    case 0x08: letter = 0x62
    case 0x09: letter = 0x74
    case 0x0A: letter = 0x6E
    case 0x0C: letter = 0x66
    case 0x0D: letter = 0x72
    case ..<0x1_0000: return writeUnit(scalar.value, &output)
    default:
      let rest = scalar.value - 0x1_0000
      writeUnit(0xD800 + rest >> 10, &output)
      return writeUnit(0xDC00 + rest & 0x3FF, &output)
    }
    output[0] = 0x5C
    output[1] = letter
    output += 2
  }

  private static func writeUnit(_ unit: UInt32, _ output: inout UnsafeMutablePointer<UInt8>) {
    output[0] = 0x5C
    output[1] = 0x75
    for index in 0..<4 {
      let nibble = unit >> UInt32(12 - 4 * index) & 0xF
      output[2 + index] = Hexadecimal.lower(UInt8(truncatingIfNeeded: nibble))
    }
    output += 6
  }
}
