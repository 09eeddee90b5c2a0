import NIOCore

/// Writes the fields of one packet in order into room that `encodedLength` measured. What cannot be
/// encoded throws; to run past the room is a mistake of this module and traps.
struct PacketWriter {
  let room: UnsafeMutableRawBufferPointer
  let type: PacketType
  let version: ProtocolVersion
  private(set) var position = 0

  @inline(__always)
  init(_ room: UnsafeMutableRawBufferPointer, _ type: PacketType, _ version: ProtocolVersion) {
    self.room = room
    self.type = type
    self.version = version
  }

  @inline(__always)
  private mutating func claim(_ count: Int) -> Int {
    precondition(count <= room.count - position, "the packet outgrew its measured length")
    defer { position += count }
    return position
  }
}

// MARK: Fields

extension PacketWriter {
  @inline(__always)
  mutating func uint8(_ value: UInt8) {
    let start = claim(1)
    room.storeBytes(of: value, toByteOffset: start, as: UInt8.self)
  }

  @inline(__always)
  mutating func uint16(_ value: UInt16) {
    let start = claim(2)
    room.storeBytes(of: value.bigEndian, toByteOffset: start, as: UInt16.self)
  }

  mutating func uint32(_ value: UInt32) {
    let start = claim(4)
    room.storeBytes(of: value.bigEndian, toByteOffset: start, as: UInt32.self)
  }

  @inline(__always)
  mutating func variableByteInteger(_ value: Int) {
    var rest = value
    while rest >= 0x80 {
      uint8(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    uint8(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  mutating func bytes(_ source: UnsafeRawBufferPointer) {
    let start = claim(source.count)
    guard let from = source.baseAddress, let to = room.baseAddress else { return }
    (to + start).copyMemory(from: from, byteCount: source.count)
  }

  @inline(__always)
  mutating func payload(_ buffer: ByteBuffer) {
    buffer.withUnsafeReadableBytes { bytes($0) }
  }

  mutating func string(_ text: String, _ field: String) throws(EncodeError) {
    let range = try prefixed(text, field)
    if TextScan(written(range)).hasNull { throw nullCharacter(field) }
  }

  /// A string without wildcards; empty ones pass.
  @inline(__always)
  mutating func topicName(_ name: String, _ field: String) throws(EncodeError) {
    let range = try prefixed(name, field)
    let scan = TextScan(written(range))
    guard !scan.hasNull, !scan.hasWildcard else {
      throw scan.hasNull ? nullCharacter(field) : wildcard(field)
    }
  }

  mutating func topicFilter(_ filter: String, _ field: String) throws(EncodeError) {
    let range = try prefixed(filter, field)
    if let flaw = TopicFlaw(inFilter: written(range)) {
      throw invalid(field, flaw.reason.rule, flaw.reason.words)
    }
  }

  /// A two-byte length and the text; tells where the text went.
  @inline(__always)
  private mutating func prefixed(_ text: String, _ field: String) throws(EncodeError) -> Range<Int> {
    let length = text.utf8.count
    guard length <= UInt16.max else { throw fieldTooLong(field, length) }
    uint16(UInt16(truncatingIfNeeded: length))
    let start = position
    text.withUTF8Bytes { bytes($0) }
    return start..<position
  }

  mutating func binary(_ buffer: ByteBuffer, _ field: String) throws(EncodeError) {
    guard buffer.readableBytes <= UInt16.max else { throw fieldTooLong(field, buffer.readableBytes) }
    uint16(UInt16(buffer.readableBytes))
    payload(buffer)
  }

  mutating func binary(_ data: [UInt8], _ field: String) throws(EncodeError) {
    guard data.count <= UInt16.max else { throw fieldTooLong(field, data.count) }
    uint16(UInt16(data.count))
    data.withUnsafeBytes { bytes($0) }
  }

  @inline(__always)
  mutating func packetIdentifier(_ identifier: UInt16) throws(EncodeError) {
    guard identifier != 0 else { throw invalid("Packet Identifier", .packetIdentifier, "is 0") }
    uint16(identifier)
  }

  mutating func reasonCode(_ code: ReasonCode, _ rule: Rule) throws(EncodeError) {
    try checkReasonCode(code, rule)
    uint8(code.rawValue)
  }

  @inline(__always)
  private func written(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: room[range])
  }
}

// MARK: Errors

extension PacketWriter {
  func checkReasonCode(_ code: ReasonCode, _ rule: Rule) throws(EncodeError) {
    guard code.isAllowed(in: type, version) else {
      throw invalid("Reason Code", rule, "0x\(Hex.byte(code.rawValue)) is no code of \(type.name)")
    }
  }

  @inline(never)
  func invalid(_ field: String, _ rule: Rule, _ detail: String) -> EncodeError {
    EncodeError(.invalidValue, packet: type, field: field, rule: rule.text(version), detail: detail)
  }

  @inline(never)
  func notInVersion(_ field: String) -> EncodeError {
    EncodeError(
      .notInVersion, packet: type, field: field, rule: Rule.properties.text(.v5),
      detail: "exists in MQTT 5.0 only")
  }

  @inline(never)
  private func fieldTooLong(_ field: String, _ length: Int) -> EncodeError {
    EncodeError(
      .fieldTooLong, packet: type, field: field, rule: Rule.string.text(version),
      detail: "is \(length) bytes long, 65,535 can be sent")
  }

  @inline(never)
  private func nullCharacter(_ field: String) -> EncodeError {
    invalid(field, .noNullCharacter, "contains U+0000")
  }

  @inline(never)
  private func wildcard(_ field: String) -> EncodeError {
    invalid(field, type == .publish ? .topicWildcard : .wildcardInName, "contains a wildcard")
  }
}
