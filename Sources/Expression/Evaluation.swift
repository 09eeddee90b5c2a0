import MQTTPackets
import Text

/// One subject, held against the conditions of an expression. The payload is read as JSON once, when the
/// first condition asks for it.
struct Evaluation {
  private let subject: Subject
  private let metric: (Int) -> Double?
  private let paths: [JSONPath]
  private let slots: UnsafeMutableBufferPointer<JSONSlot>
  private var isScanned = false

  /// - Parameter slots: one a path.
  init(
    _ subject: borrowing Subject, paths: [JSONPath], slots: UnsafeMutableBufferPointer<JSONSlot>,
    metric: @escaping (Int) -> Double? = { _ in nil }
  ) {
    (self.subject, self.paths, self.slots, self.metric) = (copy subject, paths, slots, metric)
  }

  mutating func holds(_ node: Node, _ conditions: [Condition]) -> Bool {
    switch node {
    case .condition(let index): return holds(conditions[index])
    case .not(let node): return !holds(node, conditions)
    case .all(let nodes):
      for node in nodes where !holds(node, conditions) { return false }
      return true
    case .any(let nodes):
      for node in nodes where holds(node, conditions) { return true }
      return false
    }
  }

  mutating func holds(_ condition: borrowing Condition) -> Bool {
    switch condition.test {
    case .contains(let search):
      if let topic = subject.topic, topic.withUTF8Bytes({ search.isFound(in: $0) }) { return true }
      return subject.payload.map { search.isFound(in: $0) } ?? false
    case .topicFilter(let filter):
      return withValue(of: condition.field) { value in
        guard case .bytes(let text) = value else { return false }
        return filter.matches(String(decoding: text, as: UTF8.self))
      }
    default:
      let test = condition.test
      return withValue(of: condition.field) { test.holds($0) }
    }
  }

  mutating func withValue<Result>(of field: Field, _ body: (Value) -> Result) -> Result {
    switch field {
    case .topic: return Self.withText(subject.topic, body)
    case .contentType: return Self.withText(subject.properties.contentType, body)
    case .userProperty(let name): return Self.withText(userProperty(name), body)
    case .json(let slot): return body(value(inSlot: slot))
    default: return body(value(of: field))
    }
  }

  private func value(of field: Field) -> Value {
    switch field {
    case .payload: subject.payload.map(Value.bytes) ?? .missing
    case .text: subject.payload.flatMap { UTF8Scanner.isValid($0) ? .bytes($0) : nil } ?? .missing
    case .size: Self.number(subject.size ?? subject.payload?.count)
    case .qos: Self.number(subject.qos?.rawValue)
    case .retain: Self.flag(subject.retain)
    case .duplicate: Self.flag(subject.isDuplicate)
    case .packetIdentifier: Self.number(subject.packetIdentifier)
    case .alias: Self.number(subject.properties.topicAlias)
    case .direction: Self.number(subject.direction.map { $0 == .incoming ? 0 : 1 })
    case .type: Self.number(subject.type?.rawValue)
    case .rate: Self.number(subject.rate)
    case .age: Self.number(subject.age)
    case .roundTrip: Self.number(subject.roundTrip)
    case .reasonCode: Self.number(subject.reasonCode)
    case .opcode: Self.number(subject.frame?.opcode)
    case .isFinal: Self.flag(subject.frame?.isFinal)
    case .frameLength: Self.number(subject.frame?.length)
    case .metric(let index): Self.number(metric(index))
    case .topic, .contentType, .userProperty, .json, .anywhere: .missing
    }
  }

  private func userProperty(_ name: String) -> String? {
    for case .userProperty(let found, let value) in subject.properties.elements
    where found.utf8.elementsEqual(name.utf8) {
      return value
    }
    return nil
  }

  private mutating func value(inSlot index: Int) -> Value {
    guard let payload = subject.document ?? subject.payload else { return .missing }
    if !isScanned {
      isScanned = true
      _ = JSONScanner.scan(payload, paths, slots)
    }
    let slot = slots[index]
    let bytes = UnsafeRawBufferPointer(rebasing: payload[slot.start..<max(slot.start, slot.end)])
    switch slot.kind {
    case .missing: return .missing
    case .null: return .null
    case .yes: return .bool(true)
    case .no: return .bool(false)
    case .number: return .jsonNumber(bytes)
    case .string: return .string(bytes)
    case .escapedString: return .escaped(bytes)
    case .array, .object: return .container(bytes)
    }
  }

  private static func number(_ value: (some FixedWidthInteger)?) -> Value {
    value.map { .number(Number(Int64(clamping: $0))) } ?? .missing
  }

  private static func number(_ value: Double?) -> Value {
    guard let value, !value.isNaN else { return .missing }
    return .number(Number(value))
  }

  private static func flag(_ value: Bool?) -> Value { value.map(Value.bool) ?? .missing }

  private static func withText<Result>(_ text: String?, _ body: (Value) -> Result) -> Result {
    guard let text else { return body(.missing) }
    return text.withUTF8Bytes { body(.bytes($0)) }
  }
}

extension String {
  /// The UTF-8 in place; a native string is contiguous, another is copied first.
  @inline(__always)
  func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
      return result
    }
    return Array(utf8).withUnsafeBytes(body)
  }
}
