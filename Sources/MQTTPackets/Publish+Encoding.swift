import NIOCore

extension Publish {
  /// The bytes that `encode` writes, fixed header included.
  package func encodedLength(_ version: ProtocolVersion) -> Int {
    let body = bodyLength(version)
    return 1 + VariableByteInteger.length(of: body) + body
  }

  /// The same with a payload of `payloadLength` bytes in place of the one that is there.
  package func encodedLength(_ version: ProtocolVersion, payloadLength: Int) -> Int {
    let body = bodyLength(version) - message.payload.readableBytes + payloadLength
    return 1 + VariableByteInteger.length(of: body) + body
  }

  @inline(__always)
  func bodyLength(_ version: ProtocolVersion) -> Int {
    2 + message.topic.utf8.count + (packetIdentifier == nil ? 0 : 2)
      + (version == .v5 ? message.properties.encodedLength : 0) + message.payload.readableBytes
  }

  /// Appends the packet; `length` is what `encodedLength` said (a frame header in front needed it).
  package func encode(
    _ version: ProtocolVersion, length: Int, into buffer: inout ByteBuffer
  ) throws(EncodeError) {
    // Before room is made: nothing is allocated for a packet that cannot be.
    _ = try RemainingLength.within(length, .publish, version)
    _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) {
      (room) throws(EncodeError) -> Int in try encode(version, length: length, into: room)
    }
  }

  /// The same at the start of `room`, for a caller that lays out frame and packet in one reserve.
  /// `room` holds at least `length` bytes; returns `length`.
  package func encode(
    _ version: ProtocolVersion, length: Int, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodeError) -> Int {
    var writer = PacketWriter(UnsafeMutableRawBufferPointer(rebasing: room[..<length]), .publish, version)
    try writeHead(&writer, length: length)
    writer.payload(message.payload)
    return writer.position
  }

  /// Everything before the payload, for a caller that sends a large one piece by piece. `length` is still
  /// that of the whole packet, and `room` as long as what comes before the payload.
  /// - Returns: how many bytes that is.
  package func encodeHead(
    _ version: ProtocolVersion, length: Int, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodeError) -> Int {
    var writer = PacketWriter(room, .publish, version)
    try writeHead(&writer, length: length)
    return writer.position
  }

  @inline(__always)
  private func writeHead(_ writer: inout PacketWriter, length: Int) throws(EncodeError) {
    let remainingLength = try RemainingLength.within(length, .publish, writer.version)
    writer.uint8(
      PacketType.publish.rawValue << 4 | (isDuplicate ? 0b1000 : 0) | message.qos.rawValue << 1
        | (message.retain ? 1 : 0))
    writer.variableByteInteger(remainingLength)
    if message.topic.isEmpty, writer.version == .v3_1_1 || message.properties.topicAlias == nil {
      throw writer.invalid("Topic Name", .topicOrAlias, "is empty")
    }
    try writer.topicName(message.topic, "Topic Name")
    if message.qos == .atMostOnce {
      guard packetIdentifier == nil else {
        throw writer.invalid("Packet Identifier", .noIdentifierAtQoS0, "is there at QoS 0")
      }
      guard !isDuplicate else { throw writer.invalid("DUP", .duplicateAtQoS0, "set at QoS 0") }
    } else {
      guard let packetIdentifier else {
        throw writer.invalid("Packet Identifier", .packetIdentifier, "is missing")
      }
      try writer.packetIdentifier(packetIdentifier)
    }
    try writer.properties(message.properties, .packet(.publish))
  }
}

enum RemainingLength {
  /// The remaining length of a packet of `length` bytes in all.
  @inline(__always)
  static func within(
    _ length: Int, _ type: PacketType, _ version: ProtocolVersion
  ) throws(EncodeError) -> Int {
    let remaining: Int
    switch length {
    case ...129: remaining = length - 2
    case ...16_386: remaining = length - 3
    case ...2_097_155: remaining = length - 4
    default: remaining = length - 5
    }
    guard remaining <= VariableByteInteger.maximum else { throw tooLarge(remaining, type, version) }
    return remaining
  }

  @inline(never)
  private static func tooLarge(_ length: Int, _ type: PacketType, _ version: ProtocolVersion) -> EncodeError {
    EncodeError(
      .packetTooLarge, packet: type, field: "Remaining Length", rule: Rule.variableByteInteger.text(version),
      detail: "is \(length), 268,435,455 can be sent")
  }
}
