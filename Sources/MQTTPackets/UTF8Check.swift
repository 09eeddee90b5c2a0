/// Strict UTF-8 after RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
enum UTF8Check {
  /// Where the first sequence starts that is no character, or nil when all is well.
  static func firstInvalid(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var position = 0
    while position < bytes.count {
      let lead = bytes[position]
      if lead < 0x80 {
        position += 1
        continue
      }
      guard let length = sequenceLength(lead, bytes, position) else { return position }
      position += length
    }
    return nil
  }

  /// The length of the well-formed sequence with this lead byte at `position`; Unicode table 3-7.
  private static func sequenceLength(_ lead: UInt8, _ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int?
  {
    let length: Int
    // The second byte tells overlong forms, surrogates and the end of Unicode; the rest are 80...BF.
    let second: ClosedRange<UInt8>
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard length <= bytes.count - position, second.contains(bytes[position + 1]) else { return nil }
    for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { return nil }
    return length
  }
}
