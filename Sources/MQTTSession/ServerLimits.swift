import MQTTPackets

/// What the CONNACK of this connection allows; the defaults are those of a CONNACK without properties.
struct ServerLimits: Equatable, Sendable {
  let version: ProtocolVersion
  var receiveMaximum: UInt16 = .max
  var maximumQoS = QoS.exactlyOnce
  var retainAvailable = true
  var maximumPacketSize = SessionSettings.largestPacket
  var topicAliasMaximum: UInt16 = 0
  var wildcardSubscriptions = true
  var sharedSubscriptions = true
  var subscriptionIdentifiers = true

  init(version: ProtocolVersion) { self.version = version }

  init(_ connAck: ConnAck, version: ProtocolVersion) throws(ProtocolViolation) {
    self.version = version
    let properties = connAck.properties
    if properties.isEmpty { return }
    receiveMaximum = properties.receiveMaximum ?? .max
    if receiveMaximum == 0 { throw Self.illegal("Receive Maximum 0", "[MQTT5 3.2.2.3.3]") }
    if let maximum = properties.maximumQoS {
      guard maximum <= 1, let qos = QoS(rawValue: maximum) else {
        throw Self.illegal("Maximum QoS \(maximum)", "[MQTT5 3.2.2.3.4]")
      }
      maximumQoS = qos
    }
    retainAvailable = properties.retainAvailable ?? true
    if let size = properties.maximumPacketSize {
      if size == 0 { throw Self.illegal("Maximum Packet Size 0", "[MQTT5 3.2.2.3.6]") }
      maximumPacketSize = min(Int(size), SessionSettings.largestPacket)
    }
    topicAliasMaximum = properties.topicAliasMaximum ?? 0
    wildcardSubscriptions = properties.wildcardSubscriptionAvailable ?? true
    sharedSubscriptions = properties.sharedSubscriptionAvailable ?? true
    subscriptionIdentifiers = properties.subscriptionIdentifierAvailable ?? true
  }

  private static func illegal(_ detail: String, _ rule: String) -> ProtocolViolation {
    ProtocolViolation(.protocolError, .connAck, rule: rule, detail: detail)
  }
}

extension ServerLimits {
  /// Why this message cannot be published here; nil when it can.
  func refusal(_ message: Message) -> LocalRefusal? {
    if message.qos > maximumQoS { return .qosAboveMaximum(maximumQoS) }
    if message.retain, !retainAvailable { return .retainUnavailable }
    if !message.properties.isEmpty, let alias = message.properties.topicAlias,
      alias == 0 || alias > topicAliasMaximum
    {
      return .topicAliasAboveMaximum(topicAliasMaximum)
    }
    return sizeRefusal(message)
  }

  func sizeRefusal(_ message: Message) -> LocalRefusal? {
    // 5 bytes of fixed header, 2 each of topic length and identifier, 1 of property length.
    if message.properties.isEmpty, message.queueCost <= maximumPacketSize - 10 { return nil }
    return sizeRefusal(
      .publish(Publish(message: message, packetIdentifier: message.qos == .atMostOnce ? nil : 1)))
  }

  func sizeRefusal(_ packet: Packet) -> LocalRefusal? {
    let size = packet.encodedLength(version)
    return size > maximumPacketSize ? .packetTooLarge(size: size, maximum: maximumPacketSize) : nil
  }

  func refusal(_ subscriptions: [Subscription], _ properties: Properties) -> LocalRefusal? {
    if !subscriptionIdentifiers, !properties.subscriptionIdentifiers.isEmpty {
      return .subscriptionIdentifiersUnavailable
    }
    for subscription in subscriptions {
      let filter = subscription.filter
      if !sharedSubscriptions, filter.hasPrefix("$share/") {
        return .sharedSubscriptionUnavailable(filter: filter)
      }
      if !wildcardSubscriptions,
        filter.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") })
      {
        return .wildcardSubscriptionUnavailable(filter: filter)
      }
    }
    return nil
  }
}
