/// The values without delimiters: truth values, numbers, dates and times.
enum TOMLScalar {
  static func parse(_ cursor: inout TOMLCursor) throws(TOMLError) -> TOMLValue {
    let start = cursor
    var text = cursor.takeWhile(isScalar)
    if text.isEmpty { throw start.unexpected(wanting: "a value") }
    if isDate(text), cursor.next == UInt8(ascii: " ") {
      var ahead = cursor
      ahead.advance()
      let time = ahead.takeWhile(isScalar)
      if isTime(time) {
        cursor = ahead
        text += "T" + time
      }
    }
    guard let value = value(text) else {
      throw start.error("'\(text)' is no value; strings need quotes")
    }
    return value
  }

  private static func value(_ text: String) -> TOMLValue? {
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "inf", "+inf": return .float(.infinity)
    case "-inf": return .float(-.infinity)
    case "nan", "+nan", "-nan": return .float(.nan)
    default: break
    }
    if isDate(String(text.prefix(10))), text.utf8.count >= 10 { return isDateTime(text) ? .dateTime : nil }
    if isTime(text) { return .dateTime }
    return integer(text).map(TOMLValue.integer) ?? float(text).map(TOMLValue.float)
  }

  // MARK: Numbers

  private static func integer(_ text: String) -> Int? {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
      guard let digits = digits(String(text.dropFirst(2))), digits.first != "+", digits.first != "-"
      else { return nil }
      return Int(digits, radix: radix)
    }
    guard let digits = digits(text), hasNoLeadingZero(digits) else { return nil }
    return Int(digits)
  }

  private static func float(_ text: String) -> Double? {
    guard let digits = digits(text), hasNoLeadingZero(digits) else { return nil }
    let mantissa = digits.prefix { $0 != "e" && $0 != "E" }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let exponent = digits.dropFirst(mantissa.count + 1)
    let unsigned = mantissa.drop { $0 == "+" || $0 == "-" }
    guard parts.count == 2 || mantissa.count < digits.count, parts.count <= 2,
      unsigned.first?.isNumber ?? false, unsigned.last?.isNumber ?? false,
      mantissa.count == digits.count || exponent.last?.isNumber ?? false,
      digits.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) })
    else { return nil }
    return Double(digits)
  }

  /// Without the underscores, each of which has to stand between digits.
  private static func digits(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
      guard index > 0, index + 1 < bytes.count, isAlphanumeric(bytes[index - 1]),
        isAlphanumeric(bytes[index + 1])
      else { return nil }
    }
    return text.filter { $0 != "_" }
  }

  private static func hasNoLeadingZero(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    guard digits.first == UInt8(ascii: "0"), let second = digits.dropFirst().first else { return true }
    return !isDigit(second)
  }

  // MARK: Dates and times

  private static func isDate(_ text: String) -> Bool { matches(text, "dddd-dd-dd") }

  private static func isTime(_ text: String) -> Bool {
    matches(String(text.prefix(8)), "dd:dd:dd")
      && text.dropFirst(8).utf8.allSatisfy { byte in
        isDigit(byte) || ".Zz+-:".utf8.contains(byte)
      }
  }

  private static func isDateTime(_ text: String) -> Bool {
    let rest = text.dropFirst(10)
    return rest.isEmpty || (rest.first == "T" || rest.first == "t") && isTime(String(rest.dropFirst()))
  }

  /// `d` in the pattern stands for a digit.
  private static func matches(_ text: String, _ pattern: String) -> Bool {
    guard text.utf8.count == pattern.utf8.count else { return false }
    return zip(text.utf8, pattern.utf8).allSatisfy { byte, wanted in
      wanted == UInt8(ascii: "d") ? isDigit(byte) : byte == wanted
    }
  }

  // MARK: Characters

  private static func isScalar(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "+-_.:".utf8.contains(byte) || byte >= 0x80
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
