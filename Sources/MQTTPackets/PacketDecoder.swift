import NIOCore

/// Turns bytes into packets, strictly: what it returns is legal in its version and direction.
///
/// The framing is apart from the meaning. `header(_:at:)` alone says that bytes are missing;
/// `decode(_:in:at:)` gets a whole packet, so that a field which runs out of bytes there is
/// malformed. A caller reads a header, waits for `totalLength` bytes, decodes and moves on by
/// `totalLength`.
package struct PacketDecoder: Sendable {
  /// Whose packets are legal: a client gets CONNACK, PUBLISH, …, a server CONNECT, PUBLISH, …
  package enum Direction: Sendable {
    case toClient
    case toServer
  }

  /// A server sets it from the CONNECT it saw; CONNECT itself is decoded as the version it names.
  package var version: ProtocolVersion
  package let direction: Direction
  /// Bytes of a whole packet, fixed header included.
  package var maximumPacketSize: Int

  package init(
    version: ProtocolVersion, direction: Direction, maximumPacketSize: Int = Self.protocolMaximum
  ) {
    self.version = version
    self.direction = direction
    self.maximumPacketSize = maximumPacketSize
  }

  /// The longest packet that a fixed header can announce.
  package static let protocolMaximum = 5 + VariableByteInteger.maximum
}

extension PacketDecoder {
  /// The fixed header at `bytes[offset...]`, or nil when more bytes are needed to know it.
  ///
  /// Throws as early as it can: on an illegal first byte before the length is there, and on an
  /// announced size over the limit before any of the body is.
  package func header(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(DecodeError) -> PacketHeader? {
    let available = bytes.count - offset
    guard available > 0 else { return nil }
    let first = bytes[offset]
    let type = try packetType(first)
    guard available > 1 else { return nil }
    var remainingLength = UInt32(bytes[offset + 1])
    var length = 2
    if remainingLength >= 0x80 {
      remainingLength &= 0x7F
      var last: UInt8
      repeat {
        guard length < 5 else { throw lengthTooLong(type) }
        guard length < available else { return nil }
        last = bytes[offset + length]
        remainingLength |= UInt32(last & 0x7F) << UInt32(7 * (length - 1))
        length += 1
      } while last >= 0x80
      // 3.1.1 does not forbid padding; which version a CONNECT is in, its body says.
      if last == 0, version == .v5, type != .connect { throw Self.lengthPadded(type) }
    }
    guard length + Int(remainingLength) <= maximumPacketSize else {
      throw tooLarge(type, length + Int(remainingLength))
    }
    return PacketHeader(
      type: type, flags: first & 0x0F, length: UInt8(length), remainingLength: remainingLength)
  }

  /// One bit for each type that may arrive, by version and direction; MQTT 5.0 table 2-1.
  private var arriving: UInt16 {
    switch (direction, version) {
    case (.toClient, .v5): 0b1110_1010_1111_1100
    case (.toClient, .v3_1_1): 0b0010_1010_1111_1100
    case (.toServer, .v5): 0b1101_0101_1111_1010
    case (.toServer, .v3_1_1): 0b0101_0101_1111_1010
    }
  }

  @inline(__always)
  private func packetType(_ first: UInt8) throws(DecodeError) -> PacketType {
    let flags = first & 0x0F
    if first >> 4 == PacketType.publish.rawValue {
      // QoS 3, and DUP with QoS 0.
      guard flags & 0b0110 != 0b0110, flags & 0b1110 != 0b1000 else { throw publishFlags(flags) }
      return .publish
    }
    guard let type = PacketType(rawValue: first >> 4), type != .auth || version == .v5 else {
      throw error(.malformed, nil, "Packet Type", 0, .packetType, "\(first >> 4) is reserved")
    }
    guard arriving >> UInt16(type.rawValue) & 1 == 1 else { throw wrongDirection(type) }
    guard flags == type.reservedFlags else {
      throw error(
        .malformed, type, "Flags", 0, .reservedFlags,
        "0x\(Hex.byte(flags)) where 0x\(Hex.byte(type.reservedFlags)) is required")
    }
    return type
  }
}

extension PacketDecoder {
  private func error(
    _ kind: DecodeError.Kind, _ type: PacketType?, _ field: String, _ offset: Int, _ rule: Rule,
    _ detail: String
  ) -> DecodeError {
    DecodeError(
      kind, packet: type, field: field, offset: offset, rule: rule.text(version), detail: detail,
      version: version)
  }

  @inline(never)
  private func publishFlags(_ flags: UInt8) -> DecodeError {
    flags & 0b0110 == 0b0110
      ? error(.malformed, .publish, "QoS", 0, .publishQoS, "3 is no QoS")
      : error(.malformed, .publish, "DUP", 0, .duplicateAtQoS0, "set at QoS 0")
  }

  private func wrongDirection(_ type: PacketType) -> DecodeError {
    let sender = direction == .toClient ? "server" : "client"
    return error(
      .protocolError, type, "Packet Type", 0, .packetType, "a \(sender) does not send \(type.name)")
  }

  private func lengthTooLong(_ type: PacketType) -> DecodeError {
    error(.malformed, type, "Remaining Length", 4, .variableByteInteger, "more than four bytes")
  }

  static func lengthPadded(_ type: PacketType) -> DecodeError {
    DecodeError(
      .malformed, packet: type, field: "Remaining Length", offset: 1,
      rule: Rule.minimalLength.text(.v5), detail: "encoded in more bytes than it needs", version: .v5)
  }

  private func tooLarge(_ type: PacketType, _ size: Int) -> DecodeError {
    error(
      .packetTooLarge, type, "Remaining Length", 1,
      direction == .toClient ? .serverPacketSize : .clientPacketSize,
      "a packet of \(size) bytes, the limit is \(maximumPacketSize)")
  }
}

extension PacketType {
  /// The low four bits that every packet of this type but PUBLISH has to carry.
  var reservedFlags: UInt8 {
    switch self {
    case .pubRel, .subscribe, .unsubscribe: 0b0010
    default: 0
    }
  }
}
