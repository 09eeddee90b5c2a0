import Text

/// Bytes as digits that people type.
enum HexText {
  /// To edit: sixteen bytes a line.
  static func lines(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if index > 0 { text.append(index % 16 == 0 ? 0x0A : 0x20) }
      text.append(Hexadecimal.lower(byte >> 4))
      text.append(Hexadecimal.lower(byte & 0xF))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// nil unless there are two digits a byte; blanks and line ends do not count.
  static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text where !character.isWhitespace {
      guard character.isASCII, let digit = character.hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return high == nil ? bytes : nil
  }
}
