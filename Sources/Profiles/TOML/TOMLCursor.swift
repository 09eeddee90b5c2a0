/// A place in the bytes of a TOML text, with its line and column.
struct TOMLCursor {
  private let bytes: [UInt8]
  private var index = 0
  private(set) var position = TOMLPosition(line: 1, column: 1)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { wanted in bytes[index...].starts(with: wanted) }
  }

  mutating func advance() {
    guard index < bytes.count else { return }
    if bytes[index] == UInt8(ascii: "\n") {
      position = TOMLPosition(line: position.line + 1, column: 1)
    } else if index + 1 >= bytes.count || bytes[index + 1] & 0xC0 != 0x80 {
      position.column += 1
    }
    index += 1
  }

  mutating func advance(by count: Int) {
    for _ in 0..<count { advance() }
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    advance()
    return true
  }

  mutating func takeWhile(_ condition: (UInt8) -> Bool) -> String {
    let start = index
    while let byte = next, condition(byte) { advance() }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  mutating func expect(
    _ scalar: Unicode.Scalar, after what: String, skippingSpaces: Bool = true
  ) throws(TOMLError) {
    if skippingSpaces { skipSpaces() }
    guard take(scalar) else { throw unexpected(wanting: "\(scalar) after \(what)") }
  }

  // MARK: Blanks

  mutating func skipSpaces() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { advance() }
  }

  /// Spaces, line ends and comments.
  mutating func skipLines() throws(TOMLError) {
    repeat {
      skipSpaces()
      try skipComment()
    } while try takeLineEnd()
  }

  /// What may follow a header or a pair on its line.
  mutating func endLine() throws(TOMLError) {
    skipSpaces()
    try skipComment()
    if next != nil, try !takeLineEnd() { throw unexpected(wanting: "the end of the line") }
  }

  mutating func takeLineEnd() throws(TOMLError) -> Bool {
    if take("\n") { return true }
    guard next == UInt8(ascii: "\r") else { return false }
    guard starts(with: "\r\n") else { throw error("a carriage return without a line feed") }
    advance(by: 2)
    return true
  }

  private mutating func skipComment() throws(TOMLError) {
    guard next == UInt8(ascii: "#") else { return }
    while let byte = next, byte != UInt8(ascii: "\n"), !starts(with: "\r\n") {
      if Self.isControl(byte) { throw error("a control character") }
      advance()
    }
  }

  // MARK: Characters and errors

  func error(_ message: String) -> TOMLError { TOMLError(message: message, position: position) }

  func unexpected(wanting wanted: String) -> TOMLError {
    guard let byte = next else { return error("the file ends where it needs \(wanted)") }
    if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      return error("the line ends where it needs \(wanted)")
    }
    let end = bytes[(index + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
    return error("'\(String(decoding: bytes[index..<end], as: UTF8.self))' stands where it needs \(wanted)")
  }

  static func isBareKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Those that TOML bans from comments and strings; the tab is none.
  static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }
}
