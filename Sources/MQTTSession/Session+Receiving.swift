import MQTTPackets

extension Session {
  /// One packet from the server. Ignored once an end is under way.
  package mutating func receive(_ packet: consuming Packet, now: MonotonicTime, into effects: inout [Effect])
  {
    if let effect = take(packet, now: now, into: &effects) { effects.append(effect) }
  }

  /// As `receive`; what most packets have, an effect that comes alone, is returned instead of kept.
  package mutating func take(
    _ packet: consuming Packet, now: MonotonicTime, into effects: inout [Effect]
  ) -> Effect? {
    keepAlive.lastHeard = now
    switch phase {
    case .connected: break
    case .connecting:
      receiveFirst(packet, now: now, into: &effects)
      return nil
    case .closed, .closing: return nil
    }
    switch consume packet {
    case .publish(let publish): return take(publish, now: now, into: &effects)
    case .pubAck(let ack): return take(delivery.pubAck(ack), now: now, into: &effects)
    case .pubRec(let ack): return take(delivery.pubRec(ack), now: now, into: &effects)
    case .pubComp(let ack): return take(delivery.pubComp(ack), now: now, into: &effects)
    case .pubRel(let ack):
      guard let answer = delivery.pubRel(ack) else { return nil }
      keepAlive.lastSent = now
      return .send(.pubComp(answer))
    case let packet:
      receive(rare: packet, now: now, into: &effects)
      return nil
    }
  }

  /// What does not come once a message.
  private mutating func receive(rare packet: Packet, now: MonotonicTime, into effects: inout [Effect]) {
    switch packet {
    case .publish, .pubAck, .pubRec, .pubComp, .pubRel: return
    case .subAck(let subAck): receive(subAck: subAck, now: now, into: &effects)
    case .unsubAck(let unsubAck): receive(unsubAck: unsubAck, now: now, into: &effects)
    case .pingResp: keepAlive.pingAnswered(now: now)
    case .disconnect(let disconnect): receive(disconnect: disconnect, now: now, into: &effects)
    case .auth(let auth): receive(auth: auth, now: now, into: &effects)
    case .connAck(let connAck): receive(connAck: connAck, now: now, into: &effects)
    case .connect: receive(foreign: .connect, now: now, into: &effects)
    case .subscribe: receive(foreign: .subscribe, now: now, into: &effects)
    case .unsubscribe: receive(foreign: .unsubscribe, now: now, into: &effects)
    case .pingReq: receive(foreign: .pingReq, now: now, into: &effects)
    }
  }

  /// As `receive` for a message of QoS 0 whose payload is still on its way; it is delivered at once, without
  /// effects. nil leaves everything to `receive` and the whole packet.
  package mutating func receiveHead(
    _ publish: consuming Publish, now: MonotonicTime
  ) -> (sequence: UInt64, Publish)? {
    guard phase == .connected, publish.message.qos == .atMostOnce,
      (try? aliases.resolve(&publish)) != nil
    else { return nil }
    keepAlive.lastHeard = now
    sequence += 1
    return (sequence, publish)
  }

  private mutating func receiveFirst(_ packet: Packet, now: MonotonicTime, into effects: inout [Effect]) {
    switch packet {
    case .connAck(let connAck): receive(connAck: connAck, now: now, into: &effects)
    case .auth(let auth) where settings.version == .v5: receive(auth: auth, now: now, into: &effects)
    default:
      let violation = ProtocolViolation(
        .protocolError, packet.type, rule: "[MQTT-3.2.0-1]",
        detail: "the first packet is \(packet.type.name), not CONNACK")
      fail(violation, now: now, into: &effects)
    }
  }

  private mutating func take(
    _ publish: consuming Publish, now: MonotonicTime, into effects: inout [Effect]
  ) -> Effect? {
    if publish.message.topic.isEmpty || !publish.message.properties.isEmpty {
      do throws(ProtocolViolation) {
        try aliases.resolve(&publish)
      } catch {
        fail(error, now: now, into: &effects)
        return nil
      }
    }
    return deliver(publish, now: now, into: &effects)
  }

  private mutating func deliver(
    _ publish: consuming Publish, now: MonotonicTime, into effects: inout [Effect]
  ) -> Effect? {
    if case .atMostOnce = publish.message.qos {
      sequence += 1
      return .deliver(sequence: sequence, publish)
    }
    switch delivery.admit(publish) {
    case .new:
      sequence += 1
      delivery.acknowledge(publish, sequence: sequence)
      return .deliver(sequence: sequence, publish)
    case .duplicate:
      sendAcknowledgements(now: now, into: &effects)
    case .quotaExceeded:
      let violation = ProtocolViolation(
        .receiveMaximumExceeded, .publish, rule: "[MQTT-3.3.4-9]",
        detail: "more than \(settings.receiveMaximum ?? .max) unacknowledged messages")
      fail(violation, now: now, into: &effects)
    }
    return nil
  }

  /// All messages up to `sequence` are safe with the caller: acknowledges those of QoS 1 and 2, in
  /// order. May come at any time, also long after the connection that brought the messages.
  package mutating func delivered(
    upTo sequence: UInt64, now: MonotonicTime, into effects: inout [Effect]
  ) {
    delivery.release(upTo: sequence)
    if phase == .connected { sendAcknowledgements(now: now, into: &effects) }
  }

  private mutating func sendAcknowledgements(now: MonotonicTime, into effects: inout [Effect]) {
    while let packet = delivery.nextAcknowledgement() { emit(packet, now, &effects) }
  }

  private mutating func receive(
    disconnect: Disconnect, now: MonotonicTime, into effects: inout [Effect]
  ) {
    if settings.version == .v3_1_1 { return receive(foreign: .disconnect, now: now, into: &effects) }
    effects.append(.disconnected(disconnect))
    close(&effects)
  }

  private mutating func receive(
    foreign type: PacketType, now: MonotonicTime, into effects: inout [Effect]
  ) {
    let violation = ProtocolViolation(
      .protocolError, type, rule: "[MQTT 2.1.2]", detail: "a server must not send \(type.name)")
    fail(violation, now: now, into: &effects)
  }
}
