import MQTTPackets
import MQTTSession

// How connections begin and end.

extension Broker {
  func accept(
    _ connect: Connect, _ link: ClientLink, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    if let reason = refusal(of: connect) {
      refuse(connect, reason, link, now: now, into: &effects)
      return
    }
    var properties = Properties()
    var identifier = connect.clientIdentifier
    if identifier.isEmpty {
      identifier = makeClientIdentifier()
      properties.append(.assignedClientIdentifier(identifier))
    }
    takeOver(identifier, now: now, into: &effects)
    let resumed = resumable(identifier, connect, now: now, into: &effects)
    if resumed == nil, sessions.count >= settings.maximumSessions {
      refuse(connect, .quotaExceeded, link, now: now, into: &effects)
      return
    }
    let session = resumed ?? makeSession(identifier, connect.version)
    bind(link, session, connect, now: now)
    properties.elements += serverLimits(connect, session)
    effects.append(.accepted(link.id, maximumPacketSize: settings.maximumPacketSize))
    effects.append(
      .send(
        .connAck(
          ConnAck(sessionPresent: resumed != nil, properties: connect.version == .v5 ? properties : [])),
        connect.version, to: link.id))
    effects.append(
      .notice(
        .connected(
          link.id, clientIdentifier: identifier, version: connect.version, resumed: resumed != nil)))
    pump(session, link, now: now, into: &effects)
  }

  /// Why the client is not let in, in the codes of 5.0.
  private func refusal(of connect: Connect) -> ReasonCode? {
    if connect.clientIdentifier.isEmpty, connect.version == .v3_1_1, !connect.cleanStart {
      return .clientIdentifierNotValid  // [MQTT-3.1.3-8] of 3.1.1
    }
    if connect.properties.authenticationMethod != nil { return .badAuthenticationMethod }
    guard let users = settings.users else { return nil }
    guard let username = connect.username else { return .notAuthorized }
    // Not a dictionary look-up: that would take canonically equal names for the same.
    let expected = users.first { ExactText($0.key) == ExactText(username) }?.value
    guard let expected, expected == connect.password ?? [] else { return .badUserNameOrPassword }
    return nil
  }

  private func refuse(
    _ connect: Connect, _ reason: ReasonCode, _ link: ClientLink, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    let code = connect.version == .v5 ? reason : reason.connectReturnCode
    effects.append(.send(.connAck(ConnAck(reasonCode: code)), connect.version, to: link.id))
    effects.append(.notice(.refused(link.id, clientIdentifier: connect.clientIdentifier, code)))
    effects.append(.close(link.id, .normal))
    detach(link, reason: code, publishesWill: false, now: now, into: &effects)
  }

  /// An earlier connection of the same client ends ([MQTT-3.1.4-3]).
  private func takeOver(
    _ identifier: String, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard let link = sessionsByClient[ExactText(identifier)]?.link else { return }
    end(link, .sessionTakenOver, cause: .normal, now: now, into: &effects)
  }

  /// The session to go on with; one that must not go on is ended.
  private func resumable(
    _ identifier: String, _ connect: Connect, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) -> ClientSession? {
    guard let session = sessionsByClient[ExactText(identifier)] else { return nil }
    let isExpired = session.expires.map { $0 <= now } ?? false
    if connect.cleanStart || session.version != connect.version || isExpired {
      endSession(session, now: now, into: &effects)
      return nil
    }
    return session
  }

  private func makeSession(_ identifier: String, _ version: ProtocolVersion) -> ClientSession {
    sessionCount += 1
    let session = ClientSession(
      number: SessionNumber(sessionCount), clientIdentifier: identifier, version: version)
    sessions[session.number] = session
    sessionsByClient[ExactText(identifier)] = session
    return session
  }

  private func makeClientIdentifier() -> String {
    let digits = String(random.next(), radix: 16)
    return "auto-" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func bind(
    _ link: ClientLink, _ session: ClientSession, _ connect: Connect, now: MonotonicTime
  ) {
    counters.connections += 1
    link.session = session
    link.maximumPacketSize = connect.properties.maximumPacketSize.map(Int.init) ?? .max
    let keepAlive =
      connect.version == .v5 ? settings.serverKeepAlive ?? connect.keepAlive : connect.keepAlive
    link.patience = keepAlive == 0 ? nil : .milliseconds(Int64(keepAlive) * 1500)
    if let patience = link.patience { wake(at: now + patience) }
    session.link = link
    session.expires = nil
    session.willDue = nil
    session.will = connect.will
    session.isStalled = false
    session.lastProgress = now
    if connect.version == .v5 {
      link.connectExpiryInterval = connect.properties.sessionExpiryInterval ?? 0
      link.aliases = TopicAliases(incomingMaximum: settings.topicAliasMaximum)
      session.expiryInterval = min(link.connectExpiryInterval, settings.sessionExpiryMaximum)
    } else {
      session.expiryInterval = connect.cleanStart ? 0 : settings.sessionExpiryMaximum
    }
    session.delivery.connectionOpened(
      sendWindow: min(Int(connect.properties.receiveMaximum ?? .max), Self.sendWindow),
      receiveMaximum: connect.version == .v5 ? Int(settings.receiveMaximum) : nil)
  }

  /// QoS 1 and 2 messages in flight to one client at most: what is in flight cannot be dropped.
  static let sendWindow = 1_024

  private func serverLimits(_ connect: Connect, _ session: ClientSession) -> [Property] {
    var limits: [Property] = [.receiveMaximum(settings.receiveMaximum)]
    if session.expiryInterval != connect.properties.sessionExpiryInterval ?? 0 {
      limits.append(.sessionExpiryInterval(session.expiryInterval))
    }
    if settings.maximumPacketSize < BrokerSettings.largestPacket {
      limits.append(.maximumPacketSize(UInt32(clamping: settings.maximumPacketSize)))
    }
    if settings.topicAliasMaximum > 0 { limits.append(.topicAliasMaximum(settings.topicAliasMaximum)) }
    if let keepAlive = settings.serverKeepAlive { limits.append(.serverKeepAlive(keepAlive)) }
    return limits
  }

  // MARK: - Ends

  func receive(
    _ disconnect: Disconnect, _ link: ClientLink, _ session: ClientSession, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    if let interval = disconnect.properties.sessionExpiryInterval {
      if link.connectExpiryInterval == 0, interval != 0 {
        fail(link, .protocolError, now: now, into: &effects)  // [MQTT-3.1.2-23] ff.
        return
      }
      session.expiryInterval = min(interval, settings.sessionExpiryMaximum)
    }
    effects.append(.close(link.id, .normal))
    let keepsWill = disconnect.reasonCode != .normalDisconnection
    if !keepsWill { session.will = nil }
    detach(link, reason: disconnect.reasonCode, publishesWill: keepsWill, now: now, into: &effects)
  }

  /// The client broke a rule: it is told where its version can be told, and closed.
  func fail(
    _ link: ClientLink, _ reason: ReasonCode, detail: String = "", now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    let cause: BrokerEffect.CloseCause = reason == .packetTooLarge ? .packetTooLarge : .protocolError
    end(link, reason, detail: detail, cause: cause, now: now, into: &effects)
  }

  func end(
    _ link: ClientLink, _ reason: ReasonCode, detail: String = "", cause: BrokerEffect.CloseCause,
    now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    if let session = link.session, session.version == .v5 {
      let properties: Properties = detail.isEmpty ? [] : [.reasonString(detail)]
      effects.append(.send(.disconnect(Disconnect(reason, properties: properties)), .v5, to: link.id))
    }
    effects.append(.close(link.id, cause))
    detach(link, reason: reason, publishesWill: true, now: now, into: &effects)
  }

  /// What came instead of a CONNECT. Only what is one, and is in a version that has an answer to
  /// that error, gets an answer.
  func reject(
    _ error: DecodeError, _ link: ClientLink, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    switch error.kind {
    case .unsupportedProtocolLevel(let level) where level < ProtocolVersion.v5.rawValue:
      answer(ReasonCode.unsupportedProtocolVersion.connectReturnCode, .v3_1_1)
    case .unsupportedProtocolLevel: answer(.unsupportedProtocolVersion, .v5)
    case .clientIdentifierNotValid:
      answer(ReasonCode.clientIdentifierNotValid.connectReturnCode, .v3_1_1)
    default:
      if error.packet == .connect, error.version == .v5 { answer(error.reasonCode, .v5) }
    }
    effects.append(.close(link.id, error.kind == .packetTooLarge ? .packetTooLarge : .protocolError))
    detach(link, reason: error.reasonCode, publishesWill: false, now: now, into: &effects)

    func answer(_ code: ReasonCode, _ version: ProtocolVersion) {
      effects.append(.send(.connAck(ConnAck(reasonCode: code)), version, to: link.id))
      effects.append(.notice(.refused(link.id, clientIdentifier: "", code)))
    }
  }

  /// Forgets the connection; the session stays or ends as its client asked.
  func detach(
    _ link: ClientLink, reason: ReasonCode?, publishesWill: Bool, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    links[link.id] = nil
    for number in link.holders { sessions[number]?.heldUp.remove(link.id) }
    guard let session = link.session, session.link === link else { return }
    session.link = nil
    session.isStalled = false
    session.delivery.connectionClosed()
    releasePublishers(of: session, into: &effects)
    discardAtMostOnce(session)
    effects.append(
      .notice(.disconnected(link.id, clientIdentifier: session.clientIdentifier, reason)))
    if session.expiryInterval == 0 {
      endSession(session, publishesWill: publishesWill, now: now, into: &effects)
      return
    }
    if session.expiryInterval != .max {
      let expires = now + .seconds(Int64(session.expiryInterval))
      session.expires = expires
      wake(at: expires)
    }
    guard publishesWill, let will = session.will else { return }
    let delay = will.properties.willDelayInterval ?? 0
    if delay == 0 {
      publishWill(of: session, now: now, into: &effects)
    } else {
      let due = now + .seconds(Int64(delay))
      session.willDue = due
      wake(at: due)
    }
  }

  /// A will that still waits is published when its session ends ([MQTT-3.1.3-9] ff.).
  func endSession(
    _ session: ClientSession, publishesWill: Bool = true, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    for filter in session.subscriptions.values {
      _ = tree.remove(filter.filter, share: filter.shareName, session.number)
    }
    session.subscriptions.removeAll()
    plans.removeAll(keepingCapacity: true)
    sessions[session.number] = nil
    sessionsByClient[ExactText(session.clientIdentifier)] = nil
    holding.remove(session.number)
    if publishesWill { publishWill(of: session, now: now, into: &effects) }
  }

  func publishWill(
    of session: ClientSession, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard var will = session.will else { return }
    session.will = nil
    session.willDue = nil
    guard settings.access.allowsPublish(to: will.topic) else {
      effects.append(
        .notice(.publishDenied(clientIdentifier: session.clientIdentifier, topic: will.topic)))
      return
    }
    will.dropHopProperties()
    _ = route(will, from: nil, now: now, into: &effects)
  }
}

extension ReasonCode {
  /// The nearest Connect Return code of 3.1.1.
  fileprivate var connectReturnCode: ReasonCode {
    switch self {
    case .unsupportedProtocolVersion: ReasonCode(rawValue: 1)
    case .clientIdentifierNotValid: ReasonCode(rawValue: 2)
    case .badUserNameOrPassword: ReasonCode(rawValue: 4)
    case .notAuthorized, .badAuthenticationMethod: ReasonCode(rawValue: 5)
    default: ReasonCode(rawValue: 3)
    }
  }
}
