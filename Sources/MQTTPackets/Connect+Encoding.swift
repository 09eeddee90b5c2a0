import NIOCore

// CONNECT, CONNACK, DISCONNECT and AUTH: MQTT 5.0 sections 3.1, 3.2, 3.14 and 3.15.

extension Connect {
  var bodyLength: Int {
    var length = 10 + properties.encodedLength(version) + 2 + clientIdentifier.utf8.count
    if let will {
      length += will.properties.encodedLength(version)
      length += 2 + will.topic.utf8.count + 2 + will.payload.readableBytes
    }
    if let username { length += 2 + username.utf8.count }
    if let password { length += 2 + password.count }
    return length
  }

  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    if version == .v3_1_1, password != nil, username == nil {
      throw writer.invalid("Password", .passwordWithoutUserName, "is there without a user name")
    }
    if version == .v3_1_1, clientIdentifier.isEmpty, !cleanStart {
      throw writer.invalid(
        "Client Identifier", .clientIdentifier, "is empty and the session is to be kept")
    }
    if properties.authenticationData != nil, properties.authenticationMethod == nil {
      throw writer.invalid(
        Property.Identifier.authenticationData.name, .authenticationData,
        "is there without an Authentication Method")
    }
    try writer.string("MQTT", "Protocol Name")
    writer.uint8(version.rawValue)
    writer.uint8(ConnectFlags(self).rawValue)
    writer.uint16(keepAlive)
    try writer.properties(properties, .packet(.connect))
    try writer.string(clientIdentifier, "Client Identifier")
    if let will {
      try writer.properties(will.properties, .will)
      guard !will.topic.isEmpty else {
        throw writer.invalid("Will Topic", TopicError.Reason.empty.rule, "is empty")
      }
      try writer.topicName(will.topic, "Will Topic")
      try writer.binary(will.payload, "Will Payload")
    }
    if let username { try writer.string(username, "User Name") }
    if let password { try writer.binary(password, "Password") }
  }
}

extension ConnAck {
  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    guard !sessionPresent || reasonCode == .success else {
      throw writer.invalid("Session Present", .sessionPresent, "set beside an error")
    }
    writer.uint8(sessionPresent ? 1 : 0)
    try writer.reasonCode(reasonCode, .connAckCode)
    try writer.properties(properties, .packet(.connAck))
  }
}

extension Disconnect {
  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    try writer.reasonTail(reasonCode, properties, .disconnectCode)
  }
}

extension Auth {
  /// Success without properties is the empty packet.
  private var isEmpty: Bool { reasonCode == .success && properties.isEmpty }

  var bodyLength: Int { isEmpty ? 0 : 1 + properties.encodedLength }

  func write(_ writer: inout PacketWriter) throws(EncodeError) {
    guard writer.version == .v5 else { throw writer.notInVersion("AUTH") }
    guard !isEmpty else { return }
    guard properties.authenticationMethod != nil else {
      throw writer.invalid(
        Property.Identifier.authenticationMethod.name, .authenticationMethod, "is missing")
    }
    try writer.reasonCode(reasonCode, .authCode)
    try writer.properties(properties, .packet(.auth))
  }
}
