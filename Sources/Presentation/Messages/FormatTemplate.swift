/// Why a `-F` template is refused, and where.
package struct FormatTemplateError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// The text ends inside a sequence that began with this character.
    case incomplete(Character)
    case unknownSpecifier(Character)
    case unknownEscape(Character)
    case tooWide
  }

  package let reason: Reason
  /// In bytes from 0: of the character that begins the sequence.
  package let position: Int
}

extension FormatTemplateError: CustomStringConvertible {
  package var description: String {
    let what =
      switch reason {
      case .incomplete(let character): "'\(character)' begins a sequence that does not end"
      case .unknownSpecifier(let character): "there is no format specifier '%\(character)'"
      case .unknownEscape(let character): "there is no escape '\\\(character)'"
      case .tooWide: "the width or precision is above 65535"
      }
    return "\(what) (at byte \(position + 1) of the format)"
  }
}

/// A parsed `-F` format: the language of mosquitto_sub, as its manual describes it and as 2.0 behaves.
package struct FormatTemplate: Equatable, Sendable {
  enum Field: UInt8, Sendable {
    case topicAlias = 0x41  // A
    case contentType = 0x43  // C
    case correlationData = 0x44  // D
    case messageExpiry = 0x45  // E
    case payloadFormat = 0x46  // F
    case isoTime = 0x49  // I
    case json = 0x6A  // j
    case jsonPayload = 0x4A  // J
    case payloadLength = 0x6C  // l
    case packetIdentifier = 0x6D  // m
    case userProperties = 0x50  // P
    case payload = 0x70  // p
    case qos = 0x71  // q
    case responseTopic = 0x52  // R
    case retain = 0x72  // r
    case subscriptionIdentifier = 0x53  // S
    case topic = 0x74  // t
    case unixTime = 0x55  // U
    case lowerHex = 0x78  // x
    case upperHex = 0x58  // X
    case float = 0x66  // f
    case double = 0x64  // d
  }

  struct Layout: Equatable, Sendable {
    var isLeftAligned = false
    var isZeroPadded = false
    /// 0: none.
    var width = 0
    var precision: Int?
    /// Between groups of `precision` hexadecimal digits.
    var separator: UInt8 = 0x20

    var padding: UInt8 { isZeroPadded ? 0x30 : 0x20 }
  }

  enum Piece: Equatable, Sendable {
    case literal([UInt8])
    case field(Field, Layout)
    /// A conversion character of strftime(3).
    case time(UInt8)
    case nanoseconds
  }

  let pieces: [Piece]

  package init(_ text: String) throws(FormatTemplateError) {
    var parser = FormatTemplateParser(Array(text.utf8))
    pieces = try parser.parse()
  }
}

struct FormatTemplateParser {
  private let bytes: [UInt8]
  private var offset = 0
  private var literal: [UInt8] = []
  private var pieces: [FormatTemplate.Piece] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func parse() throws(FormatTemplateError) -> [FormatTemplate.Piece] {
    while offset < bytes.count {
      let start = offset
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case 0x25: try conversion(from: start)
      case 0x40: try time(from: start)
      case 0x5C: try escape(from: start)
      default: literal.append(byte)
      }
    }
    flush()
    return pieces
  }

  private mutating func flush() {
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    literal = []
  }

  private mutating func next(from start: Int) throws(FormatTemplateError) -> UInt8 {
    guard offset < bytes.count else {
      throw FormatTemplateError(reason: .incomplete(character(at: start)), position: start)
    }
    offset += 1
    return bytes[offset - 1]
  }

  private mutating func conversion(from start: Int) throws(FormatTemplateError) {
    var layout = FormatTemplate.Layout()
    var byte = try next(from: start)
    if byte == 0x2D {
      layout.isLeftAligned = true
      byte = try next(from: start)
    }
    if byte == 0x30 {
      layout.isZeroPadded = true
      byte = try next(from: start)
    }
    layout.width = try number(&byte, from: start)
    if byte == 0x2E {
      byte = try next(from: start)
      layout.precision = try number(&byte, from: start)
      if [0x20, 0x2C, 0x2D, 0x3A, 0x3B, 0x5F, 0x7C].contains(byte) {
        layout.separator = byte
        byte = try next(from: start)
      }
    }
    if byte == 0x25 {
      literal.append(byte)
    } else if let field = FormatTemplate.Field(rawValue: byte) {
      flush()
      pieces.append(.field(field, layout))
    } else {
      throw FormatTemplateError(reason: .unknownSpecifier(character(at: offset - 1)), position: start)
    }
  }

  private mutating func number(
    _ byte: inout UInt8, from start: Int
  ) throws(FormatTemplateError) -> Int {
    var value = 0
    while (0x30...0x39).contains(byte) {
      value = value * 10 + Int(byte - 0x30)
      guard value <= 65_535 else { throw FormatTemplateError(reason: .tooWide, position: start) }
      byte = try next(from: start)
    }
    return value
  }

  private mutating func time(from start: Int) throws(FormatTemplateError) {
    let byte = try next(from: start)
    if byte == 0x40 {
      literal.append(byte)
      return
    }
    flush()
    pieces.append(byte == 0x4E ? .nanoseconds : .time(byte))
  }

  private mutating func escape(from start: Int) throws(FormatTemplateError) {
    switch try next(from: start) {
    case 0x5C: literal.append(0x5C)
    case 0x30: literal.append(0x00)
    case 0x61: literal.append(0x07)
    case 0x65: literal.append(0x1B)
    case 0x6E: literal.append(0x0A)
    case 0x72: literal.append(0x0D)
    case 0x74: literal.append(0x09)
    case 0x76: literal.append(0x0B)
    default:
      throw FormatTemplateError(reason: .unknownEscape(character(at: offset - 1)), position: start)
    }
  }

  /// The whole character whose encoding begins there.
  private func character(at offset: Int) -> Character {
    String(decoding: bytes[offset...].prefix(4), as: UTF8.self).first ?? "?"
  }
}
