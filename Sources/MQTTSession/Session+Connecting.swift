import MQTTPackets
import NIOCore

extension Session {
  /// The transport is ready: sends CONNECT.
  package mutating func transportOpened(
    _ credentials: ConnectCredentials, now: MonotonicTime, into effects: inout [Effect]
  ) {
    if phase != .closed { transportClosed(now: now, into: &effects) }
    phase = .connecting
    authenticationMethod = settings.version == .v5 ? credentials.authenticationMethod : nil
    askedForCleanStart = hasConnected ? !canOutliveConnection : settings.cleanStart
    let connect = Connect(
      version: settings.version, clientIdentifier: clientIdentifier, cleanStart: askedForCleanStart,
      keepAlive: settings.keepAlive, username: credentials.username, password: credentials.password,
      will: settings.will, properties: connectProperties(credentials))
    emit(.connect(connect), now, &effects)
  }

  private func connectProperties(_ credentials: ConnectCredentials) -> Properties {
    guard settings.version == .v5 else { return [] }
    var properties: Properties = []
    if let interval = settings.sessionExpiryInterval { properties.append(.sessionExpiryInterval(interval)) }
    if let maximum = settings.receiveMaximum { properties.append(.receiveMaximum(maximum)) }
    if settings.maximumPacketSize < SessionSettings.largestPacket {
      properties.append(.maximumPacketSize(UInt32(max(1, settings.maximumPacketSize))))
    }
    if settings.topicAliasMaximum > 0 { properties.append(.topicAliasMaximum(settings.topicAliasMaximum)) }
    if let method = credentials.authenticationMethod {
      properties.append(.authenticationMethod(method))
      if let data = credentials.authenticationData {
        properties.append(.authenticationData(ByteBuffer(bytes: data)))
      }
    }
    properties.elements += settings.connectProperties.elements
    return properties
  }

  /// The transport is gone, whoever ended it. What the server owes an answer to waits for the next
  /// connection.
  package mutating func transportClosed(now: MonotonicTime, into effects: inout [Effect]) {
    guard phase != .closed else { return }
    phase = .closed
    isReauthenticating = false
    keepAlive = KeepAlive()
    aliases = TopicAliases()
    delivery.connectionClosed()
    for identifier in requests.keys { delivery.freeIdentifier(identifier) }
    waitingRequests.prepend(requests.values.sorted { $0.order < $1.order })
    requests.removeAll()
  }

  mutating func receive(connAck: ConnAck, now: MonotonicTime, into effects: inout [Effect]) {
    if phase == .connected {
      let violation = ProtocolViolation(
        .protocolError, .connAck, rule: settings.version == .v5 ? "[MQTT-3.2.0-2]" : "[MQTT 3.2]",
        detail: "a second CONNACK")
      return fail(violation, now: now, into: &effects)
    }
    do throws(ProtocolViolation) {
      try check(connAck)
      if connAck.reasonCode != .success {
        effects.append(.refused(connAck))
        close(&effects)
        return
      }
      limits = try ServerLimits(connAck, version: settings.version)
    } catch {
      return fail(error, now: now, into: &effects)
    }
    accept(connAck, now: now, into: &effects)
  }

  private func check(_ connAck: ConnAck) throws(ProtocolViolation) {
    let isKnown =
      settings.version == .v5 ? connAck.reasonCode.isAllowed(in: .connAck) : connAck.reasonCode.rawValue <= 5
    if !isKnown {
      throw ProtocolViolation(
        .protocolError, .connAck, rule: settings.version == .v5 ? "[MQTT-3.2.2-8]" : "[MQTT 3.2.2.3]",
        detail: "reason code \(connAck.reasonCode.rawValue)")
    }
    if connAck.sessionPresent, connAck.reasonCode != .success {
      throw ProtocolViolation(
        .protocolError, .connAck, rule: settings.version == .v5 ? "[MQTT-3.2.2-6]" : "[MQTT-3.2.2-4]",
        detail: "session present in a refusal")
    }
    if connAck.sessionPresent, askedForCleanStart {
      throw ProtocolViolation(
        .protocolError, .connAck, rule: settings.version == .v5 ? "[MQTT-3.2.2-2]" : "[MQTT-3.2.2-1]",
        detail: "session present after a clean start")
    }
    if !connAck.properties.isEmpty, let method = connAck.properties.authenticationMethod,
      method != authenticationMethod
    {
      throw ProtocolViolation(
        .protocolError, .connAck, rule: authenticationMethod == nil ? "[MQTT-4.12.0-6]" : "[MQTT-4.12.0-5]",
        detail: "another authentication method than ours")
    }
  }

  private mutating func accept(_ connAck: ConnAck, now: MonotonicTime, into effects: inout [Effect]) {
    phase = .connected
    let properties = connAck.properties
    keepAlive = KeepAlive(seconds: properties.serverKeepAlive ?? settings.keepAlive, now: now)
    if let assigned = properties.assignedClientIdentifier { clientIdentifier = assigned }
    sessionExpiryInterval = properties.sessionExpiryInterval ?? settings.sessionExpiryInterval ?? 0
    aliases = TopicAliases(
      incomingMaximum: settings.version == .v5 ? settings.topicAliasMaximum : 0,
      outgoingMaximum: settings.usesTopicAliases ? limits.topicAliasMaximum : 0)
    if !connAck.sessionPresent { loseSession(&effects) }
    hasConnected = true
    delivery.connectionOpened(
      sendWindow: Int(min(limits.receiveMaximum, settings.sendWindow)),
      receiveMaximum: settings.version == .v5 ? Int(settings.receiveMaximum ?? .max) : nil)
    effects.append(.connected(connAck, resumed: connAck.sessionPresent))
    flush(now: now, into: &effects)
  }

  /// A first connection has no session to lose.
  private mutating func loseSession(_ effects: inout [Effect]) {
    let (loss, unknown) = delivery.sessionLost()
    guard hasConnected, loss != SessionLoss() || !askedForCleanStart else { return }
    effects.append(.sessionLost(loss))
    for token in unknown { effects.append(.published(RequestID(token), .unknown)) }
  }
}

extension SessionSettings {
  var sendWindow: UInt16 { maximumInFlight ?? (version == .v5 ? .max : 20) }
}

// MARK: - Authentication

extension Session {
  /// Continues the exchange that the server's AUTH asked to continue, or, while connected, starts
  /// another (Re-authenticate). Returns why it cannot be sent, nil when it was.
  @discardableResult
  package mutating func authenticate(
    _ auth: Auth, now: MonotonicTime, into effects: inout [Effect]
  ) -> LocalRefusal? {
    guard authenticationMethod != nil else { return .authenticationNotPossible }
    switch (phase, auth.reasonCode) {
    case (.connecting, .continueAuthentication): break
    case (.connected, .continueAuthentication) where isReauthenticating: break
    case (.connected, .reauthenticate) where !isReauthenticating: isReauthenticating = true
    default: return .authenticationNotPossible
    }
    emit(.auth(auth), now, &effects)
    return nil
  }

  mutating func receive(auth: Auth, now: MonotonicTime, into effects: inout [Effect]) {
    if let violation = violation(of: auth) { return fail(violation, now: now, into: &effects) }
    if auth.reasonCode == .success { isReauthenticating = false }
    effects.append(.authentication(auth))
  }

  private func violation(of auth: Auth) -> ProtocolViolation? {
    func violation(_ rule: String, _ detail: String) -> ProtocolViolation {
      ProtocolViolation(.protocolError, .auth, rule: rule, detail: detail)
    }
    guard let authenticationMethod else {
      return violation("[MQTT-4.12.0-6]", "AUTH although no authentication method was asked for")
    }
    guard auth.properties.authenticationMethod == authenticationMethod else {
      return violation("[MQTT-4.12.0-5]", "another authentication method than ours")
    }
    switch (phase, auth.reasonCode) {
    case (.connecting, .continueAuthentication): return nil
    case (.connecting, _):
      return violation("[MQTT-4.12.0-2]", "only Continue authentication may precede CONNACK")
    case (_, .continueAuthentication) where isReauthenticating: return nil
    case (_, .success) where isReauthenticating: return nil
    case (_, .reauthenticate): return violation("[MQTT5 3.15.2.1]", "only a client may re-authenticate")
    default: return violation("[MQTT5 4.12.1]", "AUTH outside an exchange")
    }
  }
}
