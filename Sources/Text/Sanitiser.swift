/// The one gate between foreign text and a terminal: whatever a peer, a file or an argument supplied
/// comes out as text on which no control, bidi or format character acts.
///
/// Bytes that are not UTF-8 become `\xNN`; scalars of the categories Cc Cf Cs Co Cn Zl Zp become
/// `\n`, `\t`, `\e`, `\xNN` (C0, DEL) or `\u{NNNN}`; at most two zero-width marks stay on a base, a mark
/// without a base gets U+25CC. Zero-width joiners are escaped, so their sequences show as separate
/// scalars. The result is for reading, not for decoding: a backslash stays a backslash.
package struct Sanitiser {
  package enum Form: Sendable {
    /// One line: LF and TAB are escaped too.
    case line
    /// Text of several lines: LF stays.
    case lines
  }

  private let form: Form
  private let asciiOnly: Bool
  /// Zero-width marks on the current base, or nil when there is no base.
  private var marks: Int?
  /// Where in the output escapes stand, when somebody asked.
  private var escapes: [Range<Int>]?

  private init(_ form: Form, asciiOnly: Bool, marksEscapes: Bool = false) {
    self.form = form
    self.asciiOnly = asciiOnly
    escapes = marksEscapes ? [] : nil
  }

  /// Appends the safe form of `bytes`. `asciiOnly` escapes everything above U+007E as well, for a
  /// terminal that is not in UTF-8.
  package static func append(
    _ bytes: UnsafeRawBufferPointer, as form: Form = .line, asciiOnly: Bool = false,
    to output: inout [UInt8]
  ) {
    var sanitiser = Sanitiser(form, asciiOnly: asciiOnly)
    sanitiser.run(bytes, &output)
  }

  /// The same, and the ranges of `output` that stand for something that must not act, so that they can
  /// be told from a peer's own backslash.
  package static func append(
    _ bytes: UnsafeRawBufferPointer, as form: Form = .line, asciiOnly: Bool = false,
    to output: inout [UInt8], escapes: inout [Range<Int>]
  ) {
    var sanitiser = Sanitiser(form, asciiOnly: asciiOnly, marksEscapes: true)
    sanitiser.run(bytes, &output)
    escapes = sanitiser.escapes ?? []
  }

  package static func append(
    _ text: String, as form: Form = .line, asciiOnly: Bool = false, to output: inout [UInt8]
  ) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0), as: form, asciiOnly: asciiOnly, to: &output) }
  }

  /// `text` as one safe line.
  package static func line(_ text: String, asciiOnly: Bool = false) -> String {
    var output: [UInt8] = []
    append(text, as: .line, asciiOnly: asciiOnly, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// `bytes` as one safe line.
  package static func line(_ bytes: some Sequence<UInt8>, asciiOnly: Bool = false) -> String {
    var output: [UInt8] = []
    Array(bytes).withUnsafeBytes { append($0, as: .line, asciiOnly: asciiOnly, to: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// `text` with its line feeds kept and all else safe.
  package static func lines(_ text: String, asciiOnly: Bool = false) -> String {
    var output: [UInt8] = []
    append(text, as: .lines, asciiOnly: asciiOnly, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Whether the scalar must not reach a terminal as it is.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0x7F { return value < 0x20 }
    if value < 0xA0 { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      return true
    default: return false
    }
  }

  /// The columns that already safe `text` takes in one line.
  package static func columns(of text: String) -> Int {
    var columns = 0
    for scalar in text.unicodeScalars { columns += ScalarWidth.columns(scalar) }
    return columns
  }

  private mutating func run(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      let safe = Self.printableASCII(bytes, from: offset)
      if safe > offset {
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<safe]))
        marks = 0
        offset = safe
        continue
      }
      switch UTF8Scanner.step(bytes, at: offset) {
      case .badByte(let byte):
        let start = output.count
        Self.appendHexEscape(byte, &output)
        endEscape(from: start, output.count)
        offset += 1
      case .scalar(let scalar, let length):
        append(scalar, bytes[offset..<(offset + length)], &output)
        offset += length
      }
    }
  }

  private mutating func append(
    _ scalar: Unicode.Scalar, _ encoded: Slice<UnsafeRawBufferPointer>, _ output: inout [UInt8]
  ) {
    if form == .lines, scalar == "\n" {
      output.append(0x0A)
      marks = nil
    } else if Self.isUnsafe(scalar) || asciiOnly {
      let start = output.count
      Self.appendEscape(scalar, &output)
      endEscape(from: start, output.count)
    } else if ScalarWidth.isCombining(scalar) {
      if marks == nil { output.append(contentsOf: [0xE2, 0x97, 0x8C]) }
      let count = (marks ?? 0) + 1
      if count > 2 {
        let start = output.count
        Self.appendEscape(scalar, &output)
        endEscape(from: start, output.count)
      } else {
        output.append(contentsOf: encoded)
        marks = count
      }
    } else {
      output.append(contentsOf: encoded)
      marks = 0
    }
  }

  private mutating func endEscape(from start: Int, _ end: Int) {
    marks = nil
    escapes?.append(start..<end)
  }

  /// The end of the run of 0x20...0x7E that begins at `start`.
  private static func printableASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while bytes.count - offset >= 8 {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      guard !containsUnprintable(word) else { break }
      offset += 8
    }
    while offset < bytes.count, bytes[offset] >= 0x20, bytes[offset] < 0x7F { offset += 1 }
    return offset
  }

  /// Whether one of the eight bytes lies outside 0x20...0x7E.
  @inline(__always)
  private static func containsUnprintable(_ word: UInt64) -> Bool {
    let high: UInt64 = 0x8080_8080_8080_8080
    let ones: UInt64 = 0x0101_0101_0101_0101
    // With every top bit clear, adding 1 sets the top bit of 0x7F only, and adding 0x60 leaves it
    // clear for bytes below 0x20 only.
    guard word & high == 0 else { return true }
    let tooHigh = (word &+ ones) & high
    let notTooLow = (word &+ ones &* 0x60) & high
    return tooHigh != 0 || notTooLow != high
  }

  private static func appendEscape(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
    switch scalar.value {
    case 0x09: output.append(contentsOf: [0x5C, 0x74])
    case 0x0A: output.append(contentsOf: [0x5C, 0x6E])
    case 0x0D: output.append(contentsOf: [0x5C, 0x72])
    case 0x1B: output.append(contentsOf: [0x5C, 0x65])
    case ..<0x80: appendHexEscape(UInt8(scalar.value), &output)
    default:
      output.append(contentsOf: [0x5C, 0x75, 0x7B])
      var shift = scalar.value > 0xF_FFFF ? 20 : scalar.value > 0xFFFF ? 16 : 12
      while shift >= 0 {
        output.append(Hexadecimal.upper(UInt8(scalar.value >> UInt32(shift) & 0xF)))
        shift -= 4
      }
      output.append(0x7D)
    }
  }

  private static func appendHexEscape(_ byte: UInt8, _ output: inout [UInt8]) {
    output.append(contentsOf: [0x5C, 0x78])
    output.append(Hexadecimal.upper(byte >> 4))
    output.append(Hexadecimal.upper(byte & 0xF))
  }
}
