import NIOCore

extension PacketDecoder {
  /// The complete packet with this header whose first byte is at `index` of `buffer`, an absolute
  /// index within its readable bytes. Payloads and binary properties are slices, not copies.
  package func decode(
    _ header: PacketHeader, in buffer: ByteBuffer, at index: Int
  ) throws(DecodeError) -> Packet {
    if header.type == .publish { return .publish(try decodePublish(header, in: buffer, at: index)) }
    let start = try offset(of: header, in: buffer, at: index)
    let source = PacketSource(buffer: buffer, index: index)
    return try buffer.withUnsafeReadableBytes { (bytes) throws(DecodeError) -> Packet in
      var reader = PacketReader(
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.totalLength]), header, version)
      let packet = try body(header, &reader, source)
      try reader.expectEnd()
      return packet
    }
  }

  /// `decode` for a header of type PUBLISH, without the detour over `Packet`.
  package func decodePublish(
    _ header: PacketHeader, in buffer: ByteBuffer, at index: Int
  ) throws(DecodeError) -> Publish {
    let start = try offset(of: header, in: buffer, at: index)
    return try buffer.withUnsafeReadableBytes { (bytes) throws(DecodeError) -> Publish in
      var reader = PacketReader(
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.totalLength]), header, version)
      return try publish(header.flags, &reader, PacketSource(buffer: buffer, index: index))
    }
  }

  /// How long a PUBLISH is up to its payload, fixed header included; nil while `bytes`, which begin with the
  /// packet, do not hold all of that, or when its lengths contradict each other.
  package func headLength(_ header: PacketHeader, _ bytes: UnsafeRawBufferPointer) -> Int? {
    var length = header.length + 2
    guard length <= bytes.count else { return nil }
    length += Int(bytes[length - 2]) << 8 | Int(bytes[length - 1])
    if !header.isAtMostOnce { length += 2 }
    if version == .v5 {
      var propertyLength = 0
      var shift = 0
      var byte: UInt8
      repeat {
        guard length < bytes.count, shift <= 21 else { return nil }
        byte = bytes[length]
        propertyLength |= Int(byte & 0x7F) << shift
        shift += 7
        length += 1
      } while byte >= 0x80
      length += propertyLength
    }
    return length <= min(bytes.count, header.totalLength) ? length : nil
  }

  /// Where the packet starts among the readable bytes, all of it being there.
  @inline(__always)
  private func offset(
    of header: PacketHeader, in buffer: ByteBuffer, at index: Int
  ) throws(DecodeError) -> Int {
    let start = index - buffer.readerIndex
    guard start >= 0, header.totalLength <= buffer.readableBytes - start else {
      throw DecodeError(
        .malformed, packet: header.type, field: "Remaining Length", offset: 1,
        rule: Rule.remainingLength.text(version), detail: "announces more bytes than were handed over",
        version: version)
    }
    return start
  }

  private func body(
    _ header: PacketHeader, _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Packet {
    switch header.type {
    case .connect: .connect(try connect(header, &reader, source))
    case .connAck: .connAck(try connAck(&reader, source))
    case .publish: .publish(try publish(header.flags, &reader, source))
    case .pubAck: .pubAck(try acknowledgement(&reader, source, .pubAckCode))
    case .pubRec: .pubRec(try acknowledgement(&reader, source, .pubRecCode))
    case .pubRel: .pubRel(try acknowledgement(&reader, source, .pubRelCode))
    case .pubComp: .pubComp(try acknowledgement(&reader, source, .pubCompCode))
    case .subscribe: .subscribe(try subscribe(&reader, source))
    case .subAck: .subAck(try subAck(&reader, source))
    case .unsubscribe: .unsubscribe(try unsubscribe(&reader, source))
    case .unsubAck: .unsubAck(try unsubAck(&reader, source))
    case .pingReq: .pingReq
    case .pingResp: .pingResp
    case .disconnect: .disconnect(try disconnect(&reader, source))
    case .auth: .auth(try auth(&reader, source))
    }
  }
}

// MARK: PUBLISH and its acknowledgements

extension PacketDecoder {
  @inline(__always)
  private func publish(
    _ flags: UInt8, _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Publish {
    let topicStart = reader.position
    let topic = try reader.topicName("Topic Name")
    // The header has refused QoS 3.
    let qos = QoS(rawValue: flags >> 1 & 0b11) ?? .atMostOnce
    var identifier: UInt16?
    if qos != .atMostOnce {
      identifier = try reader.packetIdentifier(
        direction == .toClient ? .serverPacketIdentifier : .packetIdentifier)
    }
    var properties = Properties()
    if version == .v5 {
      properties = try reader.properties(.packet(.publish), source)
      if direction == .toServer, !properties.isEmpty, !properties.subscriptionIdentifiers.isEmpty {
        throw reader.error(
          .protocolError, Property.Identifier.subscriptionIdentifier.name, reader.position,
          .subscriptionIdentifierFromClient, "a client does not send it")
      }
    }
    if topic.isEmpty, properties.topicAlias == nil {
      throw reader.error(
        version == .v5 ? .protocolError : .topicNameInvalid, "Topic Name", topicStart, .topicOrAlias,
        version == .v5 ? "is empty without a Topic Alias" : "is empty")
    }
    let message = Message(
      topic: topic, payload: source.slice(reader.rest()), qos: qos, retain: flags & 1 == 1,
      properties: properties)
    return Publish(message: message, isDuplicate: flags & 0b1000 != 0, packetIdentifier: identifier)
  }

  private func acknowledgement(
    _ reader: inout PacketReader, _ source: PacketSource, _ codes: Rule
  ) throws(DecodeError) -> Acknowledgement {
    var packet = Acknowledgement(try reader.packetIdentifier(.acknowledgedIdentifier))
    guard version == .v5, reader.remaining > 0 else { return packet }
    packet.reasonCode = try reader.reasonCode(codes)
    guard reader.remaining > 0 else { return packet }
    packet.properties = try reader.properties(.packet(reader.type), source)
    return packet
  }
}

extension PacketReader {
  /// A reason code that table 2-6 lists for this packet.
  mutating func reasonCode(_ rule: Rule) throws(DecodeError) -> ReasonCode {
    let code = ReasonCode(rawValue: try uint8("Reason Code"))
    guard code.isAllowed(in: type, version) else { throw unlisted(code, rule) }
    return code
  }

  func unlisted(_ code: ReasonCode, _ rule: Rule) -> DecodeError {
    error(
      .protocolError, "Reason Code", position - 1, rule,
      "0x\(Hex.byte(code.rawValue)) is no code of \(type.name)")
  }
}
