import WebSocketTransport

/// A text that is no value of its setting's type.
package struct BadValue: Error, Equatable, Sendable {
  package var expected: String
  package var hint: String?
  /// What is there instead, where that is a part of the value.
  package var found: String?

  package init(expected: String, hint: String? = nil, found: String? = nil) {
    self.expected = expected
    self.hint = hint
    self.found = found
  }
}

/// Reads the values of settings as flags and variables spell them.
package enum ValueReader {
  package static func read(_ text: String, as type: SettingType) throws(BadValue) -> SettingValue {
    if let value = value(text, type) { return value }
    throw BadValue(expected: type.expectation, hint: hint(text, type))
  }

  private static func value(_ text: String, _ type: SettingType) -> SettingValue? {
    switch type {
    case .text: .text(text)
    case .file, .directory: text.isEmpty ? nil : .text(text)
    case .boolean: boolean(text).map(SettingValue.boolean)
    case .optionalFile: boolean(text).map(SettingValue.boolean) ?? .text(text)
    case .integer(let range): integer(text, in: range).map(SettingValue.integer)
    case .duration(let range): duration(text).flatMap { range.contains($0) ? .duration($0) : nil }
    case .seconds(let range, let infinite):
      seconds(text, in: range, infinite: infinite).map(SettingValue.integer)
    case .size(let range): size(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .choice(let words):
      words.first { $0.contains(text.lowercased()) }?.first.map(SettingValue.text)
    case .tlsVersions: tlsVersions(text)
    case .headers: header(text).map { .headers([$0]) }
    case .retries:
      text == "forever" ? .retries(nil) : integer(text, in: 0...Int(Int32.max)).map(SettingValue.retries)
    }
  }

  private static func hint(_ text: String, _ type: SettingType) -> String? {
    switch type {
    case .choice(let words) where words.first?.first == "5":
      ["31", "3.1", "mqttv31", "3"].contains(text)
        ? "MQTT 3.1 is too old; every 3.1 broker of today speaks 3.1.1" : nil
    case .headers:
      headerParts(text).map { header in
        HeaderCheck.problem(header).map { "'\(header.name)' \($0)" } ?? "write 'Name: value'"
      } ?? "write 'Name: value'"
    default: nil
    }
  }

  // MARK: The single types

  package static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "yes", "on": true
    case "false", "0", "no", "off": false
    default: nil
    }
  }

  package static func integer(_ text: String, in range: ClosedRange<Int>) -> Int? {
    guard let first = text.utf8.first, first != UInt8(ascii: "+"), let number = Int(text) else { return nil }
    return range.contains(number) ? number : nil
  }

  /// A bare number is seconds; else `ms`, `s`, `m`, `h` or `d` follows. Decimals are allowed.
  package static func duration(_ text: String) -> Duration? {
    guard let (nanoUnits, unit) = decimal(text) else { return nil }
    let seconds: Double
    switch unit {
    case "us": seconds = 0.000_001
    case "ms": seconds = 0.001
    case "", "s": seconds = 1
    case "m", "min": seconds = 60
    case "h": seconds = 3600
    case "d": seconds = 86_400
    default: return nil
    }
    let nanoseconds = (nanoUnits * seconds).rounded()
    guard nanoseconds < 9e18 else { return nil }
    return .nanoseconds(Int64(nanoseconds))
  }

  /// Whole seconds, written like a duration.
  private static func seconds(_ text: String, in range: ClosedRange<Int>, infinite: Bool) -> Int? {
    if infinite, ["-1", "never", "∞"].contains(text) { return range.upperBound }
    guard let duration = duration(text), duration.components.attoseconds == 0 else { return nil }
    let seconds = Int(duration.components.seconds)
    return range.contains(seconds) ? seconds : nil
  }

  /// Bytes; `k`, `M` and `G` are powers of 1024, with or without `B` or `iB`.
  package static func size(_ text: String) -> Int? {
    guard let (nanoUnits, unit) = decimal(text) else { return nil }
    var letters = unit.lowercased()
    for ending in ["ib", "b"] where letters.hasSuffix(ending) {
      letters.removeLast(ending.count)
      break
    }
    let factors: [String: Double] = ["": 1, "k": 1024, "m": 1_048_576, "g": 1_073_741_824]
    guard let factor = factors[letters] else { return nil }
    let bytes = nanoUnits / 1e9 * factor
    guard bytes < 9e15, bytes == bytes.rounded() else { return nil }
    return Int(bytes)
  }

  /// A decimal number, in billionths, and the letters behind it. No sign, no exponent, at most 15 digits.
  private static func decimal(_ text: String) -> (nanoUnits: Double, unit: String)? {
    let digits = text.prefix { $0.isASCII && $0.isWholeNumber || $0 == "." }
    let unit = String(text.dropFirst(digits.count))
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !parts[0].isEmpty, digits.count <= 16, digits.last != ".",
      unit.allSatisfy({ $0.isASCII && $0.isLetter }), let number = Double(digits)
    else { return nil }
    return ((number * 1e9).rounded(), unit)
  }

  /// `1.2` (exactly), `1.2+`, `1.2-1.3`; mosquitto's `tlsv1.2`.
  private static func tlsVersions(_ text: String) -> SettingValue? {
    func version(_ text: some StringProtocol) -> TLSVersion? {
      let lower = text.lowercased()
      return TLSVersion(rawValue: lower.hasPrefix("tlsv") ? String(lower.dropFirst(4)) : lower)
    }
    if text.hasSuffix("+") {
      return version(text.dropLast()).map { .tlsVersions(minimum: $0, maximum: nil) }
    }
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(bounds.count), let low = version(bounds[0]),
      let high = version(bounds[bounds.count - 1]),
      low <= high
    else { return nil }
    return .tlsVersions(minimum: low, maximum: high)
  }

  /// `Name: value`.
  private static func header(_ text: String) -> HTTPHeader? {
    headerParts(text).flatMap { HeaderCheck.problem($0) == nil ? $0 : nil }
  }

  private static func headerParts(_ text: String) -> HTTPHeader? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    var value = text[text.index(after: colon)...]
    value = value.drop { $0 == " " || $0 == "\t" }
    while value.last == " " || value.last == "\t" { value.removeLast() }
    return HTTPHeader(String(text[..<colon]), String(value))
  }
}
