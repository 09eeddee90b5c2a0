/// Digits of base 16, and base 64 of RFC 4648.
package enum Hexadecimal {
  @inlinable
  package static func lower(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

  @inlinable
  package static func upper(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x37 + nibble }

  /// Two digits a byte.
  package static func append(
    _ bytes: UnsafeRawBufferPointer, uppercase: Bool = false, to output: inout [UInt8]
  ) {
    output.append(upTo: bytes.count * 2) { base in
      var end = base
      for byte in bytes {
        end[0] = uppercase ? upper(byte >> 4) : lower(byte >> 4)
        end[1] = uppercase ? upper(byte & 0xF) : lower(byte & 0xF)
        end += 2
      }
      return end - base
    }
  }
}

/// Base 64 of RFC 4648 section 4, with padding and without line breaks.
package enum Base64 {
  private static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  package static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    let digits = alphabet.utf8Start
    let whole = bytes.count / 3 * 3
    output.append(upTo: whole / 3 * 4) { base in
      var end = base
      for offset in stride(from: 0, to: whole, by: 3) {
        let high = UInt32(bytes[offset]) << 16 | UInt32(bytes[offset + 1]) << 8
        let word = high | UInt32(bytes[offset + 2])
        end[0] = digits[Int(word >> 18)]
        end[1] = digits[Int(word >> 12 & 0x3F)]
        end[2] = digits[Int(word >> 6 & 0x3F)]
        end[3] = digits[Int(word & 0x3F)]
        end += 4
      }
      return end - base
    }
    guard whole < bytes.count else { return }
    let hasSecond = bytes.count - whole == 2
    let word = UInt32(bytes[whole]) << 16 | (hasSecond ? UInt32(bytes[whole + 1]) << 8 : 0)
    output.append(digits[Int(word >> 18)])
    output.append(digits[Int(word >> 12 & 0x3F)])
    output.append(hasSecond ? digits[Int(word >> 6 & 0x3F)] : 0x3D)
    output.append(0x3D)
  }

  /// The bytes of `text`, or nil where it is not base 64 with its padding.
  package static func decode(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 4 == 0 else { return nil }
    let padding = digits.suffix(2).reversed().prefix { $0 == 0x3D }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    var word: UInt32 = 0
    for (index, digit) in digits.enumerated() {
      let isPadding = index >= digits.count - padding
      guard let value = isPadding ? 0 : value(of: digit) else { return nil }
      word = word << 6 | value
      if index % 4 == 3 {
        bytes.append(UInt8(word >> 16 & 0xFF))
        bytes.append(UInt8(word >> 8 & 0xFF))
        bytes.append(UInt8(word & 0xFF))
        word = 0
      }
    }
    // Bits that padding cuts off must be 0, or two texts would mean the same bytes.
    guard bytes.suffix(padding).allSatisfy({ $0 == 0 }) else { return nil }
    bytes.removeLast(padding)
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5A: UInt32(digit - 0x41)
    case 0x61...0x7A: UInt32(digit - 0x61 + 26)
    case 0x30...0x39: UInt32(digit - 0x30 + 52)
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
