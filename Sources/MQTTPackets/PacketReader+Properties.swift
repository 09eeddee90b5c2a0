import NIOCore

/// Where a packet lies in the buffer that its slices share memory with.
struct PacketSource {
  let buffer: ByteBuffer
  /// The absolute index of the packet's first byte.
  let index: Int

  /// The bytes of a range of the packet that a reader has checked.
  @inline(__always)
  func slice(_ range: Range<Int>) -> ByteBuffer {
    buffer.getSlice(at: index + range.lowerBound, length: range.count) ?? ByteBuffer()
  }
}

extension PacketReader {
  /// A property length and the properties it spans, legal in `context` each and together.
  @inline(__always)
  mutating func properties(
    _ context: PropertyContext, _ source: borrowing PacketSource
  ) throws(DecodeError) -> Properties {
    if remaining > 0, bytes[position] == 0 {
      _ = try uint8("Property Length")
      return Properties()
    }
    return try listedProperties(context, source)
  }

  @inline(never)
  private mutating func listedProperties(
    _ context: PropertyContext, _ source: borrowing PacketSource
  ) throws(DecodeError) -> Properties {
    let start = position
    let length = try variableByteInteger("Property Length")
    guard length <= remaining else {
      throw error(
        .malformed, "Property Length", start, .properties,
        "announces \(length) bytes, \(remaining) are left")
    }
    let packetEnd = narrow(to: length)
    var properties = Properties()
    var seen: UInt64 = 0
    while remaining > 0 {
      let start = position
      let identifier = try propertyIdentifier(context)
      let bit: UInt64 = 1 << UInt64(identifier.rawValue)
      guard seen & bit == 0 || PropertyRules.mayRepeat(identifier, in: context) else {
        throw error(.protocolError, identifier.name, start, .propertyIdentifier, "is there twice")
      }
      seen |= bit
      let property = try propertyValue(identifier, source)
      if let violation = PropertyRules.violation(by: property) {
        throw error(violation.kind, identifier.name, start + 1, violation.rule, violation.detail)
      }
      properties.append(property)
    }
    restoreEnd(packetEnd)
    return properties
  }

  private mutating func propertyIdentifier(_ context: PropertyContext) throws(DecodeError)
    -> Property.Identifier
  {
    let byte = try uint8("Property Identifier")
    guard let identifier = Property.Identifier(rawValue: byte) else {
      throw error(
        .malformed, "Property Identifier", position - 1, .propertyIdentifier,
        "0x\(Hex.byte(byte)) is no property")
    }
    guard PropertyRules.isAllowed(identifier, in: context) else {
      throw error(
        .malformed, identifier.name, position - 1, .propertyIdentifier, "not allowed in \(context.name)")
    }
    return identifier
  }

  private mutating func propertyValue(
    _ identifier: Property.Identifier, _ source: borrowing PacketSource
  ) throws(DecodeError) -> Property {
    let name = identifier.name
    switch identifier {
    case .payloadFormatIndicator: return .payloadFormatIndicator(try uint8(name))
    case .messageExpiryInterval: return .messageExpiryInterval(try uint32(name))
    case .contentType: return .contentType(try string(name))
    case .responseTopic: return .responseTopic(try string(name))
    case .correlationData: return .correlationData(source.slice(try binary(name)))
    case .subscriptionIdentifier: return .subscriptionIdentifier(UInt32(try variableByteInteger(name)))
    case .sessionExpiryInterval: return .sessionExpiryInterval(try uint32(name))
    case .assignedClientIdentifier: return .assignedClientIdentifier(try string(name))
    case .serverKeepAlive: return .serverKeepAlive(try uint16(name))
    case .authenticationMethod: return .authenticationMethod(try string(name))
    case .authenticationData: return .authenticationData(source.slice(try binary(name)))
    case .requestProblemInformation:
      return .requestProblemInformation(try flag(name, "MQTT 5.0 3.1.2.11.7"))
    case .willDelayInterval: return .willDelayInterval(try uint32(name))
    case .requestResponseInformation:
      return .requestResponseInformation(try flag(name, "MQTT 5.0 3.1.2.11.6"))
    case .responseInformation: return .responseInformation(try string(name))
    case .serverReference: return .serverReference(try string(name))
    case .reasonString: return .reasonString(try string(name))
    case .receiveMaximum: return .receiveMaximum(try uint16(name))
    case .topicAliasMaximum: return .topicAliasMaximum(try uint16(name))
    case .topicAlias: return .topicAlias(try uint16(name))
    case .maximumQoS: return .maximumQoS(try uint8(name))
    case .retainAvailable: return .retainAvailable(try flag(name, "MQTT 5.0 3.2.2.3.5"))
    case .userProperty:
      let key = try string(name)
      return .userProperty(name: key, value: try string(name))
    case .maximumPacketSize: return .maximumPacketSize(try uint32(name))
    case .wildcardSubscriptionAvailable:
      return .wildcardSubscriptionAvailable(try flag(name, "MQTT 5.0 3.2.2.3.11"))
    case .subscriptionIdentifierAvailable:
      return .subscriptionIdentifierAvailable(try flag(name, "MQTT 5.0 3.2.2.3.12"))
    case .sharedSubscriptionAvailable:
      return .sharedSubscriptionAvailable(try flag(name, "MQTT 5.0 3.2.2.3.13"))
    }
  }

  private mutating func flag(_ name: String, _ section: String) throws(DecodeError) -> Bool {
    let byte = try uint8(name)
    guard byte <= 1 else {
      let violation = PropertyRules.notAFlag(byte, section)
      throw error(violation.kind, name, position - 1, violation.rule, violation.detail)
    }
    return byte == 1
  }
}
