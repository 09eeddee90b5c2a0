import Text

/// What a payload looks like.
enum PayloadText {
  /// UTF-8 without control characters other than white space. With `isCut`, the last character may be
  /// incomplete.
  static func isText(_ bytes: [UInt8], isCut: Bool) -> Bool {
    bytes.withUnsafeBytes { all in
      var offset = 0
      while offset < all.count {
        if all[offset] < 0x80 {
          let byte = all[offset]
          if byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F { return false }
          offset += 1
          continue
        }
        switch UTF8Scanner.step(all, at: offset) {
        case .badByte: return isCut && all.count - offset < 4
        case .scalar(_, let length): offset += length
        }
      }
      return true
    }
  }

  static func hex(_ byte: UInt8) -> String {
    String(decoding: [Hexadecimal.lower(byte >> 4), Hexadecimal.lower(byte & 15)], as: UTF8.self)
  }
}
