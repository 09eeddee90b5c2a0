/// Goes through the bytes of one packet and writes down its fields; stops where the decoder's error is, or
/// where the bytes end.
struct FieldWalker {
  /// The walk is over; not an error of anybody's.
  struct Stop: Error {}

  let bytes: UnsafeRawBufferPointer
  var version: ProtocolVersion
  let direction: PacketDecoder.Direction
  let error: DecodeError?
  var type: PacketType?
  var position = 0
  /// Where fields have to end: that of the packet, or of its properties.
  var end: Int
  var fields: [Field] = []
  /// Of the list that is being read.
  var children: [Field]?

  init(
    _ bytes: UnsafeRawBufferPointer, version: ProtocolVersion, direction: PacketDecoder.Direction,
    _ error: DecodeError?
  ) {
    self.bytes = bytes
    self.version = version
    self.direction = direction
    self.error = error
    end = bytes.count
  }

  mutating func walk() {
    do throws(Stop) {
      try fixedHeader()
      if let type { try body(type) }
      if error != nil || position < end { throw Stop() }
    } catch {
      finish()
    }
  }

  // MARK: - The end

  /// What is wrong, and what can no longer be told apart.
  private mutating func finish() {
    end = bytes.count
    let isSecret = type == .connect || type == .auth
    if let error {
      let length = min(max(error.offset + 1 - position, error.offset < position ? 0 : 1), end - position)
      append(
        Field(
          error.field, error.detail, position..<position + length, rule: error.rule,
          isSecret: isSecret && error.offset >= end, isDamaged: true))
      position += length
    }
    if position < end {
      append(
        Field(
          error == nil ? "Rest" : "Not Decoded", "\(end - position) bytes", position..<end,
          isSecret: isSecret))
      position = end
    }
    endList()
  }

  // MARK: - Fields

  mutating func append(_ field: Field) {
    if children == nil { fields.append(field) } else { children?.append(field) }
  }

  /// The next `length` bytes, if all are there and none is where the packet breaks a rule.
  mutating func take(_ length: Int) throws(Stop) -> Range<Int> {
    let range = position..<position + length
    guard length <= end - position else { throw Stop() }
    if let error, range.contains(error.offset) { throw Stop() }
    position += length
    return range
  }

  mutating func integer(_ width: Int) throws(Stop) -> (value: Int, range: Range<Int>) {
    let range = try take(width)
    return (bytes[range].reduce(0) { $0 << 8 | Int($1) }, range)
  }

  mutating func number(_ name: String, _ width: Int, _ rule: String, unit: String = "") throws(Stop) {
    let (value, range) = try integer(width)
    append(Field(name, "\(value)\(unit)", range, rule: rule))
  }

  /// At most four bytes, the last one below 0x80.
  mutating func variableInteger() throws(Stop) -> (value: Int, range: Range<Int>) {
    var value = 0
    var length = 0
    while true {
      guard length < 4, position + length < end else { throw Stop() }
      let byte = bytes[position + length]
      value |= Int(byte & 0x7F) << (7 * length)
      length += 1
      if byte < 0x80 { return (value, try take(length)) }
    }
  }

  /// With its two bytes of length.
  mutating func prefixed() throws(Stop) -> (content: Range<Int>, range: Range<Int>) {
    guard end - position >= 2 else { throw Stop() }
    let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
    let range = try take(2 + length)
    return (range.lowerBound + 2..<range.upperBound, range)
  }

  mutating func text(_ name: String, _ rule: String) throws(Stop) {
    let (content, range) = try prefixed()
    append(Field(name, text(content), range, rule: rule))
  }

  mutating func data(_ name: String, _ rule: String, isSecret: Bool = false) throws(Stop) {
    let (content, range) = try prefixed()
    append(Field(name, shown(content), range, rule: rule, isSecret: isSecret))
  }

  mutating func reasonCode(_ rule: String, name: String = "Reason Code") throws(Stop) {
    let (value, range) = try integer(1)
    let code = ReasonCode(rawValue: UInt8(truncatingIfNeeded: value))
    let words = type.flatMap { code.name(in: $0, version: version) }
    append(Field(name, "0x\(Hex.byte(code.rawValue))" + (words.map { " \($0)" } ?? ""), range, rule: rule))
  }

  /// A list in a field of its own; what is damaged inside ends it.
  mutating func beginList() { children = [] }

  /// The list's place is that of its elements.
  mutating func endList(_ name: String? = nil, _ rule: String? = nil) {
    guard let list = children else { return }
    children = nil
    guard let first = list.first, let last = list.last else { return }
    let count = list.count - 1
    fields.append(
      Field(
        name ?? "Properties", count == 1 ? "1 property" : "\(count) properties",
        first.range.lowerBound..<last.range.upperBound, rule: rule, children: list))
  }

  // MARK: - Words

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// Text where it is text, else hexadecimal digits; no more of it than a person reads.
  func shown(_ range: Range<Int>) -> String {
    let part = range.prefix(1024)
    let slice = UnsafeRawBufferPointer(rebasing: bytes[part.startIndex..<part.endIndex])
    let isText =
      UTF8Check.firstInvalid(slice).map { part.count < range.count && $0 >= part.count - 3 } ?? true
    let more = part.count < range.count ? "…" : ""
    if isText { return String(decoding: slice, as: UTF8.self) + more }
    return slice.map(Hex.byte).joined(separator: " ") + more
  }
}
