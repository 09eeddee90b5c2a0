import MQTTPackets

/// What a client session asks of the server, the same for every connection of one run.
package struct SessionSettings: Equatable, Sendable {
  package var version: ProtocolVersion
  /// Empty asks the server to assign one; an assigned one is then used for the rest of the run.
  package var clientIdentifier: String
  /// Whether the first connection of the run discards what the server still holds. Later ones ask
  /// to resume wherever the session can outlive a connection.
  package var cleanStart: Bool
  /// Seconds; 0 turns it off. A Server Keep Alive overrules it.
  package var keepAlive: UInt16
  /// Seconds, 5.0 only; nil is 0: the session ends with its connection.
  package var sessionExpiryInterval: UInt32?
  /// How many QoS 1 and 2 messages the server may have unacknowledged towards us, 5.0 only; nil is 65,535.
  package var receiveMaximum: UInt16?
  /// How many we may have unacknowledged towards the server; its Receive Maximum lowers this. nil is
  /// 65,535 in 5.0, and 20 in 3.1.1, where no server can say how many it bears.
  package var maximumInFlight: UInt16?
  /// Bytes of one incoming packet. Told to a 5.0 server; whoever decodes enforces it.
  package var maximumPacketSize: Int
  /// The highest alias that the server may use towards us, 5.0 only.
  package var topicAliasMaximum: UInt16
  /// Whether outgoing topics get aliases, as many as the server allows, first come first served.
  package var usesTopicAliases: Bool
  /// Its properties are WILL properties.
  package var will: Message?
  /// Further CONNECT properties; none that a field here or the credentials stand for.
  package var connectProperties: Properties
  /// Bytes of topics and payloads that may wait unsent before `publish` refuses more.
  package var queueLimit: Int

  package init(
    version: ProtocolVersion = .v5, clientIdentifier: String = "", cleanStart: Bool = true,
    keepAlive: UInt16 = 30, sessionExpiryInterval: UInt32? = nil, receiveMaximum: UInt16? = nil,
    maximumInFlight: UInt16? = nil, maximumPacketSize: Int = Self.largestPacket,
    topicAliasMaximum: UInt16 = 0, usesTopicAliases: Bool = false, will: Message? = nil,
    connectProperties: Properties = [], queueLimit: Int = 64 * 1024 * 1024
  ) {
    self.version = version
    self.clientIdentifier = clientIdentifier
    self.cleanStart = cleanStart
    self.keepAlive = keepAlive
    self.sessionExpiryInterval = sessionExpiryInterval
    self.receiveMaximum = receiveMaximum
    self.maximumInFlight = maximumInFlight
    self.maximumPacketSize = maximumPacketSize
    self.topicAliasMaximum = topicAliasMaximum
    self.usesTopicAliases = usesTopicAliases
    self.will = will
    self.connectProperties = connectProperties
    self.queueLimit = queueLimit
  }

  /// Bytes of the largest packet that the length encoding can express, fixed header included.
  package static let largestPacket = 268_435_455 + 5
}

/// Who connects; fetched anew for each connection, because tokens expire.
package struct ConnectCredentials: Equatable, Sendable {
  package var username: String?
  package var password: [UInt8]?
  /// 5.0 only. Without it every AUTH from the server is a Protocol Error.
  package var authenticationMethod: String?
  package var authenticationData: [UInt8]?

  package init(
    username: String? = nil, password: [UInt8]? = nil, authenticationMethod: String? = nil,
    authenticationData: [UInt8]? = nil
  ) {
    self.username = username
    self.password = password
    self.authenticationMethod = authenticationMethod
    self.authenticationData = authenticationData
  }
}
