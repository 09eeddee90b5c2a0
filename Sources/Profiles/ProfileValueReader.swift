import WebSocketTransport

/// Reads a setting's value as a profile file spells it. TOML has types: `"true"` is no truth value there.
enum ProfileValueReader {
  static func read(
    _ value: TOMLValue, as type: SettingType
  ) throws(BadValue) -> SettingValue {
    switch (type, value) {
    case (.text, .string(let text)), (.file, .string(let text)), (.directory, .string(let text)):
      return try ValueReader.read(text, as: type)
    case (.boolean, .boolean(let flag)), (.optionalFile, .boolean(let flag)): return .boolean(flag)
    case (.optionalFile, .string(let text)): return .text(text)
    case (.integer, .integer(let number)): return try ValueReader.read(String(number), as: type)
    case (.headers, .table(let table)): return .headers(try headers(table))
    case (.integer, .string(let text)), (.boolean, .string(let text)):
      if (try? ValueReader.read(text, as: type)) != nil {
        throw BadValue(expected: type.expectation, hint: "write it without quotes")
      }
    case (.duration, _), (.seconds, _), (.size, _), (.choice, _), (.retries, _), (.tlsVersions, _):
      if let text = text(value) { return try ValueReader.read(text, as: type) }
    default: break
    }
    if case .headers = type { throw BadValue(expected: "a table of strings ({ \"Name\" = \"value\" })") }
    throw BadValue(expected: type.expectation)
  }

  /// Strings and bare numbers, which these types take both.
  private static func text(_ value: TOMLValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .float(let number): String(number)
    default: nil
    }
  }

  private static func headers(_ table: TOMLTable) throws(BadValue) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    for item in table.items {
      guard case .string(let text) = item.value else {
        throw BadValue(
          expected: "a string for \(item.key)",
          found: describe(item.value, isSecret: HeaderCheck.isSecret(item.key)))
      }
      headers.append(HTTPHeader(item.key, text))
    }
    return headers
  }

  /// "a string", "the number 5": for "found …".
  static func describe(_ value: TOMLValue, isSecret: Bool) -> String {
    switch value {
    case .string(let text): isSecret ? "a string" : "'\(text)'"
    case .integer(let number): "the number \(number)"
    case .float(let number): "the number \(number)"
    case .boolean(let flag): "\(flag)"
    case .table: "a table"
    case .array: "a list"
    case .dateTime: "a date or time"
    }
  }
}
