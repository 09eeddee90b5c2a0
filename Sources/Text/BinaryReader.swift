/// Takes big-endian values off the front of bytes. Whoever reads a length gets no more than is there.
struct BinaryReader {
  static let maximumDepth = 128

  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(BinaryFormatError) {
    self.bytes = bytes
    if bytes.count > limit { throw error(.tooLarge(limit: limit)) }
  }

  var isAtEnd: Bool { offset == bytes.count }

  var peek: UInt8? { isAtEnd ? nil : bytes[offset] }

  mutating func byte() throws(BinaryFormatError) -> UInt8 {
    guard let byte = peek else { throw error(.unexpectedEnd) }
    offset += 1
    return byte
  }

  /// An unsigned number of `width` bytes, at most 8.
  mutating func number(width: Int) throws(BinaryFormatError) -> UInt64 {
    var value: UInt64 = 0
    for byte in try take(UInt64(width)) { value = value << 8 | UInt64(byte) }
    return value
  }

  mutating func take(_ count: UInt64) throws(BinaryFormatError) -> UnsafeRawBufferPointer {
    guard count <= UInt64(bytes.count - offset) else { throw error(.unexpectedEnd, at: bytes.count) }
    let end = offset + Int(count)
    defer { offset = end }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
  }

  func error(_ reason: BinaryFormatError.Reason, at position: Int? = nil) -> BinaryFormatError {
    BinaryFormatError(reason: reason, offset: position ?? offset)
  }
}

/// What JSON has no form for.
extension JSONValue {
  init(_ number: UInt64) { self = .number(Number(text: String(number), double: Double(number))) }

  init(_ number: Int64) { self = .number(Number(text: String(number), double: Double(number))) }

  /// `"NaN"`, `"Infinity"` and `"-Infinity"` are strings.
  init(_ number: Double) {
    if number.isFinite {
      self = .number(Number(text: number.description, double: number))
    } else {
      self = .string(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
    }
  }

  /// With the digits that a Float needs, not those of its value as a Double.
  init(_ number: Float) {
    guard number.isFinite else {
      self.init(Double(number))
      return
    }
    self = .number(Number(text: number.description, double: Double(number)))
  }

  /// `"hex:0aff"`, as the filter language writes it.
  init(hexOf bytes: UnsafeRawBufferPointer) {
    var text = Array("hex:".utf8)
    Hexadecimal.append(bytes, to: &text)
    self = .string(String(decoding: text, as: UTF8.self))
  }

  /// Text that is not UTF-8 is shown as bytes.
  init(text bytes: UnsafeRawBufferPointer) {
    if UTF8Scanner.isValid(bytes) {
      self = .string(String(decoding: bytes, as: UTF8.self))
    } else {
      self.init(hexOf: bytes)
    }
  }

  /// As the key of a member: what is no string is written as JSON.
  var keyText: String {
    if case .string(let text) = self { return text }
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
