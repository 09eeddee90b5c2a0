import MQTTPackets

/// What an embedded broker allows and how much it holds. The bounds are what keeps one client from
/// using up the process.
package struct BrokerSettings: Equatable, Sendable {
  /// User names and their passwords; nil lets everybody in and looks at no credentials.
  package var users: [String: [UInt8]]?
  package var access: AccessRules

  /// Bytes of an incoming packet, fixed header included. Told to 5.0 clients when it is below the
  /// protocol's own limit.
  package var maximumPacketSize: Int
  /// The same before CONNECT is accepted.
  package var maximumPacketSizeBeforeConnect: Int
  /// QoS 1 and 2 messages that a 5.0 client may have unacknowledged towards us.
  package var receiveMaximum: UInt16
  /// The highest topic alias that a 5.0 client may use.
  package var topicAliasMaximum: UInt16
  /// Seconds that overrule what 5.0 clients ask for; nil leaves it to them.
  package var serverKeepAlive: UInt16?
  /// Until CONNECT, counted from the upgrade.
  package var connectTimeout: Duration
  /// Seconds that a session outlives its connection at most.
  package var sessionExpiryMaximum: UInt32

  package var maximumSessions: Int
  /// Filters, over all sessions.
  package var maximumSubscriptions: Int
  package var maximumRetained: Int
  /// Bytes of topics and payloads.
  package var maximumRetainedBytes: Int

  /// Bytes that may be on their way to one socket before messages wait in the session's queue.
  package var sendCredit: Int
  /// Bytes in a session's queue from which on the publishers that fill it are no longer read.
  package var queueMark: Int
  /// Bytes in a session's queue at which QoS 0 is dropped, a slow receiver is disconnected, and
  /// QoS 1 and 2 for an absent one is refused.
  package var queueLimit: Int
  /// How long a receiver may hold up publishers without taking anything.
  package var stallTimeout: Duration

  package init(users: [String: [UInt8]]? = nil, access: AccessRules = AccessRules()) {
    self.users = users
    self.access = access
    maximumPacketSize = Self.largestPacket
    maximumPacketSizeBeforeConnect = 64 * 1024
    receiveMaximum = 1_024
    topicAliasMaximum = 64
    serverKeepAlive = nil
    connectTimeout = .seconds(5)
    sessionExpiryMaximum = .max
    maximumSessions = 10_000
    maximumSubscriptions = 1_000_000
    maximumRetained = 100_000
    maximumRetainedBytes = 256 * 1024 * 1024
    sendCredit = 256 * 1024
    queueMark = 1024 * 1024
    queueLimit = 64 * 1024 * 1024
    stallTimeout = .seconds(2)
  }

  /// Bytes of the largest packet that MQTT can express.
  package static let largestPacket = 268_435_455 + 5
}

/// Topics that clients are refused, so that a test can see what a refusal does.
package struct AccessRules: Equatable, Sendable {
  /// A publish to a topic that one of these matches gets 0x87.
  package var deniedPublishes: [TopicFilter]
  /// So does a subscription to a filter that lies within one of these.
  package var deniedSubscriptions: [TopicFilter]

  package init(deniedPublishes: [TopicFilter] = [], deniedSubscriptions: [TopicFilter] = []) {
    self.deniedPublishes = deniedPublishes
    self.deniedSubscriptions = deniedSubscriptions
  }

  func allowsPublish(to topic: String) -> Bool {
    deniedPublishes.isEmpty || !deniedPublishes.contains { $0.matches(topic) }
  }

  /// Wildcards of the asked filter count as levels of that name: `secret/#` denies `secret/+`.
  func allowsSubscription(to filter: TopicFilter) -> Bool {
    deniedSubscriptions.isEmpty || !deniedSubscriptions.contains { $0.matches(filter.filter) }
  }
}
