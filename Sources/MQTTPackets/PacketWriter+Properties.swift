import NIOCore

extension Properties {
  /// The bytes of the properties without the length in front.
  var contentLength: Int {
    var length = 0
    for element in elements { length += element.encodedLength }
    return length
  }

  /// The bytes of the properties with the length in front.
  @inline(__always)
  var encodedLength: Int {
    guard !isEmpty else { return 1 }
    let content = contentLength
    return VariableByteInteger.length(of: content) + content
  }
}

extension Property {
  fileprivate var encodedLength: Int {
    switch self {
    case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation, .maximumQoS,
      .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
      .sharedSubscriptionAvailable:
      2
    case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: 3
    case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize: 5
    case .subscriptionIdentifier(let value): 1 + VariableByteInteger.length(of: Int(value))
    case .correlationData(let data), .authenticationData(let data): 3 + data.readableBytes
    case .contentType(let text), .responseTopic(let text), .assignedClientIdentifier(let text),
      .authenticationMethod(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      3 + text.utf8.count
    case .userProperty(let name, let value): 5 + name.utf8.count + value.utf8.count
    }
  }
}

extension PacketWriter {
  /// Nothing in 3.1.1, where properties are refused.
  @inline(__always)
  mutating func properties(_ properties: Properties, _ context: PropertyContext) throws(EncodeError) {
    if properties.isEmpty {
      if version == .v5 { uint8(0) }
      return
    }
    try listed(properties, context)
  }

  @inline(never)
  private mutating func listed(_ properties: Properties, _ context: PropertyContext) throws(EncodeError) {
    guard version == .v5 else { throw notInVersion("Properties") }
    variableByteInteger(properties.contentLength)
    var seen: UInt64 = 0
    for property in properties.elements {
      let identifier = property.identifier
      let bit: UInt64 = 1 << UInt64(identifier.rawValue)
      guard PropertyRules.isAllowed(identifier, in: context) else {
        throw invalid(identifier.name, .propertyIdentifier, "not allowed in \(context.name)")
      }
      guard seen & bit == 0 || PropertyRules.mayRepeat(identifier, in: context) else {
        throw invalid(identifier.name, .propertyIdentifier, "is there twice")
      }
      if let violation = PropertyRules.violation(by: property) {
        throw invalid(identifier.name, violation.rule, violation.detail)
      }
      seen |= bit
      uint8(identifier.rawValue)
      try value(of: property, identifier.name)
    }
  }

  private mutating func value(of property: Property, _ name: String) throws(EncodeError) {
    switch property {
    case .payloadFormatIndicator(let value), .maximumQoS(let value): uint8(value)
    case .requestProblemInformation(let flag), .requestResponseInformation(let flag),
      .retainAvailable(let flag), .wildcardSubscriptionAvailable(let flag),
      .subscriptionIdentifierAvailable(let flag), .sharedSubscriptionAvailable(let flag):
      uint8(flag ? 1 : 0)
    case .serverKeepAlive(let value), .receiveMaximum(let value), .topicAliasMaximum(let value),
      .topicAlias(let value):
      uint16(value)
    case .messageExpiryInterval(let value), .sessionExpiryInterval(let value),
      .willDelayInterval(let value), .maximumPacketSize(let value):
      uint32(value)
    case .subscriptionIdentifier(let value):
      guard value <= VariableByteInteger.maximum else {
        throw invalid(name, .variableByteInteger, "\(value) is over 268,435,455")
      }
      variableByteInteger(Int(value))
    case .correlationData(let data), .authenticationData(let data): try binary(data, name)
    case .contentType(let text), .responseTopic(let text), .assignedClientIdentifier(let text),
      .authenticationMethod(let text), .responseInformation(let text), .serverReference(let text),
      .reasonString(let text):
      try string(text, name)
    case .userProperty(let key, let value):
      try string(key, name)
      try string(value, name)
    }
  }
}
