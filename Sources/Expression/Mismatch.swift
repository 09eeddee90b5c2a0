/// How far a subject is from what an expression asks for.
package struct Mismatch: Equatable, Sendable {
  /// How many of the expression's conditions would have to turn out otherwise, at least. 0: it matches.
  package let distance: Int
  /// One for each of those conditions, such as `json.t > 21.5, but it is 19`. Foreign text in them is cut
  /// short and not sanitised.
  package let reasons: [String]
}

/// Weighs a tree whose conditions have been decided.
struct MismatchSearch {
  let conditions: [Condition]
  let outcomes: [Bool]

  /// How many conditions would have to change for `node` to come out as `wanted`.
  func distance(_ node: Node, wanted: Bool) -> Int {
    switch node {
    case .condition(let index): outcomes[index] == wanted ? 0 : 1
    case .not(let node): distance(node, wanted: !wanted)
    case .all(let nodes): distance(nodes, wanted: wanted, all: wanted)
    case .any(let nodes): distance(nodes, wanted: wanted, all: !wanted)
    }
  }

  private func distance(_ nodes: [Node], wanted: Bool, all: Bool) -> Int {
    let distances = nodes.map { distance($0, wanted: wanted) }
    return all ? distances.reduce(0, +) : distances.min() ?? 0
  }

  /// Those conditions, each with the outcome that was wanted.
  func failures(_ node: Node, wanted: Bool) -> [(index: Int, wanted: Bool)] {
    switch node {
    case .condition(let index): outcomes[index] == wanted ? [] : [(index, wanted)]
    case .not(let node): failures(node, wanted: !wanted)
    case .all(let nodes): failures(nodes, wanted: wanted, all: wanted)
    case .any(let nodes): failures(nodes, wanted: wanted, all: !wanted)
    }
  }

  private func failures(_ nodes: [Node], wanted: Bool, all: Bool) -> [(index: Int, wanted: Bool)] {
    if all { return nodes.flatMap { failures($0, wanted: wanted) } }
    let nearest = nodes.min { distance($0, wanted: wanted) < distance($1, wanted: wanted) }
    return nearest.map { failures($0, wanted: wanted) } ?? []
  }
}

extension Evaluation {
  /// The longest foreign text that a reason repeats, in bytes.
  private static let longestValue = 80

  mutating func reason(_ condition: Condition, wanted: Bool) -> String {
    let source = wanted ? condition.source : "not \(condition.source)"
    if case .contains = condition.test {
      return wanted ? "\(source) is in neither topic nor payload" : "\(source), but it is in it"
    }
    let field = condition.field
    return "\(source), but \(withValue(of: field) { Self.words($0, field) })"
  }

  private static func words(_ value: Value, _ field: Field) -> String {
    switch value {
    case .missing: "it is missing"
    case .null: "it is null"
    case .bool(let flag): "it is \(flag)"
    case .number(let number): "it is \(words(number, field))"
    case .bytes(let bytes) where bytes.isEmpty: "it is empty"
    case .bytes(let bytes), .string(let bytes): "it is \"\(shortened(bytes))\""
    case .escaped(let raw): "it is \"\(JSONText.unescape(raw).withUnsafeBytes(shortened))\""
    case .jsonNumber(let bytes), .container(let bytes): "it is \(shortened(bytes))"
    }
  }

  private static func words(_ number: Number, _ field: Field) -> String {
    let named: [FieldKind.Word] =
      switch field {
      case .direction: FieldDefinition.directions
      case .type: FieldDefinition.packetTypes
      case .opcode: FieldDefinition.opcodes
      default: []
      }
    if let word = named.first(where: { $0.value == number.integer }) { return word.name }
    return number.integer.map(String.init) ?? "\(number.double)"
  }

  /// Bytes that are not UTF-8 show as U+FFFD.
  private static func shortened(_ bytes: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: bytes.prefix(longestValue), as: UTF8.self)
    return bytes.count > longestValue ? text + "…" : text
  }
}
