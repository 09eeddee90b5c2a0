import Text

/// A payload as a tree of values.
enum PayloadValue {
  /// Payloads over this size are not parsed while they stream by.
  static let limit = 256 << 10

  /// What a JSON payload holds; a bare number is JSON too.
  static func decode(_ payload: UnsafeRawBufferPointer) -> JSONValue? {
    guard let first = payload.first(where: { $0 > 0x20 }), isJSONStart(first) else { return nil }
    return try? JSONParser.parse(payload, limit: limit)
  }

  private static func isJSONStart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x2D, 0x30...0x39, 0x5B, 0x66, 0x6E, 0x74, 0x7B: true
    default: false
    }
  }
}

extension JSONValue {
  /// A number as it is, a truth value as 0 or 1, and text that reads as a number.
  package var number: Double? {
    switch self {
    case .number(let number): number.double
    case .bool(let flag): flag ? 1 : 0
    case .string(let text): Double(text)
    default: nil
    }
  }
}
