import MQTTPackets
import NIOCore

/// SplitMix64: the same packets in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

extension SeededGenerator {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func text(_ alphabet: [String] = ["a", "Z", "/", " ", "$", "é", "€", "😀", "\u{7}", "\u{FEFF}"])
    -> String
  {
    let count = chance(3) ? 300 : Int.random(in: 0...20, using: &self)
    return (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &self)] }.joined()
  }

  mutating func topic() -> String { "t" + text() }

  mutating func filter() -> String {
    let levels = (0...Int.random(in: 0...4, using: &self)).map { _ in
      chance(30) ? "+" : text(["a", "b", "ö"])
    }
    let plain = levels.joined(separator: "/") + (chance(30) ? "/#" : "")
    return (chance(20) ? "$share/g/" : "") + (plain.isEmpty ? "#" : plain)
  }

  mutating func bytes() -> ByteBuffer {
    let count = chance(3) ? 20_000 : Int.random(in: 0...140, using: &self)
    return ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) })
  }

  mutating func code(_ type: PacketType, _ version: ProtocolVersion) -> ReasonCode {
    while true {
      let code = ReasonCode(rawValue: UInt8.random(in: 0...255, using: &self))
      if code.isAllowed(in: type, version) { return code }
    }
  }

  mutating func identifier() -> UInt16 { UInt16.random(in: 1...65_535, using: &self) }
}

extension SeededGenerator {
  mutating func properties(_ context: PropertyContext, _ version: ProtocolVersion) -> Properties {
    guard version == .v5, chance(60) else { return [] }
    var properties = Properties()
    for identifier in Property.Identifier.allCases.shuffled(using: &self)
    where PropertyRules.isAllowed(identifier, in: context) && chance(50) {
      let count = PropertyRules.mayRepeat(identifier, in: context) ? Int.random(in: 1...3, using: &self) : 1
      for _ in 0..<count { properties.append(property(identifier)) }
    }
    // Data without a method is nothing that may be sent.
    if properties.authenticationMethod == nil, properties.authenticationData != nil {
      properties.append(.authenticationMethod(text()))
    }
    return properties
  }

  private mutating func property(_ identifier: Property.Identifier) -> Property {
    let small = UInt8.random(in: 0...1, using: &self)
    let two = UInt16.random(in: 1...65_535, using: &self)
    let four = UInt32.random(in: 1...UInt32.max, using: &self)
    return switch identifier {
    case .payloadFormatIndicator: .payloadFormatIndicator(small)
    case .messageExpiryInterval: .messageExpiryInterval(four)
    case .contentType: .contentType(text())
    case .responseTopic: .responseTopic(text())
    case .correlationData: .correlationData(bytes())
    case .subscriptionIdentifier: .subscriptionIdentifier(max(1, four >> UInt32(4 + two % 25)))
    case .sessionExpiryInterval: .sessionExpiryInterval(four)
    case .assignedClientIdentifier: .assignedClientIdentifier(text())
    case .serverKeepAlive: .serverKeepAlive(two)
    case .authenticationMethod: .authenticationMethod(text())
    case .authenticationData: .authenticationData(bytes())
    case .requestProblemInformation: .requestProblemInformation(small == 1)
    case .willDelayInterval: .willDelayInterval(four)
    case .requestResponseInformation: .requestResponseInformation(small == 1)
    case .responseInformation: .responseInformation(text())
    case .serverReference: .serverReference(text())
    case .reasonString: .reasonString(text())
    case .receiveMaximum: .receiveMaximum(two)
    case .topicAliasMaximum: .topicAliasMaximum(two)
    case .topicAlias: .topicAlias(two)
    case .maximumQoS: .maximumQoS(small)
    case .retainAvailable: .retainAvailable(small == 1)
    case .userProperty: .userProperty(name: text(), value: text())
    case .maximumPacketSize: .maximumPacketSize(four)
    case .wildcardSubscriptionAvailable: .wildcardSubscriptionAvailable(small == 1)
    case .subscriptionIdentifierAvailable: .subscriptionIdentifierAvailable(small == 1)
    case .sharedSubscriptionAvailable: .sharedSubscriptionAvailable(small == 1)
    }
  }
}

extension SeededGenerator {
  /// A legal packet of that type; nil for AUTH of 3.1.1.
  mutating func packet(_ type: PacketType, _ version: ProtocolVersion) -> Packet? {
    switch type {
    case .connect: return .connect(connect(version))
    case .connAck:
      let code = chance(50) ? .success : code(type, version)
      return .connAck(
        ConnAck(
          sessionPresent: code == .success && chance(50), reasonCode: code,
          properties: properties(.packet(type), version)))
    case .publish: return .publish(publish(version))
    case .pubAck: return .pubAck(acknowledgement(type, version))
    case .pubRec: return .pubRec(acknowledgement(type, version))
    case .pubRel: return .pubRel(acknowledgement(type, version))
    case .pubComp: return .pubComp(acknowledgement(type, version))
    case .subscribe:
      let subscriptions = (0...Int.random(in: 0...3, using: &self)).map { _ in subscription(version) }
      return .subscribe(
        Subscribe(identifier(), subscriptions, properties: properties(.packet(type), version)))
    case .subAck:
      return .subAck(
        SubAck(identifier(), codes(type, version), properties: properties(.packet(type), version)))
    case .unsubscribe:
      let filters = (0...Int.random(in: 0...3, using: &self)).map { _ in filter() }
      return .unsubscribe(Unsubscribe(identifier(), filters, properties: properties(.packet(type), version)))
    case .unsubAck:
      return .unsubAck(
        UnsubAck(
          identifier(), version == .v5 ? codes(type, version) : [],
          properties: properties(.packet(type), version)))
    case .pingReq: return .pingReq
    case .pingResp: return .pingResp
    case .disconnect:
      let code = code(type, version)
      var properties = properties(.packet(type), version)
      // Only a client gives a Session Expiry Interval, and most codes are a server's.
      if code != .normalDisconnection {
        properties.elements.removeAll { $0.identifier == .sessionExpiryInterval }
      }
      return .disconnect(Disconnect(code, properties: properties))
    case .auth: return version == .v5 ? .auth(auth()) : nil
    }
  }

  private mutating func codes(_ type: PacketType, _ version: ProtocolVersion) -> [ReasonCode] {
    (0...Int.random(in: 0...3, using: &self)).map { _ in code(type, version) }
  }

  private mutating func acknowledgement(_ type: PacketType, _ version: ProtocolVersion) -> Acknowledgement {
    Acknowledgement(identifier(), code(type, version), properties: properties(.packet(type), version))
  }

  private mutating func connect(_ version: ProtocolVersion) -> Connect {
    var connect = Connect(version: version, clientIdentifier: "c" + text(), cleanStart: chance(50))
    connect.keepAlive = UInt16.random(in: 0...65_535, using: &self)
    connect.properties = properties(.packet(.connect), version)
    if chance(50) { connect.username = text() }
    if connect.username != nil || version == .v5, chance(50) {
      connect.password = Array(bytes().readableBytesView)
    }
    if chance(50) {
      connect.will = Message(
        topic: topic(), payload: bytes(), qos: QoS.allCases.randomElement(using: &self) ?? .atMostOnce,
        retain: chance(50), properties: properties(.will, version))
    }
    return connect
  }

  private mutating func publish(_ version: ProtocolVersion) -> Publish {
    let qos = QoS.allCases.randomElement(using: &self) ?? .atMostOnce
    var message = Message(topic: topic(), payload: bytes(), qos: qos, retain: chance(30))
    message.properties = properties(.packet(.publish), version)
    if message.properties.topicAlias != nil, chance(50) { message.topic = "" }
    return Publish(
      message: message, isDuplicate: qos != .atMostOnce && chance(30),
      packetIdentifier: qos == .atMostOnce ? nil : identifier())
  }

  private mutating func subscription(_ version: ProtocolVersion) -> Subscription {
    var subscription = Subscription(filter(), qos: QoS.allCases.randomElement(using: &self) ?? .atMostOnce)
    guard version == .v5 else { return subscription }
    subscription.noLocal = !subscription.filter.hasPrefix("$share/") && chance(30)
    subscription.retainAsPublished = chance(30)
    subscription.retainHandling =
      Subscription.RetainHandling.allCases.randomElement(using: &self) ?? .doNotSend
    return subscription
  }

  private mutating func auth() -> Auth {
    guard chance(80) else { return Auth() }
    var properties = properties(.packet(.auth), .v5)
    if properties.authenticationMethod == nil { properties.append(.authenticationMethod(text())) }
    return Auth(code(.auth, .v5), properties: properties)
  }
}
