extension FieldWalker {
  mutating func properties(
    _ context: PropertyContext, _ section: String, _ name: String = "Properties"
  ) throws(Stop) {
    let rule = "MQTT 5.0 \(section)"
    beginList()
    let (length, range) = try variableInteger()
    append(Field("Property Length", "\(length)", range, rule: "\(rule).1"))
    let packetEnd = end
    end = min(position + length, packetEnd)
    while position < end { try property(rule) }
    guard length == 0 || position - range.upperBound == length else { throw Stop() }
    end = packetEnd
    endList(name, rule)
  }

  private mutating func property(_ rule: String) throws(Stop) {
    let start = position
    guard let identifier = Property.Identifier(rawValue: bytes[start]) else { throw Stop() }
    let value: String
    do throws(Stop) {
      _ = try take(1)
      value = try self.value(of: identifier)
    } catch {
      // Identifier and value are one field: none of it was read.
      position = start
      throw error
    }
    append(
      Field(
        identifier.name, value, start..<position, rule: rule, isSecret: identifier == .authenticationData))
  }

  private mutating func value(of identifier: Property.Identifier) throws(Stop) -> String {
    switch identifier.valueType {
    case .byte, .flag: return "\(try integer(1).value)"
    case .twoByteInteger: return "\(try integer(2).value)"
    case .fourByteInteger: return "\(try integer(4).value)"
    case .variableByteInteger: return "\(try variableInteger().value)"
    case .string: return text(try prefixed().content)
    case .binary: return shown(try prefixed().content)
    case .stringPair:
      let key = text(try prefixed().content)
      return "\(key): \(text(try prefixed().content))"
    }
  }
}
