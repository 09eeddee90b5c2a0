import MQTTPackets

extension Session {
  /// The packet to send at once, when nothing stands in its way: as `publish` does, without effects. QoS 0
  /// has then its outcome, `.sent`. nil leaves everything to `publish`.
  package mutating func publishAtOnce(_ message: Message, _ id: RequestID, now: MonotonicTime) -> Publish? {
    guard phase == .connected, aliases.outgoingMaximum == 0, limits.refusal(message) == nil else {
      return nil
    }
    let publish: Publish
    if case .atMostOnce = message.qos {
      publish = Publish(message: message)
    } else {
      guard let started = delivery.start(message, token: id.rawValue) else { return nil }
      publish = started
    }
    keepAlive.lastSent = now
    return publish
  }

  /// The packet to send for a message of QoS 0 whose payload comes later, or why it must not be sent.
  package mutating func publishHead(
    _ message: Message, payloadLength: Int, now: MonotonicTime
  ) -> (Publish, LocalRefusal?) {
    let publish = Publish(message: message)
    let size = publish.encodedLength(settings.version, payloadLength: payloadLength)
    if let refusal = limits.refusal(message) { return (publish, refusal) }
    if size > limits.maximumPacketSize {
      return (publish, .packetTooLarge(size: size, maximum: limits.maximumPacketSize))
    }
    keepAlive.lastSent = now
    return (publish, nil)
  }

  /// QoS 0 goes out at once while connected; QoS 1 and 2 as the window allows, in order. Ends with one
  /// `published(id, …)`.
  package mutating func publish(
    _ message: consuming Message, _ id: RequestID, now: MonotonicTime, into effects: inout [Effect]
  ) {
    if phase == .connected {
      if let refusal = limits.refusal(message) {
        effects.append(.published(id, .rejected(refusal)))
        return
      }
      if case .atMostOnce = message.qos {
        emit(Publish(message: message), now, &effects)
        effects.append(.published(id, .sent))
        return
      }
    }
    if publishQuota == 0, delivery.queuedCount > 0,
      delivery.queuedBytes + message.queueCost > settings.queueLimit
    {
      effects.append(.published(id, .rejected(.queueFull(limit: settings.queueLimit))))
    } else if let publish = delivery.send(message, token: id.rawValue) {
      emit(publish, now, &effects)
    }
  }

  /// Sends what waits, as far as the connection allows.
  mutating func flush(now: MonotonicTime, into effects: inout [Effect]) {
    guard phase == .connected else { return }
    while let request = waitingRequests.first, start(request, now: now, into: &effects) {
      _ = waitingRequests.popFirst()
    }
    while let outgoing = delivery.next() {
      switch outgoing {
      case .pubRel(let acknowledgement): emit(.pubRel(acknowledgement), now, &effects)
      case .publish(let publish, let token): send(publish, RequestID(token), now, &effects)
      }
    }
  }

  /// Of a message that waited: this connection may allow less than the one it was accepted on.
  private mutating func send(
    _ publish: Publish, _ id: RequestID, _ now: MonotonicTime, _ effects: inout [Effect]
  ) {
    let refusal =
      publish.isDuplicate ? limits.sizeRefusal(publish.message) : limits.refusal(publish.message)
    if let refusal {
      if let identifier = publish.packetIdentifier { delivery.abandon(identifier) }
      let mayBeDelivered = publish.isDuplicate && publish.message.qos == .exactlyOnce
      effects.append(.published(id, mayBeDelivered ? .unknown : .rejected(refusal)))
      return
    }
    emit(publish, now, &effects)
    if publish.message.qos == .atMostOnce { effects.append(.published(id, .sent)) }
  }

  /// Aliases are of one connection, so what is stored and what is resent never has one.
  private mutating func emit(_ publish: consuming Publish, _ now: MonotonicTime, _ effects: inout [Effect]) {
    guard aliases.outgoingMaximum > 0 || publish.isDuplicate else {
      return emit(.publish(publish), now, &effects)
    }
    publish.message.properties.elements.removeAll {
      if case .topicAlias = $0 { true } else { false }
    }
    if !publish.isDuplicate, aliases.outgoingMaximum > 0 {
      var shortened = copy publish
      var next = aliases
      next.shorten(&shortened)
      if limits.sizeRefusal(.publish(shortened)) == nil {
        aliases = next
        publish = shortened
      }
    }
    emit(.publish(publish), now, &effects)
  }

  /// - Returns: an effect that comes alone.
  mutating func take(
    _ progress: consuming DeliveryState.Progress, now: MonotonicTime, into effects: inout [Effect]
  ) -> Effect? {
    switch consume progress {
    case .ignored: return nil
    case .reply(let acknowledgement):
      keepAlive.lastSent = now
      return .send(.pubRel(acknowledgement))
    case .completed(let token, let reasonCode, let properties):
      let outcome: PublishOutcome =
        reasonCode.isError ? .failed(reasonCode, properties) : .acknowledged(reasonCode, properties)
      if waitingRequests.isEmpty, delivery.hasSentAll { return .published(RequestID(token), outcome) }
      effects.append(.published(RequestID(token), outcome))
      flush(now: now, into: &effects)
      return nil
    }
  }
}
