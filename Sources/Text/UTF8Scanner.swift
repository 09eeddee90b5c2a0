/// Decodes UTF-8 scalar by scalar and says which bytes are not UTF-8.
///
/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. After a bad sequence one byte
/// is skipped at a time, so every bad byte can be shown.
package struct UTF8Scanner {
  package enum Step: Equatable {
    case scalar(Unicode.Scalar, length: Int)
    case badByte(UInt8)
  }

  /// The scalar or bad byte at `offset`, which must be less than the count.
  package static func step(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Step {
    let first = bytes[offset]
    if first < 0x80 { return .scalar(Unicode.Scalar(first), length: 1) }
    let length: Int
    var value: UInt32
    let least: UInt32
    switch first {
    case 0xC2...0xDF: (length, value, least) = (2, UInt32(first & 0x1F), 0x80)
    case 0xE0...0xEF: (length, value, least) = (3, UInt32(first & 0x0F), 0x800)
    case 0xF0...0xF4: (length, value, least) = (4, UInt32(first & 0x07), 0x10000)
    default: return .badByte(first)
    }
    guard bytes.count - offset >= length else { return .badByte(first) }
    for index in 1..<length {
      let byte = bytes[offset + index]
      guard byte & 0xC0 == 0x80 else { return .badByte(first) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard value >= least, let scalar = Unicode.Scalar(value) else { return .badByte(first) }
    return .scalar(scalar, length: length)
  }

  /// The offset of the first byte that is not part of valid UTF-8, or nil.
  package static func firstBadByte(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    let count = bytes.count
    while offset < count {
      if count - offset >= 8,
        bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        offset += 8
        continue
      }
      if bytes[offset] < 0x80 {
        offset += 1
        continue
      }
      guard case .scalar(_, let length) = step(bytes, at: offset) else { return offset }
      offset += length
    }
    return nil
  }

  package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool { firstBadByte(bytes) == nil }
}
