/// Reads the fields of one complete packet in order. Every read checks the bytes that are left and
/// throws `malformed` with the field's name: nothing here ever asks for more bytes.
///
/// Offsets count from the packet's first byte, as `DecodeError.offset` does.
struct PacketReader {
  /// The whole packet with its fixed header.
  let bytes: UnsafeRawBufferPointer
  let type: PacketType
  /// CONNECT sets it once it has read its level.
  var version: ProtocolVersion
  private(set) var position: Int
  /// Where the reads stop: the end of the packet, or of the properties while those are read.
  private(set) var end: Int

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer, _ header: PacketHeader, _ version: ProtocolVersion) {
    self.bytes = bytes
    self.type = header.type
    self.version = version
    self.position = header.length
    self.end = bytes.count
  }

  var remaining: Int { end - position }
}

// MARK: Fields

extension PacketReader {
  @inline(__always)
  mutating func uint8(_ field: String) throws(DecodeError) -> UInt8 {
    guard remaining >= 1 else { throw truncated(field, .integer, needs: 1) }
    defer { position += 1 }
    return bytes.load(fromByteOffset: position, as: UInt8.self)
  }

  @inline(__always)
  mutating func uint16(_ field: String) throws(DecodeError) -> UInt16 {
    guard remaining >= 2 else { throw truncated(field, .integer, needs: 2) }
    defer { position += 2 }
    return UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self))
  }

  mutating func uint32(_ field: String) throws(DecodeError) -> UInt32 {
    guard remaining >= 4 else { throw truncated(field, .integer, needs: 4) }
    defer { position += 4 }
    return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  mutating func variableByteInteger(_ field: String) throws(DecodeError) -> Int {
    let start = position
    var value = 0
    for shift in stride(from: 0, through: 21, by: 7) {
      guard remaining >= 1 else { throw truncated(field, .variableByteInteger, needs: 1) }
      let byte = bytes[position]
      position += 1
      value |= Int(byte & 0x7F) << shift
      guard byte < 0x80 else { continue }
      guard byte != 0 || shift == 0 else {
        throw error(.malformed, field, start, .minimalLength, "encoded in more bytes than it needs")
      }
      return value
    }
    throw error(.malformed, field, start, .variableByteInteger, "more than four bytes")
  }

  /// The range of bytes that a two-byte length announces.
  @inline(__always)
  private mutating func lengthPrefixed(_ field: String, _ rule: Rule) throws(DecodeError) -> Range<Int> {
    guard remaining >= 2 else { throw truncated(field, rule, needs: 2) }
    let length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
    guard length <= remaining - 2 else { throw tooLong(field, rule, length) }
    let start = position + 2
    position = start + length
    return start..<position
  }

  mutating func binary(_ field: String) throws(DecodeError) -> Range<Int> {
    try lengthPrefixed(field, .binary)
  }

  mutating func string(_ field: String) throws(DecodeError) -> String {
    let range = try lengthPrefixed(field, .string)
    let scan = TextScan(slice(range))
    if scan.hasHigh || scan.hasNull { try checkText(range, field) }
    return String(decoding: slice(range), as: UTF8.self)
  }

  /// A string without wildcards; empty ones pass.
  @inline(__always)
  mutating func topicName(_ field: String) throws(DecodeError) -> String {
    let range = try lengthPrefixed(field, .string)
    let scan = TextScan(slice(range))
    if scan.hasHigh || scan.hasNull || scan.hasWildcard { try checkTopicName(range, field) }
    return String(decoding: slice(range), as: UTF8.self)
  }

  mutating func topicFilter(_ field: String) throws(DecodeError) -> String {
    let start = position
    let text = try string(field)
    if let flaw = TopicFlaw(inFilter: slice(start + 2..<position)) {
      throw error(
        .topicFilterInvalid, field, start + 2 + flaw.position, flaw.reason.rule, flaw.reason.words)
    }
    return text
  }

  /// A packet identifier; 0 is none.
  @inline(__always)
  mutating func packetIdentifier(_ rule: Rule) throws(DecodeError) -> UInt16 {
    let identifier = try uint16("Packet Identifier")
    guard identifier != 0 else { throw error(.malformed, "Packet Identifier", position - 2, rule, "is 0") }
    return identifier
  }

  /// The rest of the packet.
  @inline(__always)
  mutating func rest() -> Range<Int> {
    defer { position = end }
    return position..<end
  }

  /// A packet ends with its last field.
  @inline(__always)
  func expectEnd() throws(DecodeError) {
    guard position == end else { throw trailing() }
  }

  /// Confines the reads to the next `length` bytes until `restoreEnd`.
  mutating func narrow(to length: Int) -> Int {
    defer { end = position + length }
    return end
  }

  mutating func restoreEnd(_ former: Int) { end = former }

  @inline(__always)
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}

// MARK: Errors

extension PacketReader {
  @inline(never)
  func error(
    _ kind: DecodeError.Kind, _ field: String, _ offset: Int, _ rule: Rule, _ detail: String
  ) -> DecodeError {
    DecodeError(
      kind, packet: type, field: field, offset: offset, rule: rule.text(version), detail: detail,
      version: version)
  }

  @inline(never)
  private func truncated(_ field: String, _ rule: Rule, needs count: Int) -> DecodeError {
    error(.malformed, field, position, rule, "needs \(count) bytes, \(remaining) are left")
  }

  @inline(never)
  private func tooLong(_ field: String, _ rule: Rule, _ length: Int) -> DecodeError {
    error(.malformed, field, position, rule, "announces \(length) bytes, \(remaining - 2) are left")
  }

  @inline(never)
  private func trailing() -> DecodeError {
    error(
      .malformed, "Remaining Length", position, .remainingLength,
      "\(remaining) bytes after the last field")
  }

  @inline(never)
  private func checkText(_ range: Range<Int>, _ field: String) throws(DecodeError) {
    let text = slice(range)
    if let invalid = UTF8Check.firstInvalid(text) {
      throw error(
        .malformed, field, range.lowerBound + invalid, .wellFormedUTF8,
        "no UTF-8 at byte 0x\(Hex.byte(text[invalid]))")
    }
    if let null = text.firstIndex(of: 0) {
      throw error(.malformed, field, range.lowerBound + null, .noNullCharacter, "contains U+0000")
    }
  }

  @inline(never)
  private func checkTopicName(_ range: Range<Int>, _ field: String) throws(DecodeError) {
    try checkText(range, field)
    if let wildcard = slice(range).firstIndex(where: { $0 == .plus || $0 == .hash }) {
      throw error(
        .topicNameInvalid, field, range.lowerBound + wildcard,
        type == .publish ? .topicWildcard : .wildcardInName, "contains a wildcard")
    }
  }
}
