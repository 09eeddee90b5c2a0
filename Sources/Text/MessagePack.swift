/// MessagePack, as its specification of 2017 has it, as JSON.
///
/// Binary and text that is not UTF-8 are `"hex:…"`, keys that are no strings are written as JSON, timestamps
/// are RFC 3339 text, other extensions `{"ext":n,"data":"hex:…"}`.
package enum MessagePack {
  /// The one value that `bytes` hold.
  package static func decode(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(BinaryFormatError) -> JSONValue {
    var decoder = MessagePackDecoder(reader: try BinaryReader(bytes, limit: limit))
    let value = try decoder.value(depth: 0)
    guard decoder.reader.isAtEnd else { throw decoder.reader.error(.trailingBytes) }
    return value
  }
}

private struct MessagePackDecoder {
  var reader: BinaryReader

  mutating func value(depth: Int) throws(BinaryFormatError) -> JSONValue {
    guard depth <= BinaryReader.maximumDepth else {
      throw reader.error(.tooDeep(limit: BinaryReader.maximumDepth))
    }
    let start = reader.offset
    let first = try reader.byte()
    switch first {
    case 0x00...0x7F: return JSONValue(UInt64(first))
    case 0x80...0x8F: return try map(UInt64(first & 0x0F), depth)
    case 0x90...0x9F: return try array(UInt64(first & 0x0F), depth)
    case 0xA0...0xBF: return JSONValue(text: try reader.take(UInt64(first & 0x1F)))
    case 0xC0: return .null
    case 0xC1: throw reader.error(.reserved(first), at: start)
    case 0xC2: return .bool(false)
    case 0xC3: return .bool(true)
    case 0xC4...0xC6: return JSONValue(hexOf: try sized(width: 1 << Int(first - 0xC4)))
    case 0xC7...0xC9: return try extended(try reader.number(width: 1 << Int(first - 0xC7)), start)
    case 0xCA: return JSONValue(Float(bitPattern: UInt32(truncatingIfNeeded: try reader.number(width: 4))))
    case 0xCB: return JSONValue(Double(bitPattern: try reader.number(width: 8)))
    case 0xCC...0xCF: return JSONValue(try reader.number(width: 1 << Int(first - 0xCC)))
    case 0xD0...0xD3: return JSONValue(try signed(width: 1 << Int(first - 0xD0)))
    case 0xD4...0xD8: return try extended(1 << UInt64(first - 0xD4), start)
    case 0xD9...0xDB: return JSONValue(text: try sized(width: 1 << Int(first - 0xD9)))
    case 0xDC, 0xDD: return try array(try reader.number(width: first == 0xDC ? 2 : 4), depth)
    case 0xDE, 0xDF: return try map(try reader.number(width: first == 0xDE ? 2 : 4), depth)
    default: return JSONValue(Int64(Int8(bitPattern: first)))
    }
  }

  private mutating func sized(width: Int) throws(BinaryFormatError) -> UnsafeRawBufferPointer {
    try reader.take(try reader.number(width: width))
  }

  private mutating func signed(width: Int) throws(BinaryFormatError) -> Int64 {
    let shift = UInt64(64 - width * 8)
    return Int64(bitPattern: try reader.number(width: width) << shift) >> Int64(shift)
  }

  private mutating func array(_ count: UInt64, _ depth: Int) throws(BinaryFormatError) -> JSONValue {
    var values: [JSONValue] = []
    for _ in 0..<count { values.append(try value(depth: depth + 1)) }
    return .array(values)
  }

  private mutating func map(_ count: UInt64, _ depth: Int) throws(BinaryFormatError) -> JSONValue {
    var members: [JSONValue.Member] = []
    for _ in 0..<count {
      let key = try value(depth: depth + 1).keyText
      members.append(JSONValue.Member(key, try value(depth: depth + 1)))
    }
    return .object(members)
  }

  private mutating func extended(_ length: UInt64, _ start: Int) throws(BinaryFormatError) -> JSONValue {
    let type = Int8(bitPattern: try reader.byte())
    let data = try reader.take(length)
    if type == -1 {
      guard let text = Self.timestamp(data) else { throw reader.error(.badContent("a timestamp"), at: start) }
      return .string(text)
    }
    return .object([
      JSONValue.Member("ext", JSONValue(Int64(type))), JSONValue.Member("data", JSONValue(hexOf: data)),
    ])
  }

  /// Seconds in 4 bytes; 30 bits of nanoseconds and 34 of seconds in 8; nanoseconds and signed seconds in 12.
  private static func timestamp(_ data: UnsafeRawBufferPointer) -> String? {
    func number(_ range: Range<Int>) -> UInt64 { data[range].reduce(0) { $0 << 8 | UInt64($1) } }
    switch data.count {
    case 4: return TimestampText.text(seconds: Int64(number(0..<4)), nanoseconds: 0)
    case 8:
      let value = number(0..<8)
      return TimestampText.text(seconds: Int64(value & 0x3_FFFF_FFFF), nanoseconds: value >> 34)
    case 12: return TimestampText.text(seconds: Int64(bitPattern: number(4..<12)), nanoseconds: number(0..<4))
    default: return nil
    }
  }
}

/// RFC 3339 in UTC.
enum TimestampText {
  /// Nil for a fraction that is none, and for years of more than four digits.
  static func text(seconds: Int64, nanoseconds: UInt64) -> String? {
    guard nanoseconds < 1_000_000_000, (-62_135_596_800...253_402_300_799).contains(seconds) else {
      return nil
    }
    let day = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let second = seconds - day * 86_400
    let (year, month, dayOfMonth) = date(day)
    var text: [UInt8] = []
    let parts: [(Int64, Int, UInt8)] = [
      (year, 4, 0x2D), (month, 2, 0x2D), (dayOfMonth, 2, 0x54), (second / 3600, 2, 0x3A),
      (second / 60 % 60, 2, 0x3A),
    ]
    for (value, digits, separator) in parts {
      text.append(decimal: UInt(value), digits: digits)
      text.append(separator)
    }
    text.append(decimal: UInt(second % 60), digits: 2)
    if nanoseconds > 0 {
      text.append(0x2E)
      text.append(decimal: UInt(nanoseconds), digits: 9)
      while text.last == 0x30 { text.removeLast() }
    }
    text.append(0x5A)
    return String(decoding: text, as: UTF8.self)
  }

  /// Of the Gregorian calendar. Counted from March on, the leap day is the last of its year.
  private static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let day = day + 719_468
    let era = day / 146_097
    let dayOfEra = day - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let isNextYear = month >= 10
    return (
      yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
      dayOfYear - (153 * month + 2) / 5 + 1
    )
  }
}
