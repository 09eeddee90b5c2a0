import MQTTPackets

/// The client's side of MQTT 3.1.1 and 5.0, over any number of connections of one run.
///
/// Theory of operation. Events come in as calls, what to do about them goes out as effects appended to
/// an array that the caller owns and empties; no IO, clock or randomness here. `Phase` is where the
/// present connection stands:
///
///     closed ── transportOpened: CONNECT ──▶ connecting ── CONNACK ──▶ connected
///       ▲                                       │                         │
///       └──────────── transportClosed ──────────┴── closing ◀── an end ───┘
///
/// An end is a refusal, a violation, a DISCONNECT of either side or a lost keep-alive; in `closing`
/// whatever still arrives is ignored. What outlives the connection is in `delivery`, `requests` and
/// `waitingRequests`: requests made at any time are kept until they can be sent, and each ends
/// with exactly one effect.
package struct Session: Sendable {
  enum Phase: Sendable { case closed, connecting, connected, closing }

  package let settings: SessionSettings
  var phase = Phase.closed
  var limits: ServerLimits
  var delivery: DeliveryState
  var aliases = TopicAliases()
  var keepAlive = KeepAlive()
  /// Of the last `deliver`.
  var sequence: UInt64 = 0
  var order: UInt64 = 0
  /// Sent and not answered, by packet identifier.
  var requests: [UInt16: SubscriptionRequest] = [:]
  var waitingRequests = Queue<SubscriptionRequest>()

  var clientIdentifier: String
  var hasConnected = false
  var askedForCleanStart = false
  /// Seconds, as the server last confirmed them.
  var sessionExpiryInterval: UInt32
  var authenticationMethod: String?
  var isReauthenticating = false

  package init(_ settings: SessionSettings) {
    self.settings = settings
    limits = ServerLimits(version: settings.version)
    delivery = DeliveryState(version: settings.version)
    clientIdentifier = settings.clientIdentifier
    sessionExpiryInterval = settings.sessionExpiryInterval ?? 0
  }
}

// MARK: - What the owner may ask

extension Session {
  package var isConnected: Bool { phase == .connected }

  /// How many QoS 1 and 2 publishes would go out at once; 0 while not connected. Callers that
  /// wait for it never fill the queue.
  package var publishQuota: Int { phase == .connected ? delivery.sendQuota : 0 }

  /// Bytes of topics and payloads that wait to be sent, at most `SessionSettings.queueLimit` (or one
  /// message, if that alone is larger).
  package var queuedBytes: Int { delivery.queuedBytes }

  /// Publishes without an outcome yet.
  package var unacknowledged: Int { delivery.unacknowledged }

  /// Whether this session is asked back by the next connection of the run.
  package var canOutliveConnection: Bool {
    settings.version == .v5 ? sessionExpiryInterval > 0 : !settings.cleanStart
  }

  /// PUBACK and PUBCOMP that answered nothing in flight.
  package var ignoredAcknowledgements: Int { delivery.ignoredAcknowledgements }
}

// MARK: - Ends

extension Session {
  /// Sends DISCONNECT, where there is a connection, and asks for the close. Requests without an answer
  /// stay so; `unacknowledged` counts the publishes. 3.1.1 can ask for the will only by closing without
  /// a DISCONNECT, so that is what `.disconnectWithWillMessage` does there.
  package mutating func disconnect(
    _ reason: ReasonCode = .normalDisconnection, properties: Properties = [], now: MonotonicTime,
    into effects: inout [Effect]
  ) {
    guard phase == .connecting || phase == .connected else { return }
    if settings.version == .v5 {
      emit(.disconnect(Disconnect(reason, properties: properties)), now, &effects)
    } else if reason == .normalDisconnection, phase == .connected {
      emit(.disconnect(Disconnect()), now, &effects)
    }
    close(&effects)
  }

  /// Ends the connection over a rule that the peer broke; also for what the decoder found.
  package mutating func fail(
    _ violation: ProtocolViolation, now: MonotonicTime, into effects: inout [Effect]
  ) {
    guard phase == .connecting || phase == .connected else { return }
    if settings.version == .v5, Self.clientMaySend(violation.reasonCode) {
      emit(.disconnect(Disconnect(violation.reasonCode)), now, &effects)
    }
    effects.append(.violation(violation))
    close(&effects)
  }

  /// MQTT 5.0 table 3-13: which DISCONNECT reason codes are a client's, of those a violation has.
  private static func clientMaySend(_ reasonCode: ReasonCode) -> Bool {
    switch reasonCode {
    case .unspecifiedError, .malformedPacket, .protocolError, .implementationSpecificError,
      .topicNameInvalid, .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge, .messageRateTooHigh,
      .quotaExceeded, .administrativeAction, .payloadFormatInvalid:
      true
    default: false
    }
  }

  mutating func close(_ effects: inout [Effect]) {
    phase = .closing
    delivery.isOpen = false
    effects.append(.close)
  }

  mutating func emit(_ packet: consuming Packet, _ now: MonotonicTime, _ effects: inout [Effect]) {
    keepAlive.lastSent = now
    effects.append(.send(packet))
  }
}
