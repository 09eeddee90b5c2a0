/// CBOR, RFC 8949, as JSON.
///
/// Byte strings are `"hex:…"`, undefined is null, map keys that are no strings are written as JSON. Of tags,
/// those that say how to understand a text or a time are left out, as section 6.1 advises; big numbers and
/// decimal fractions become numbers; any other becomes `{"tag":n,"value":…}`.
package enum CBOR {
  /// The one item that `bytes` hold.
  package static func decode(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(BinaryFormatError) -> JSONValue {
    var decoder = CBORDecoder(reader: try BinaryReader(bytes, limit: limit))
    let value = try decoder.item(depth: 0)
    guard decoder.reader.isAtEnd else { throw decoder.reader.error(.trailingBytes) }
    return value
  }
}

private struct CBORDecoder {
  /// The first byte of a thing of unknown length, and its end.
  private static let indefinite: UInt8 = 31
  private static let breakByte: UInt8 = 0xFF

  var reader: BinaryReader

  mutating func item(depth: Int) throws(BinaryFormatError) -> JSONValue {
    let start = reader.offset
    guard depth <= BinaryReader.maximumDepth else {
      throw reader.error(.tooDeep(limit: BinaryReader.maximumDepth))
    }
    let first = try reader.byte()
    let information = first & 0x1F
    switch first >> 5 {
    case 0: return JSONValue(try argument(information, first, start))
    case 1: return Self.negative(try argument(information, first, start))
    case 2:
      guard information == Self.indefinite else {
        return JSONValue(hexOf: try reader.take(try argument(information, first, start)))
      }
      return try chunks(of: 2).withUnsafeBytes { JSONValue(hexOf: $0) }
    case 3:
      guard information == Self.indefinite else {
        return JSONValue(text: try reader.take(try argument(information, first, start)))
      }
      return try chunks(of: 3).withUnsafeBytes { JSONValue(text: $0) }
    case 4: return try array(information, first, start, depth)
    case 5: return try map(information, first, start, depth)
    case 6: return try tagged(try argument(information, first, start), start, depth)
    default: return try simple(information, first, start)
    }
  }

  private mutating func argument(
    _ information: UInt8, _ first: UInt8, _ start: Int
  ) throws(BinaryFormatError) -> UInt64 {
    switch information {
    case ..<24: return UInt64(information)
    case 24...27: return try reader.number(width: 1 << Int(information - 24))
    default: throw reader.error(.reserved(first), at: start)
    }
  }

  private static func negative(_ value: UInt64) -> JSONValue {
    if let value = Int64(exactly: value) { return JSONValue(-1 - value) }
    let text = BigDecimal(value).plusOne.text
    return .number(JSONValue.Number(text: "-\(text)", double: -1 - Double(value)))
  }

  // MARK: - Of unknown length

  private mutating func isBreak() throws(BinaryFormatError) -> Bool {
    guard let byte = reader.peek else { throw reader.error(.unexpectedEnd) }
    guard byte == Self.breakByte else { return false }
    _ = try reader.byte()
    return true
  }

  private mutating func chunks(of type: UInt8) throws(BinaryFormatError) -> [UInt8] {
    var whole: [UInt8] = []
    while try !isBreak() {
      let start = reader.offset
      let first = try reader.byte()
      guard first >> 5 == type, first & 0x1F != Self.indefinite else {
        throw reader.error(.badChunk, at: start)
      }
      whole.append(contentsOf: try reader.take(try argument(first & 0x1F, first, start)))
    }
    return whole
  }

  private mutating func array(
    _ information: UInt8, _ first: UInt8, _ start: Int, _ depth: Int
  ) throws(BinaryFormatError) -> JSONValue {
    var values: [JSONValue] = []
    if information == Self.indefinite {
      while try !isBreak() { values.append(try item(depth: depth + 1)) }
    } else {
      var rest = try argument(information, first, start)
      while rest > 0 {
        values.append(try item(depth: depth + 1))
        rest -= 1
      }
    }
    return .array(values)
  }

  private mutating func map(
    _ information: UInt8, _ first: UInt8, _ start: Int, _ depth: Int
  ) throws(BinaryFormatError) -> JSONValue {
    var members: [JSONValue.Member] = []
    var rest = information == Self.indefinite ? nil : try argument(information, first, start)
    while true {
      if let count = rest {
        if count == 0 { break }
        rest = count - 1
      } else if try isBreak() {
        break
      }
      let key = try item(depth: depth + 1)
      if rest == nil, reader.peek == Self.breakByte { throw reader.error(.missingValue) }
      members.append(JSONValue.Member(key.keyText, try item(depth: depth + 1)))
    }
    return .object(members)
  }

  // MARK: - Tags

  private mutating func tagged(
    _ tag: UInt64, _ start: Int, _ depth: Int
  ) throws(BinaryFormatError) -> JSONValue {
    switch tag {
    case 2, 3: return try bigNumber(isNegative: tag == 3, start)
    case 4: return try decimalFraction(start, depth)
    // Times, hints for the encoding as JSON, URI, base 64, regular expression, MIME, "this is CBOR".
    case 0, 1, 21...24, 32...36, 55_799: return try item(depth: depth + 1)
    default:
      let value = try item(depth: depth + 1)
      return .object([JSONValue.Member("tag", JSONValue(tag)), JSONValue.Member("value", value)])
    }
  }

  /// Section 3.4.3. One that would take long to write in decimal stays hexadecimal.
  private mutating func bigNumber(isNegative: Bool, _ start: Int) throws(BinaryFormatError) -> JSONValue {
    let first = try reader.byte()
    guard first >> 5 == 2 else { throw reader.error(.badContent("a big number"), at: start) }
    let bytes =
      first & 0x1F == Self.indefinite
      ? try chunks(of: 2) : Array(try reader.take(try argument(first & 0x1F, first, start)))
    guard bytes.count <= BigDecimal.mostBytes else {
      return bytes.withUnsafeBytes { JSONValue(hexOf: $0) }
    }
    let number = BigDecimal(bytes)
    let text = isNegative ? "-\(number.plusOne.text)" : number.text
    return .number(JSONValue.Number(text: text, double: Double(text) ?? .infinity))
  }

  /// Section 3.4.4: `[-2, 27315]` is 27315e-2.
  private mutating func decimalFraction(_ start: Int, _ depth: Int) throws(BinaryFormatError) -> JSONValue {
    let value = try item(depth: depth + 1)
    guard let parts = value.array, parts.count == 2, let exponent = parts[0].integer,
      case .number(let mantissa) = parts[1], mantissa.text.allSatisfy({ $0.isWholeNumber || $0 == "-" })
    else { throw reader.error(.badContent("a decimal fraction"), at: start) }
    let text = "\(mantissa.text)e\(exponent)"
    return .number(JSONValue.Number(text: text, double: Double(text) ?? .infinity))
  }

  // MARK: - Simple values

  private mutating func simple(
    _ information: UInt8, _ first: UInt8, _ start: Int
  ) throws(BinaryFormatError) -> JSONValue {
    switch information {
    case 20: return .bool(false)
    case 21: return .bool(true)
    case 22, 23: return .null
    case 24:
      let value = try reader.byte()
      // Section 3.3: those below 32 have a form of one byte.
      guard value >= 32 else { throw reader.error(.reserved(first), at: start) }
      return .object([JSONValue.Member("simple", JSONValue(UInt64(value)))])
    case 25: return JSONValue(Self.half(try reader.number(width: 2)))
    case 26: return JSONValue(Float(bitPattern: UInt32(truncatingIfNeeded: try reader.number(width: 4))))
    case 27: return JSONValue(Double(bitPattern: try reader.number(width: 8)))
    case Self.indefinite: throw reader.error(.unexpectedBreak, at: start)
    case 28...30: throw reader.error(.reserved(first), at: start)
    default: return .object([JSONValue.Member("simple", JSONValue(UInt64(information)))])
    }
  }

  /// IEEE 754 binary16: a sign, 5 bits of exponent, 10 bits of fraction.
  private static func half(_ bits: UInt64) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction / 16_777_216
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
  }
}
