/// The inside of JSON strings and numbers that a scan has found to be well formed.
enum JSONText {
  /// The UTF-8 that a string with escapes stands for. A lone surrogate stays as its escape.
  static func unescape(_ raw: UnsafeRawBufferPointer) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(raw.count)
    var offset = 0
    while offset < raw.count {
      guard raw[offset] == 0x5C, offset + 1 < raw.count else {
        text.append(raw[offset])
        offset += 1
        continue
      }
      let letter = raw[offset + 1]
      if letter == 0x75 {
        appendUnicode(raw, &offset, &text)
      } else {
        text.append(character(letter))
        offset += 2
      }
    }
    return text
  }

  private static func character(_ letter: UInt8) -> UInt8 {
    switch letter {
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: letter
    }
  }

  private static func appendUnicode(
    _ raw: UnsafeRawBufferPointer, _ offset: inout Int, _ text: inout [UInt8]
  ) {
    guard let first = unit(raw, at: offset) else {
      text.append(raw[offset])
      offset += 1
      return
    }
    if let scalar = Unicode.Scalar(first) {
      text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      offset += 6
    } else if first < 0xDC00, let second = unit(raw, at: offset + 6), (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    {
      text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      offset += 12
    } else {
      text.append(contentsOf: raw[offset..<(offset + 6)])
      offset += 6
    }
  }

  /// The code unit of the `\uNNNN` there.
  private static func unit(_ raw: UnsafeRawBufferPointer, at offset: Int) -> UInt32? {
    guard raw.count - offset >= 6, raw[offset] == 0x5C, raw[offset + 1] == 0x75 else { return nil }
    var value: UInt32 = 0
    for index in (offset + 2)..<(offset + 6) {
      guard let digit = hexDigit(raw[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// The number that `bytes` are in JSON's notation, spaces around it allowed.
  static func number(_ bytes: UnsafeRawBufferPointer) -> Number? {
    var (start, end) = (0, bytes.count)
    while start < end, isSpace(bytes[start]) { start += 1 }
    while start < end, isSpace(bytes[end - 1]) { end -= 1 }
    guard end - start <= 400, start < end, bytes[end - 1] >= 0x30, bytes[end - 1] <= 0x39,
      bytes[start] == 0x2D || bytes[start] >= 0x30 && bytes[start] <= 0x39
    else { return nil }
    // No letters but the exponent's: not `nan`, `inf` or hexadecimal.
    for byte in bytes[start..<end] {
      guard byte >= 0x2B && byte <= 0x39 && byte != 0x2C && byte != 0x2F || byte | 0x20 == 0x65
      else { return nil }
    }
    return Number(String(decoding: bytes[start..<end], as: UTF8.self))
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
