import NIOCore

// CONNECT, CONNACK, DISCONNECT and AUTH: MQTT 5.0 sections 3.1, 3.2, 3.14 and 3.15.

extension PacketDecoder {
  func connect(
    _ header: PacketHeader, _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Connect {
    let version = try protocolVersion(&reader)
    reader.version = version
    if version == .v5, header.length - 1 > VariableByteInteger.length(of: header.remainingLength) {
      throw Self.lengthPadded(.connect)
    }
    let flags = try ConnectFlags(&reader)
    let keepAlive = try reader.uint16("Keep Alive")
    var properties = Properties()
    if version == .v5 {
      properties = try reader.properties(.packet(.connect), source)
      try reader.expectMethodWithData(properties)
    }
    let clientStart = reader.position
    let clientIdentifier = try reader.string("Client Identifier")
    if version == .v3_1_1, clientIdentifier.isEmpty, !flags.cleanStart {
      throw reader.error(
        .clientIdentifierNotValid, "Client Identifier", clientStart, .clientIdentifier,
        "is empty and the session is to be kept")
    }
    let will = try will(flags, &reader, source)
    let username = flags.hasUserName ? try reader.string("User Name") : nil
    let password = flags.hasPassword ? try reader.binary("Password") : nil
    return Connect(
      version: version, clientIdentifier: clientIdentifier, cleanStart: flags.cleanStart,
      keepAlive: keepAlive, username: username, password: password.map { Array(reader.slice($0)) },
      will: will, properties: properties)
  }

  /// The protocol name and level; only of `MQTT`, 4 and 5 is the rest known.
  private func protocolVersion(_ reader: inout PacketReader) throws(DecodeError) -> ProtocolVersion {
    let start = reader.position
    let name = reader.slice(try reader.binary("Protocol Name"))
    guard name.elementsEqual("MQTT".utf8) else {
      throw reader.error(.unsupportedProtocolName, "Protocol Name", start, .protocolName, "is not MQTT")
    }
    let level = try reader.uint8("Protocol Version")
    guard let version = ProtocolVersion(rawValue: level) else {
      throw reader.error(
        .unsupportedProtocolLevel(level), "Protocol Version", reader.position - 1, .protocolLevel,
        "\(level) is neither 4 nor 5")
    }
    return version
  }

  private func will(
    _ flags: ConnectFlags, _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Message? {
    guard flags.hasWill else { return nil }
    let properties = reader.version == .v5 ? try reader.properties(.will, source) : []
    let start = reader.position
    let topic = try reader.topicName("Will Topic")
    guard !topic.isEmpty else {
      throw reader.error(
        .topicNameInvalid, "Will Topic", start, TopicError.Reason.empty.rule, "is empty")
    }
    return Message(
      topic: topic, payload: source.slice(try reader.binary("Will Payload")), qos: flags.willQoS,
      retain: flags.willRetain, properties: properties)
  }

  func connAck(
    _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> ConnAck {
    if let other = connAckOfOtherVersion(reader) { throw other }
    let flags = try reader.uint8("Connect Acknowledge Flags")
    guard flags <= 1 else {
      throw reader.error(
        .malformed, "Connect Acknowledge Flags", reader.position - 1, .connAckFlags,
        "0x\(Hex.byte(flags)) sets reserved bits")
    }
    let code = try reader.reasonCode(.connAckCode)
    guard flags == 0 || code == .success else {
      throw reader.error(
        .protocolError, "Session Present", reader.position - 2, .sessionPresent,
        "set beside the code 0x\(Hex.byte(code.rawValue))")
    }
    let properties = version == .v5 ? try reader.properties(.packet(.connAck), source) : []
    return ConnAck(sessionPresent: flags == 1, reasonCode: code, properties: properties)
  }

  /// The two formats cannot be mistaken: a 3.1.1 CONNACK has two bytes after the fixed header, one
  /// of 5.0 at least three.
  private func connAckOfOtherVersion(_ reader: PacketReader) -> DecodeError? {
    let start = reader.position
    guard reader.remaining >= 2, reader.bytes[start] <= 1 else { return nil }
    let code = reader.bytes[start + 1]
    let isOther =
      switch version {
      case .v5: reader.remaining == 2 && code <= 5
      case .v3_1_1: reader.remaining > 2 && ReasonCode(rawValue: code).isAllowed(in: .connAck, .v5)
      }
    guard isOther else { return nil }
    return reader.error(
      .connAckOfOtherVersion(code: code), "Remaining Length", 1, .remainingLength,
      "a CONNACK in the format of MQTT \(version == .v5 ? "3.1.1" : "5.0") with code \(code)")
  }

  func disconnect(
    _ reader: inout PacketReader, _ source: PacketSource
  ) throws(DecodeError) -> Disconnect {
    guard version == .v5, reader.remaining > 0 else { return Disconnect() }
    let code = try reader.reasonCode(.disconnectCode)
    guard direction == .toClient ? code.mayServerDisconnect : code.mayClientDisconnect else {
      throw reader.unlisted(code, from: direction, .disconnectCode)
    }
    guard reader.remaining > 0 else { return Disconnect(code) }
    let start = reader.position
    let properties = try reader.properties(.packet(.disconnect), source)
    if direction == .toClient, properties.sessionExpiryInterval != nil {
      throw reader.error(
        .protocolError, Property.Identifier.sessionExpiryInterval.name, start, .sessionExpiryFromServer,
        "a server does not send it")
    }
    return Disconnect(code, properties: properties)
  }

  func auth(_ reader: inout PacketReader, _ source: PacketSource) throws(DecodeError) -> Auth {
    // All of it can be left out together, and that means success.
    let isEmpty = reader.remaining == 0
    var packet = Auth()
    if !isEmpty { packet.reasonCode = try reader.reasonCode(.authCode) }
    // The server ends an exchange, the client starts another one; section 3.15.2.1.
    let foreign: ReasonCode = direction == .toClient ? .reauthenticate : .success
    guard packet.reasonCode != foreign else {
      throw reader.unlisted(packet.reasonCode, from: direction, .authCode)
    }
    guard !isEmpty else { return packet }
    let start = reader.position
    packet.properties = try reader.properties(.packet(.auth), source)
    guard packet.properties.authenticationMethod != nil else {
      throw reader.error(
        .protocolError, Property.Identifier.authenticationMethod.name, start, .authenticationMethod,
        "is missing")
    }
    return packet
  }
}

extension PacketReader {
  func expectMethodWithData(_ properties: Properties) throws(DecodeError) {
    guard properties.authenticationData == nil || properties.authenticationMethod != nil else {
      throw error(
        .protocolError, Property.Identifier.authenticationData.name, position, .authenticationData,
        "is there without an Authentication Method")
    }
  }

  func unlisted(_ code: ReasonCode, from direction: PacketDecoder.Direction, _ rule: Rule) -> DecodeError {
    error(
      .protocolError, "Reason Code", max(position - 1, 0), rule,
      "a \(direction == .toClient ? "server" : "client") does not send 0x\(Hex.byte(code.rawValue))")
  }
}
