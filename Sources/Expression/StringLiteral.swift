/// The inside of quotes: what it means depends on what it is compared by.
enum StringLiteral {
  /// With the escapes of JSON and `\xNN`, which is a byte.
  static func bytes(_ inside: [Unicode.Scalar], from start: Int) throws(SyntaxFlaw) -> [UInt8] {
    var bytes: [UInt8] = []
    var offset = 0
    while offset < inside.count {
      let scalar = inside[offset]
      guard scalar == "\\" else {
        bytes.append(contentsOf: String(Character(scalar)).utf8)
        offset += 1
        continue
      }
      let escape = offset
      offset += 2
      switch inside[escape + 1] {
      case "n": bytes.append(0x0A)
      case "r": bytes.append(0x0D)
      case "t": bytes.append(0x09)
      case "\\", "\"", "'", "/": bytes.append(UInt8(truncatingIfNeeded: inside[escape + 1].value))
      case "x":
        guard let value = hexadecimal(inside, &offset, digits: 2) else {
          throw noEscape(inside, escape, start)
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
      case "u":
        guard let value = hexadecimal(inside, &offset, digits: 4), let scalar = Unicode.Scalar(value) else {
          throw noEscape(inside, escape, start)
        }
        bytes.append(contentsOf: String(Character(scalar)).utf8)
      default: throw noEscape(inside, escape, start)
      }
    }
    return bytes
  }

  /// Backslashes are the regular expression's own; only one before the quote is taken away.
  static func pattern(_ inside: [Unicode.Scalar], quote: Unicode.Scalar) -> String {
    var pattern = String.UnicodeScalarView()
    var offset = 0
    while offset < inside.count {
      if inside[offset] == "\\", offset + 1 < inside.count {
        if inside[offset + 1] != quote { pattern.append("\\") }
        pattern.append(inside[offset + 1])
        offset += 2
      } else {
        pattern.append(inside[offset])
        offset += 1
      }
    }
    return String(pattern)
  }

  private static func noEscape(_ inside: [Unicode.Scalar], _ escape: Int, _ start: Int) -> SyntaxFlaw {
    SyntaxFlaw(
      offset: start + escape, message: "there is no escape '\\\(inside[escape + 1])': a backslash is '\\\\'")
  }

  private static func hexadecimal(_ inside: [Unicode.Scalar], _ offset: inout Int, digits: Int) -> UInt32? {
    guard inside.count - offset >= digits else { return nil }
    var value: UInt32 = 0
    for scalar in inside[offset..<(offset + digits)] {
      guard scalar.isASCII, let digit = JSONText.hexDigit(UInt8(truncatingIfNeeded: scalar.value)) else {
        return nil
      }
      value = value << 4 | UInt32(digit)
    }
    offset += digits
    return value
  }
}
