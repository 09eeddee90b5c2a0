import NIOCore

/// One MQTT Control Packet of 3.1.1 or 5.0. Fields that 3.1.1 lacks are empty there.
package enum Packet: Equatable, Sendable {
  case connect(Connect)
  case connAck(ConnAck)
  case publish(Publish)
  case pubAck(Acknowledgement)
  case pubRec(Acknowledgement)
  case pubRel(Acknowledgement)
  case pubComp(Acknowledgement)
  case subscribe(Subscribe)
  case subAck(SubAck)
  case unsubscribe(Unsubscribe)
  case unsubAck(UnsubAck)
  case pingReq
  case pingResp
  case disconnect(Disconnect)
  case auth(Auth)

  package var type: PacketType {
    switch self {
    case .connect: .connect
    case .connAck: .connAck
    case .publish: .publish
    case .pubAck: .pubAck
    case .pubRec: .pubRec
    case .pubRel: .pubRel
    case .pubComp: .pubComp
    case .subscribe: .subscribe
    case .subAck: .subAck
    case .unsubscribe: .unsubscribe
    case .unsubAck: .unsubAck
    case .pingReq: .pingReq
    case .pingResp: .pingResp
    case .disconnect: .disconnect
    case .auth: .auth
    }
  }
}

/// MQTT 5.0 section 3.1.
package struct Connect: Equatable, Sendable {
  package var version: ProtocolVersion
  /// Empty asks the server to assign one.
  package var clientIdentifier: String
  /// Clean Session in 3.1.1.
  package var cleanStart: Bool
  /// Seconds; 0 turns the mechanism off.
  package var keepAlive: UInt16
  package var username: String?
  package var password: [UInt8]?
  /// The will's properties are WILL properties.
  package var will: Message?
  package var properties: Properties

  package init(
    version: ProtocolVersion, clientIdentifier: String, cleanStart: Bool = true,
    keepAlive: UInt16 = 0, username: String? = nil, password: [UInt8]? = nil,
    will: Message? = nil, properties: Properties = []
  ) {
    self.version = version
    self.clientIdentifier = clientIdentifier
    self.cleanStart = cleanStart
    self.keepAlive = keepAlive
    self.username = username
    self.password = password
    self.will = will
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.2. In 3.1.1 `reasonCode` holds the Connect Return code 0 to 5.
package struct ConnAck: Equatable, Sendable {
  package var sessionPresent: Bool
  package var reasonCode: ReasonCode
  package var properties: Properties

  package init(sessionPresent: Bool = false, reasonCode: ReasonCode = .success, properties: Properties = []) {
    self.sessionPresent = sessionPresent
    self.reasonCode = reasonCode
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.3: an Application Message on one hop.
package struct Publish: Equatable, Sendable {
  package var message: Message
  /// The DUP flag.
  package var isDuplicate: Bool
  /// Present exactly when the QoS is above 0, and then not 0 ([MQTT-2.2.1-2]).
  package var packetIdentifier: UInt16?

  package init(message: Message, isDuplicate: Bool = false, packetIdentifier: UInt16? = nil) {
    self.message = message
    self.isDuplicate = isDuplicate
    self.packetIdentifier = packetIdentifier
  }
}

/// The common shape of PUBACK, PUBREC, PUBREL and PUBCOMP, MQTT 5.0 sections 3.4 to 3.7.
package struct Acknowledgement: Equatable, Sendable {
  package var packetIdentifier: UInt16
  /// Always success in 3.1.1.
  package var reasonCode: ReasonCode
  package var properties: Properties

  package init(_ packetIdentifier: UInt16, _ reasonCode: ReasonCode = .success, properties: Properties = []) {
    self.packetIdentifier = packetIdentifier
    self.reasonCode = reasonCode
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.8.
package struct Subscribe: Equatable, Sendable {
  package var packetIdentifier: UInt16
  package var subscriptions: [Subscription]
  package var properties: Properties

  package init(_ packetIdentifier: UInt16, _ subscriptions: [Subscription], properties: Properties = []) {
    self.packetIdentifier = packetIdentifier
    self.subscriptions = subscriptions
    self.properties = properties
  }
}

/// One Topic Filter and its Subscription Options, MQTT 5.0 section 3.8.3.1. 3.1.1 sends the QoS only.
package struct Subscription: Equatable, Sendable {
  package enum RetainHandling: UInt8, Sendable, CaseIterable {
    case sendAtSubscribe = 0
    case sendIfNewSubscription = 1
    case doNotSend = 2
  }

  package var filter: String
  package var qos: QoS
  package var noLocal: Bool
  package var retainAsPublished: Bool
  package var retainHandling: RetainHandling

  package init(
    _ filter: String, qos: QoS = .atMostOnce, noLocal: Bool = false,
    retainAsPublished: Bool = false, retainHandling: RetainHandling = .sendAtSubscribe
  ) {
    self.filter = filter
    self.qos = qos
    self.noLocal = noLocal
    self.retainAsPublished = retainAsPublished
    self.retainHandling = retainHandling
  }
}

/// MQTT 5.0 section 3.9: one reason code per filter of the SUBSCRIBE, in its order.
package struct SubAck: Equatable, Sendable {
  package var packetIdentifier: UInt16
  package var reasonCodes: [ReasonCode]
  package var properties: Properties

  package init(_ packetIdentifier: UInt16, _ reasonCodes: [ReasonCode], properties: Properties = []) {
    self.packetIdentifier = packetIdentifier
    self.reasonCodes = reasonCodes
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.10.
package struct Unsubscribe: Equatable, Sendable {
  package var packetIdentifier: UInt16
  package var filters: [String]
  package var properties: Properties

  package init(_ packetIdentifier: UInt16, _ filters: [String], properties: Properties = []) {
    self.packetIdentifier = packetIdentifier
    self.filters = filters
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.11. `reasonCodes` is empty in 3.1.1.
package struct UnsubAck: Equatable, Sendable {
  package var packetIdentifier: UInt16
  package var reasonCodes: [ReasonCode]
  package var properties: Properties

  package init(_ packetIdentifier: UInt16, _ reasonCodes: [ReasonCode] = [], properties: Properties = []) {
    self.packetIdentifier = packetIdentifier
    self.reasonCodes = reasonCodes
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.14. Always `.normalDisconnection` without properties in 3.1.1.
package struct Disconnect: Equatable, Sendable {
  package var reasonCode: ReasonCode
  package var properties: Properties

  package init(_ reasonCode: ReasonCode = .normalDisconnection, properties: Properties = []) {
    self.reasonCode = reasonCode
    self.properties = properties
  }
}

/// MQTT 5.0 section 3.15.
package struct Auth: Equatable, Sendable {
  package var reasonCode: ReasonCode
  package var properties: Properties

  package init(_ reasonCode: ReasonCode = .success, properties: Properties = []) {
    self.reasonCode = reasonCode
    self.properties = properties
  }
}
