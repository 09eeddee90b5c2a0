/// Where and why a text is not JSON.
package struct JSONError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    case unexpectedEnd
    /// What could have stood here: "a value", "',' or '}'".
    case expected(String)
    case badNumber
    case badEscape
    case controlCharacter
    case notUTF8
    case trailingText
  }

  package let reason: Reason
  /// In bytes from 0.
  package let offset: Int
  /// From 1.
  package let line: Int
  /// In bytes from 1.
  package let column: Int
}

extension JSONError: CustomStringConvertible {
  package var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSONError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge(let limit): "larger than \(limit) bytes"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .unexpectedEnd: "the text ends too early"
    case .expected(let what): "expected \(what)"
    case .badNumber: "not a JSON number"
    case .badEscape: "not a JSON escape"
    case .controlCharacter: "a control character must be escaped"
    case .notUTF8: "not UTF-8"
    case .trailingText: "text after the end of the value"
    }
  }
}

/// A strict parser of RFC 8259 that keeps its own stack, so depth costs no call frames.
///
/// A lone surrogate (`\ud800`), which a Swift string cannot hold, stays in the string as the six
/// characters of its escape.
package struct JSONParser {
  package static let maximumDepth = 512

  private enum Frame {
    case array([JSONValue])
    case object([JSONValue.Member], key: String)
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private var stack: [Frame] = []

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The one value that `bytes` hold. `limit` is a size in bytes.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes)
    guard bytes.count <= limit else { throw parser.error(.tooLarge(limit: limit), at: 0) }
    return try parser.parse()
  }

  package static func parse(_ text: String, limit: Int) throws(JSONError) -> JSONValue {
    var text = text
    let result = text.withUTF8 { bytes -> Result<JSONValue, JSONError> in
      do throws(JSONError) {
        return .success(try parse(UnsafeRawBufferPointer(bytes), limit: limit))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private mutating func parse() throws(JSONError) -> JSONValue {
    while true {
      guard var value = try beginValue() else { continue }
      // Close as many containers as end here; stop where another value must follow.
      while true {
        guard let frame = stack.popLast() else {
          skipSpace()
          guard offset == bytes.count else { throw error(.trailingText) }
          return value
        }
        guard let closed = try place(value, in: frame) else { break }
        value = closed
      }
    }
  }

  /// A complete scalar or empty container, or nil after opening a container that is not empty.
  private mutating func beginValue() throws(JSONError) -> JSONValue? {
    skipSpace()
    guard let byte = peek else { throw error(.unexpectedEnd) }
    switch byte {
    case 0x7B:
      try open()
      if take(0x7D) { return .object([]) }
      stack.append(.object([], key: try key()))
      return nil
    case 0x5B:
      try open()
      if take(0x5D) { return .array([]) }
      stack.append(.array([]))
      return nil
    case 0x22: return .string(try string())
    case 0x2D, 0x30...0x39: return .number(try number())
    default: return try literal()
    }
  }

  private mutating func open() throws(JSONError) {
    guard stack.count < Self.maximumDepth else {
      throw error(.tooDeep(limit: Self.maximumDepth))
    }
    offset += 1
    skipSpace()
  }

  /// Adds `value` to the container and returns that when it ends, or nil when a further value follows.
  private mutating func place(
    _ value: JSONValue, in frame: Frame
  ) throws(JSONError) -> JSONValue? {
    skipSpace()
    switch frame {
    case .array(var values):
      values.append(value)
      if take(0x5D) { return .array(values) }
      guard take(0x2C) else { throw error(peek == nil ? .unexpectedEnd : .expected("',' or ']'")) }
      stack.append(.array(values))
    case .object(var members, let name):
      members.append(JSONValue.Member(name, value))
      if take(0x7D) { return .object(members) }
      guard take(0x2C) else { throw error(peek == nil ? .unexpectedEnd : .expected("',' or '}'")) }
      skipSpace()
      stack.append(.object(members, key: try key()))
    }
    return nil
  }

  private mutating func key() throws(JSONError) -> String {
    guard peek == 0x22 else { throw error(peek == nil ? .unexpectedEnd : .expected("a key in quotes")) }
    let name = try string()
    skipSpace()
    guard take(0x3A) else { throw error(peek == nil ? .unexpectedEnd : .expected("':'")) }
    return name
  }

  private mutating func literal() throws(JSONError) -> JSONValue {
    for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)] {
      if bytes[offset...].starts(with: word.utf8) {
        offset += word.utf8.count
        return value
      }
    }
    throw error(.expected("a value"))
  }

  private mutating func number() throws(JSONError) -> JSONValue.Number {
    let start = offset
    _ = take(0x2D)
    if !take(0x30) { try digits() }
    if take(0x2E) { try digits() }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      try digits()
    }
    if let byte = peek, (0x30...0x39).contains(byte) { throw error(.badNumber) }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let double = Double(text) else { throw error(.badNumber, at: start) }
    return JSONValue.Number(text: text, double: double)
  }

  private mutating func digits() throws(JSONError) {
    let start = offset
    while let byte = peek, (0x30...0x39).contains(byte) { offset += 1 }
    guard offset > start else { throw error(peek == nil ? .unexpectedEnd : .badNumber) }
  }

  private mutating func string() throws(JSONError) -> String {
    offset += 1
    var content: [UInt8] = []
    var start = offset
    while true {
      guard let byte = peek else { throw error(.unexpectedEnd) }
      switch byte {
      case 0x22:
        content.append(contentsOf: bytes[start..<offset])
        offset += 1
        return String(decoding: content, as: UTF8.self)
      case 0x5C:
        content.append(contentsOf: bytes[start..<offset])
        try escape(&content)
        start = offset
      case ..<0x20: throw error(.controlCharacter)
      case ..<0x80: offset += 1
      default:
        guard case .scalar(_, let length) = UTF8Scanner.step(bytes, at: offset) else {
          throw error(.notUTF8)
        }
        offset += length
      }
    }
  }

  private mutating func escape(_ content: inout [UInt8]) throws(JSONError) {
    let start = offset
    offset += 1
    guard let byte = peek else { throw error(.unexpectedEnd) }
    offset += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: content.append(byte)
    case 0x62: content.append(0x08)
    case 0x66: content.append(0x0C)
    case 0x6E: content.append(0x0A)
    case 0x72: content.append(0x0D)
    case 0x74: content.append(0x09)
    case 0x75: try unicodeEscape(from: start, &content)
    default: throw error(.badEscape, at: start)
    }
  }

  private mutating func unicodeEscape(
    from start: Int, _ content: inout [UInt8]
  ) throws(JSONError) {
    let unit = try hexadecimal(start)
    if let scalar = Unicode.Scalar(unit) {
      content.append(contentsOf: String(Character(scalar)).utf8)
      return
    }
    let end = offset
    if unit < 0xDC00, take(0x5C), take(0x75) {
      let second = try hexadecimal(end)
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xD800) << 10 + (second - 0xDC00))
      {
        content.append(contentsOf: String(Character(scalar)).utf8)
        return
      }
    }
    // A lone surrogate keeps its escape; what follows it is read on its own.
    offset = end
    content.append(contentsOf: bytes[start..<end])
  }

  private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
    guard bytes.count - offset >= 4 else { throw error(.unexpectedEnd, at: bytes.count) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue, bytes[offset] < 0x80
      else { throw error(.badEscape, at: start) }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private func error(_ reason: JSONError.Reason, at position: Int? = nil) -> JSONError {
    let position = position ?? offset
    var line = 1
    var lineStart = 0
    for index in 0..<min(position, bytes.count) where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    return JSONError(reason: reason, offset: position, line: line, column: position - lineStart + 1)
  }
}
