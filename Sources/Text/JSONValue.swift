/// A parsed JSON text that keeps what the text said: the order and repetition of keys, and the digits of
/// numbers.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Number)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Number: Equatable, Sendable {
    /// As written.
    package let text: String
    /// The nearest value; infinite where the exponent is beyond it.
    package let double: Double

    package init(text: String, double: Double) {
      self.text = text
      self.double = double
    }
  }

  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
}

extension JSONValue {
  /// The last member of that name, as most readers take it; nil where this is no object.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var double: Double? { if case .number(let number) = self { number.double } else { nil } }
  /// Nil for fractions and for what does not fit.
  package var integer: Int? { if case .number(let number) = self { Int(number.text) } else { nil } }
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// Compact, or one member a line with `indentation` spaces a level.
  package func append(
    to output: inout [UInt8], escaping: JSONString.Escaping = .required, indentation: Int? = nil
  ) {
    append(to: &output, escaping, indentation, level: 0)
  }

  /// Depth is bounded by what the parser accepts.
  private func append(
    to output: inout [UInt8], _ escaping: JSONString.Escaping, _ indentation: Int?, level: Int
  ) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
    case .number(let number): output.append(contentsOf: number.text.utf8)
    case .string(let text): JSONString.append(text, escaping: escaping, to: &output)
    case .array(let values):
      output.append(0x5B)
      for (index, value) in values.enumerated() {
        if index > 0 { output.append(0x2C) }
        Self.newLine(indentation, level + 1, &output)
        value.append(to: &output, escaping, indentation, level: level + 1)
      }
      if !values.isEmpty { Self.newLine(indentation, level, &output) }
      output.append(0x5D)
    case .object(let members):
      output.append(0x7B)
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(0x2C) }
        Self.newLine(indentation, level + 1, &output)
        JSONString.append(member.key, escaping: escaping, to: &output)
        output.append(0x3A)
        if indentation != nil { output.append(0x20) }
        member.value.append(to: &output, escaping, indentation, level: level + 1)
      }
      if !members.isEmpty { Self.newLine(indentation, level, &output) }
      output.append(0x7D)
    }
  }

  private static func newLine(_ indentation: Int?, _ level: Int, _ output: inout [UInt8]) {
    guard let indentation else { return }
    output.append(0x0A)
    output.append(contentsOf: repeatElement(0x20, count: indentation * level))
  }
}
