import NIOCore

extension Packet {
  /// The bytes that `encode` writes, fixed header included. A CONNECT has its own version.
  package func encodedLength(_ version: ProtocolVersion) -> Int {
    let body = bodyLength(version)
    return 1 + VariableByteInteger.length(of: body) + body
  }

  /// Appends the packet. Whatever it accepts, a `PacketDecoder` of that version accepts too, apart
  /// from what depends on the direction. A CONNECT is written in its own version.
  package func encode(_ version: ProtocolVersion, into buffer: inout ByteBuffer) throws(EncodeError) {
    if case .publish(let packet) = self {
      return try packet.encode(version, length: packet.encodedLength(version), into: &buffer)
    }
    let length = encodedLength(version)
    // Before room is made: nothing is allocated for a packet that cannot be.
    _ = try RemainingLength.within(length, type, version)
    _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) {
      (room) throws(EncodeError) -> Int in try encode(version, length: length, into: room)
    }
  }

  /// The same at the start of `room`, for a caller that lays out frame and packet in one reserve. `length` is
  /// what `encodedLength` said, and `room` holds at least as much; returns `length`.
  package func encode(
    _ version: ProtocolVersion, length: Int, into room: UnsafeMutableRawBufferPointer
  ) throws(EncodeError) -> Int {
    if case .publish(let packet) = self { return try packet.encode(version, length: length, into: room) }
    var version = version
    if case .connect(let packet) = self { version = packet.version }
    let type = self.type
    let remainingLength = try RemainingLength.within(length, type, version)
    var writer = PacketWriter(UnsafeMutableRawBufferPointer(rebasing: room[..<length]), type, version)
    writer.uint8(type.rawValue << 4 | type.reservedFlags)
    writer.variableByteInteger(remainingLength)
    try write(&writer)
    return writer.position
  }

  private func write(_ writer: inout PacketWriter) throws(EncodeError) {
    switch self {
    case .connect(let packet): try packet.write(&writer)
    case .connAck(let packet): try packet.write(&writer)
    case .publish, .pingReq, .pingResp: break
    case .pubAck(let packet): try packet.write(&writer, .pubAckCode)
    case .pubRec(let packet): try packet.write(&writer, .pubRecCode)
    case .pubRel(let packet): try packet.write(&writer, .pubRelCode)
    case .pubComp(let packet): try packet.write(&writer, .pubCompCode)
    case .subscribe(let packet): try packet.write(&writer)
    case .subAck(let packet): try packet.write(&writer)
    case .unsubscribe(let packet): try packet.write(&writer)
    case .unsubAck(let packet): try packet.write(&writer)
    case .disconnect(let packet): try packet.write(&writer)
    case .auth(let packet): try packet.write(&writer)
    }
  }

  /// The remaining length.
  private func bodyLength(_ version: ProtocolVersion) -> Int {
    switch self {
    case .connect(let packet): packet.bodyLength
    case .connAck(let packet): 2 + packet.properties.encodedLength(version)
    case .publish(let packet): packet.bodyLength(version)
    case .pubAck(let packet), .pubRec(let packet), .pubRel(let packet), .pubComp(let packet):
      2 + ReasonTail.length(packet.reasonCode, packet.properties, version)
    case .subscribe(let packet):
      packet.subscriptions.reduce(2 + packet.properties.encodedLength(version)) {
        $0 + 3 + $1.filter.utf8.count
      }
    case .subAck(let packet): 2 + packet.properties.encodedLength(version) + packet.reasonCodes.count
    case .unsubscribe(let packet):
      packet.filters.reduce(2 + packet.properties.encodedLength(version)) { $0 + 2 + $1.utf8.count }
    case .unsubAck(let packet): 2 + packet.properties.encodedLength(version) + packet.reasonCodes.count
    case .pingReq, .pingResp: 0
    case .disconnect(let packet): ReasonTail.length(packet.reasonCode, packet.properties, version)
    case .auth(let packet): packet.bodyLength
    }
  }
}

extension Properties {
  func encodedLength(_ version: ProtocolVersion) -> Int { version == .v5 ? encodedLength : 0 }
}

/// The end of the acknowledgements and of DISCONNECT: properties are left out when there are none,
/// and with them a reason code of 0.
enum ReasonTail {
  static func length(_ code: ReasonCode, _ properties: Properties, _ version: ProtocolVersion) -> Int {
    guard version == .v5, code.rawValue != 0 || !properties.isEmpty else { return 0 }
    return properties.isEmpty ? 1 : 1 + properties.encodedLength
  }
}

extension PacketWriter {
  mutating func reasonTail(_ code: ReasonCode, _ properties: Properties, _ rule: Rule) throws(EncodeError) {
    guard version == .v5 else {
      guard code.rawValue == 0 else { throw notInVersion("Reason Code") }
      guard properties.isEmpty else { throw notInVersion("Properties") }
      return
    }
    guard code.rawValue != 0 || !properties.isEmpty else { return }
    try reasonCode(code, rule)
    if !properties.isEmpty { try self.properties(properties, .packet(type)) }
  }
}
