/// Spelling rules of HTTP/1 heads, RFC 9110 5.6, on bytes.
enum HTTPText {
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")

  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// Whether the bytes are a token of at least one character.
  static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { isToken($0) }
  }

  /// What a header value or a reason phrase may hold: no controls but the tab.
  static func isFieldByte(_ byte: UInt8) -> Bool {
    byte == tab || byte >= 0x20 && byte != 0x7F
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let tail = bytes.drop(while: isBlank)
    return tail.prefix(upTo: (tail.lastIndex { !isBlank($0) }).map { $0 + 1 } ?? tail.startIndex)
  }

  /// The elements of a comma-separated list, without the blanks around them and without empty ones.
  static func list(_ value: String) -> [String] {
    value.utf8.split(separator: UInt8(ascii: ",")).compactMap { element in
      let bytes = trimmed(Array(element)[...])
      return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
  }

  static func equalWithoutCase(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
  }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
  }

  /// A peer's bytes as harmless ASCII: what does not print, and the backslash, as \xNN.
  static func escaped(_ bytes: some Sequence<UInt8>, limit: Int = 80) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    var left = limit
    for byte in bytes {
      guard left > 0 else { return String(decoding: text, as: UTF8.self) + "..." }
      left -= 1
      if byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\") {
        text.append(byte)
      } else {
        text += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
