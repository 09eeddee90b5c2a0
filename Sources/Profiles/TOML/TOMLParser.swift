/// A parser of TOML 1.0.0 that knows where everything stands.
///
/// It goes over the bytes once, line by line: a header chooses the table that the following keys go into.
/// Errors stop it. Whatever the text is, it ends with a table or an error.
struct TOMLParser {
  /// Lists and tables inside one another.
  private static let depthLimit = 64

  var cursor: TOMLCursor
  private let root = TOMLTable(.header)

  /// - Parameter bytes: valid UTF-8 without a byte order mark.
  static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
    var parser = TOMLParser(cursor: TOMLCursor(bytes))
    try parser.parseDocument()
    return parser.root
  }

  private init(cursor: TOMLCursor) { self.cursor = cursor }

  private mutating func parseDocument() throws(TOMLError) {
    var table = root
    while true {
      try cursor.skipLines()
      guard let byte = cursor.next else { return }
      if byte == UInt8(ascii: "[") {
        table = try parseHeader()
      } else {
        try parsePair(into: table, depth: 0)
      }
      try cursor.endLine()
    }
  }

  // MARK: Headers

  private mutating func parseHeader() throws(TOMLError) -> TOMLTable {
    let start = cursor.position
    cursor.advance()
    let isList = cursor.take("[")
    let path = try parseKey()
    try cursor.expect("]", after: "a table's name")
    if isList { try cursor.expect("]", after: "a list's name", skippingSpaces: false) }
    var table = root
    for part in path.dropLast() { table = try descend(from: table, part) }
    guard let last = path.last else { throw TOMLError(message: "a table needs a name", position: start) }
    return isList ? try element(of: last, in: table) : try define(last, in: table)
  }

  private func descend(from table: TOMLTable, _ part: TOMLKeyPart) throws(TOMLError) -> TOMLTable {
    switch table[part.name]?.value {
    case nil:
      let new = TOMLTable(.implied)
      _ = table.add(.init(key: part.name, position: part.position, value: .table(new)))
      return new
    case .table(let next)? where next.definition != .inline: return next
    case .array(let elements)?:
      if case .table(let last)? = elements.last, last.definition == .element { return last }
      fallthrough
    default:
      throw TOMLError(message: "'\(part.name)' is no table that can be added to", position: part.position)
    }
  }

  private func define(_ part: TOMLKeyPart, in table: TOMLTable) throws(TOMLError) -> TOMLTable {
    guard let item = table[part.name] else {
      let new = TOMLTable(.header)
      _ = table.add(.init(key: part.name, position: part.position, value: .table(new)))
      return new
    }
    guard case .table(let old) = item.value, old.definition == .implied else { throw duplicate(part, item) }
    old.definition = .header
    return old
  }

  private func element(of part: TOMLKeyPart, in table: TOMLTable) throws(TOMLError) -> TOMLTable {
    let new = TOMLTable(.element)
    guard let item = table[part.name] else {
      _ = table.add(.init(key: part.name, position: part.position, value: .array([.table(new)])))
      return new
    }
    guard case .array(let elements) = item.value, case .table(let last)? = elements.last,
      last.definition == .element
    else { throw duplicate(part, item) }
    table.replace(part.name, with: .array(elements + [.table(new)]))
    return new
  }

  // MARK: Keys

  private mutating func parsePair(into table: TOMLTable, depth: Int) throws(TOMLError) {
    let path = try parseKey()
    try cursor.expect("=", after: "a key")
    cursor.skipSpaces()
    let value = try parseValue(depth: depth)
    var parent = table
    for part in path.dropLast() { parent = try descendDotted(from: parent, part) }
    guard let last = path.last else { return }
    if !parent.add(.init(key: last.name, position: last.position, value: value)), let old = parent[last.name]
    {
      throw duplicate(last, old)
    }
  }

  private func descendDotted(from table: TOMLTable, _ part: TOMLKeyPart) throws(TOMLError) -> TOMLTable {
    guard let item = table[part.name] else {
      let new = TOMLTable(.dotted)
      _ = table.add(.init(key: part.name, position: part.position, value: .table(new)))
      return new
    }
    if case .table(let next) = item.value, next.definition == .dotted { return next }
    throw duplicate(part, item)
  }

  private mutating func parseKey() throws(TOMLError) -> [TOMLKeyPart] {
    var path: [TOMLKeyPart] = []
    repeat {
      cursor.skipSpaces()
      let position = cursor.position
      path.append(TOMLKeyPart(name: try parseKeyPart(), position: position))
      cursor.skipSpaces()
    } while cursor.take(".")
    return path
  }

  private mutating func parseKeyPart() throws(TOMLError) -> String {
    switch cursor.next {
    case UInt8(ascii: "\""): return try parseBasicString()
    case UInt8(ascii: "'"): return try parseLiteralString()
    default:
      let name = cursor.takeWhile(TOMLCursor.isBareKey)
      if name.isEmpty { throw cursor.unexpected(wanting: "a key") }
      return name
    }
  }

  private func duplicate(_ part: TOMLKeyPart, _ old: TOMLTable.Item) -> TOMLError {
    TOMLError(
      message: "'\(part.name)' is defined already, in line \(old.position.line)", position: part.position)
  }

  // MARK: Values

  private mutating func parseValue(depth: Int) throws(TOMLError) -> TOMLValue {
    guard depth < Self.depthLimit else {
      throw cursor.error("lists and tables are nested deeper than \(Self.depthLimit)")
    }
    switch cursor.next {
    case UInt8(ascii: "\""):
      return .string(try cursor.starts(with: "\"\"\"") ? parseLongString("\"") : parseBasicString())
    case UInt8(ascii: "'"):
      return .string(try cursor.starts(with: "'''") ? parseLongString("'") : parseLiteralString())
    case UInt8(ascii: "["): return .array(try parseList(depth: depth))
    case UInt8(ascii: "{"): return .table(try parseInlineTable(depth: depth))
    default: return try TOMLScalar.parse(&cursor)
    }
  }

  private mutating func parseList(depth: Int) throws(TOMLError) -> [TOMLValue] {
    cursor.advance()
    var elements: [TOMLValue] = []
    while true {
      try cursor.skipLines()
      if cursor.take("]") { return elements }
      elements.append(try parseValue(depth: depth + 1))
      try cursor.skipLines()
      if cursor.take("]") { return elements }
      guard cursor.take(",") else { throw cursor.unexpected(wanting: ", or ]") }
    }
  }

  private mutating func parseInlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
    cursor.advance()
    let table = TOMLTable(.dotted)
    cursor.skipSpaces()
    if !cursor.take("}") {
      repeat { try parsePair(into: table, depth: depth + 1) } while try continuesInlineTable()
    }
    Self.close(table)
    return table
  }

  private mutating func continuesInlineTable() throws(TOMLError) -> Bool {
    cursor.skipSpaces()
    if cursor.take("}") { return false }
    guard cursor.take(",") else { throw cursor.unexpected(wanting: ", or }") }
    return true
  }

  /// Nothing is added to an inline table later, nor to what dotted keys made inside.
  private static func close(_ table: TOMLTable) {
    table.definition = .inline
    for item in table.items {
      if case .table(let inner) = item.value, inner.definition == .dotted { close(inner) }
    }
  }
}

/// One part of a dotted key.
struct TOMLKeyPart {
  var name: String
  var position: TOMLPosition
}
