import MQTTPackets

/// A SUBSCRIBE or UNSUBSCRIBE that has no answer yet.
struct SubscriptionRequest: Sendable {
  enum Kind: Sendable {
    case subscribe([Subscription])
    case unsubscribe([String])
  }

  var id: RequestID
  var kind: Kind
  var properties: Properties
  /// Grows with every request made.
  var order: UInt64

  func packet(_ identifier: UInt16) -> Packet {
    switch kind {
    case .subscribe(let subscriptions):
      .subscribe(Subscribe(identifier, subscriptions, properties: properties))
    case .unsubscribe(let filters):
      .unsubscribe(Unsubscribe(identifier, filters, properties: properties))
    }
  }
}

extension Session {
  /// Ends with `subscribed(id, …)`, which may hold refusals of single filters, or `rejected(id, …)`.
  package mutating func subscribe(
    _ subscriptions: [Subscription], properties: Properties = [], _ id: RequestID, now: MonotonicTime,
    into effects: inout [Effect]
  ) {
    request(.subscribe(subscriptions), properties, id, now, &effects)
  }

  /// Ends with `unsubscribed(id, …)` or `rejected(id, …)`.
  package mutating func unsubscribe(
    _ filters: [String], properties: Properties = [], _ id: RequestID, now: MonotonicTime,
    into effects: inout [Effect]
  ) {
    request(.unsubscribe(filters), properties, id, now, &effects)
  }

  private mutating func request(
    _ kind: SubscriptionRequest.Kind, _ properties: Properties, _ id: RequestID, _ now: MonotonicTime,
    _ effects: inout [Effect]
  ) {
    order += 1
    let request = SubscriptionRequest(id: id, kind: kind, properties: properties, order: order)
    if phase == .connected, waitingRequests.isEmpty, start(request, now: now, into: &effects) { return }
    waitingRequests.append(request)
  }

  /// False when no packet identifier is free.
  mutating func start(
    _ request: SubscriptionRequest, now: MonotonicTime, into effects: inout [Effect]
  ) -> Bool {
    if let refusal = refusal(request) {
      effects.append(.rejected(request.id, refusal))
      return true
    }
    guard let identifier = delivery.reserveIdentifier() else { return false }
    requests[identifier] = request
    emit(request.packet(identifier), now, &effects)
    return true
  }

  private func refusal(_ request: SubscriptionRequest) -> LocalRefusal? {
    if case .subscribe(let subscriptions) = request.kind,
      let refusal = limits.refusal(subscriptions, request.properties)
    {
      return refusal
    }
    return limits.sizeRefusal(request.packet(1))
  }

  mutating func receive(subAck: SubAck, now: MonotonicTime, into effects: inout [Effect]) {
    let identifier = subAck.packetIdentifier
    guard let request = requests[identifier], case .subscribe(let asked) = request.kind else {
      return fail(unexpected(.subAck, identifier), now: now, into: &effects)
    }
    if let violation = violation(of: subAck, asked) { return fail(violation, now: now, into: &effects) }
    end(identifier)
    effects.append(.subscribed(request.id, subAck, asked: asked))
    flush(now: now, into: &effects)
  }

  mutating func receive(unsubAck: UnsubAck, now: MonotonicTime, into effects: inout [Effect]) {
    let identifier = unsubAck.packetIdentifier
    guard let request = requests[identifier], case .unsubscribe(let filters) = request.kind else {
      return fail(unexpected(.unsubAck, identifier), now: now, into: &effects)
    }
    if settings.version == .v5, unsubAck.reasonCodes.count != filters.count {
      let violation = ProtocolViolation(
        .protocolError, .unsubAck, rule: "[MQTT-3.11.3-1]",
        detail: "\(unsubAck.reasonCodes.count) reason codes for \(filters.count) filters")
      return fail(violation, now: now, into: &effects)
    }
    end(identifier)
    effects.append(.unsubscribed(request.id, unsubAck))
    flush(now: now, into: &effects)
  }

  private mutating func end(_ identifier: UInt16) {
    requests[identifier] = nil
    delivery.freeIdentifier(identifier)
  }

  private func unexpected(_ type: PacketType, _ identifier: UInt16) -> ProtocolViolation {
    let unsubAckRule = settings.version == .v5 ? "[MQTT-3.10.4-5]" : "[MQTT-3.10.4-4]"
    let rule = type == .subAck ? "[MQTT-3.8.4-2]" : unsubAckRule
    return ProtocolViolation(
      .protocolError, type, rule: rule, detail: "packet identifier \(identifier) answers no request of ours")
  }

  private func violation(of subAck: SubAck, _ asked: [Subscription]) -> ProtocolViolation? {
    func violation(_ rule: String, _ detail: String) -> ProtocolViolation {
      ProtocolViolation(.protocolError, .subAck, rule: rule, detail: detail)
    }
    if subAck.reasonCodes.count != asked.count {
      return violation(
        settings.version == .v5 ? "[MQTT-3.9.3-1]" : "[MQTT-3.8.4-5]",
        "\(subAck.reasonCodes.count) reason codes for \(asked.count) filters")
    }
    for (code, subscription) in zip(subAck.reasonCodes, asked) where !code.isError {
      guard let granted = QoS(rawValue: code.rawValue) else {
        return violation("[MQTT-3.9.3-2]", "reason code \(code.rawValue)")
      }
      if granted > subscription.qos {
        return violation(
          settings.version == .v5 ? "[MQTT-3.8.4-7]" : "[MQTT-3.8.4-6]",
          "granted QoS \(granted.rawValue), asked for \(subscription.qos.rawValue)")
      }
    }
    return nil
  }
}
