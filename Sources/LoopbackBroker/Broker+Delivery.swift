import MQTTPackets
import MQTTSession

// From the route to the connection: forwarding, queues, back-pressure.

extension Broker {
  /// - Returns: false when a QoS 1 or 2 message found no room.
  func offer(
    _ message: Message, to session: ClientSession, _ terms: DeliveryTerms, from publisher: ClientLink?,
    isReplay: Bool = false, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) -> Bool {
    var outgoing = message
    outgoing.qos = min(message.qos, terms.qos)
    outgoing.retain = isReplay || (message.retain && terms.retainAsPublished)
    if session.version == .v3_1_1 {
      outgoing.properties = []
    } else {
      for identifier in terms.identifiers { outgoing.properties.append(.subscriptionIdentifier(identifier)) }
    }
    if let link = session.link, session.queue.isEmpty, link.outstanding < settings.sendCredit,
      outgoing.qos == .atMostOnce || session.delivery.sendQuota > 0
    {
      let isShared = !isReplay && outgoing.qos == .atMostOnce && terms.identifiers.isEmpty
      let sharing = isShared ? sharingCount | (outgoing.retain ? 1 : 0) : 0
      forward(outgoing, session, link, sharing: sharing, into: &effects)
      return true
    }
    return enqueue(outgoing, session, from: publisher, now: now, into: &effects)
  }

  private func forward(
    _ message: Message, _ session: ClientSession, _ link: ClientLink, sharing: UInt64,
    into effects: inout [BrokerEffect]
  ) {
    var publish = Publish(message: message, packetIdentifier: message.qos == .atMostOnce ? nil : 1)
    let cost = publish.encodedLength(session.version)
    guard cost <= link.maximumPacketSize else {
      countDrop(of: message.qos, session, into: &effects)  // [MQTT-3.1.2-25]
      return
    }
    if message.qos != .atMostOnce {
      guard let started = session.delivery.send(message, token: 0) else { return }
      publish = started
    }
    counters.sent += 1
    link.outstanding += cost
    effects.append(.forward(publish, session.version, to: link.id, cost: cost, sharing: sharing))
  }

  private func enqueue(
    _ message: Message, _ session: ClientSession, from publisher: ClientLink?, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) -> Bool {
    if message.qos == .atMostOnce {
      // The absent get no QoS 0, and it is not counted as a loss: nobody was promised any.
      if session.link == nil { return true }
      if session.queuedBytes >= (session.isStalled ? settings.queueMark : settings.queueLimit) {
        countDrop(of: .atMostOnce, session, into: &effects)
        return true
      }
    } else if session.queuedBytes >= settings.queueLimit {
      if let link = session.link {
        end(link, .quotaExceeded, cause: .timeout, now: now, into: &effects)
        // The queue may have ended with the session.
        if sessions[session.number] == nil { return false }
      }
      countDrop(of: message.qos, session, into: &effects)
      return false
    }
    let cost = Publish(message: message, packetIdentifier: message.qos == .atMostOnce ? nil : 1)
      .encodedLength(session.version)
    if session.queue.isEmpty { session.lastProgress = now }
    session.queue.append(
      ClientSession.Queued(message: message.compacted(), expires: message.expiry(from: now), cost: cost))
    session.queuedBytes += cost
    if session.queuedBytes > settings.queueMark { holdUp(publisher, for: session, now: now, into: &effects) }
    return true
  }

  /// Sends what the connection's credit and window allow: first what an earlier connection left
  /// unfinished, then the queue.
  func pump(
    _ session: ClientSession, _ link: ClientLink, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    while link.outstanding < settings.sendCredit, let unfinished = session.delivery.next() {
      switch unfinished {
      case .publish(let publish, _):
        let cost = publish.encodedLength(session.version)
        counters.sent += 1
        link.outstanding += cost
        effects.append(.forward(publish, session.version, to: link.id, cost: cost, sharing: 0))
      case .pubRel(let acknowledgement):
        effects.append(.send(.pubRel(acknowledgement), session.version, to: link.id))
      }
    }
    while link.outstanding < settings.sendCredit, let head = session.queue.first {
      if head.message.qos != .atMostOnce, session.delivery.sendQuota == 0 { break }
      session.queue.removeFirst()
      session.queuedBytes -= head.cost
      guard let message = head.message.aged(until: head.expires, now: now) else {
        countDrop(of: head.message.qos, session, into: &effects)
        continue
      }
      forward(message, session, link, sharing: 0, into: &effects)
    }
    if !session.heldUp.isEmpty, session.queuedBytes <= settings.queueMark / 2 {
      releasePublishers(of: session, into: &effects)
    }
  }

  /// An acknowledgement of the client's moved one of its exchanges.
  func progressed(
    _ progress: DeliveryState.Progress, _ link: ClientLink, _ session: ClientSession,
    now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    switch progress {
    case .ignored: return
    case .reply(let acknowledgement):
      effects.append(.send(.pubRel(acknowledgement), session.version, to: link.id))
    case .completed: break
    }
    session.lastProgress = now
    session.isStalled = false
    pump(session, link, now: now, into: &effects)
  }

  /// QoS 0 that waited for a connection that is gone is gone too.
  func discardAtMostOnce(_ session: ClientSession) {
    guard session.queue.contains(where: { $0.message.qos == .atMostOnce }) else { return }
    let kept = session.queue.filter { $0.message.qos != .atMostOnce }
    session.queue.removeAll(keepingCapacity: false)
    session.queue.append(contentsOf: kept)
    session.queuedBytes = kept.reduce(0) { $0 + $1.cost }
  }

  private func countDrop(of qos: QoS, _ session: ClientSession, into effects: inout [BrokerEffect]) {
    if qos == .atMostOnce {
      counters.droppedAtMostOnce += 1
      session.droppedAtMostOnce += 1
    } else {
      counters.droppedAcknowledged += 1
      session.droppedAcknowledged += 1
    }
    let total = session.droppedAtMostOnce + session.droppedAcknowledged
    if total & (total - 1) == 0 {
      effects.append(
        .notice(
          .dropped(
            clientIdentifier: session.clientIdentifier, atMostOnce: session.droppedAtMostOnce,
            acknowledged: session.droppedAcknowledged)))
    }
  }

  // MARK: - Back-pressure

  private func holdUp(
    _ publisher: ClientLink?, for session: ClientSession, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    // What this session holds as a publisher itself would keep its acknowledgements from us.
    if let link = session.link, !link.holders.isEmpty { readAgain(link, into: &effects) }
    guard let publisher, let publishing = publisher.session, session.link != nil, !session.isStalled,
      publishing !== session, publishing.queuedBytes <= settings.queueMark
    else { return }
    guard publisher.holders.insert(session.number).inserted else { return }
    session.heldUp.insert(publisher.id)
    holding.insert(session.number)
    wake(at: session.lastProgress + settings.stallTimeout)
    if publisher.holders.count == 1 { effects.append(.pauseReading(publisher.id)) }
  }

  /// Whoever waits for this session is read again.
  func releasePublishers(of session: ClientSession, into effects: inout [BrokerEffect]) {
    for id in session.heldUp.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let link = links[id] else { continue }
      link.holders.remove(session.number)
      if link.holders.isEmpty { effects.append(.resumeReading(id)) }
    }
    session.heldUp.removeAll()
    holding.remove(session.number)
  }

  /// The publisher waits for nobody any more.
  private func readAgain(_ link: ClientLink, into effects: inout [BrokerEffect]) {
    for number in link.holders {
      guard let session = sessions[number] else { continue }
      session.heldUp.remove(link.id)
      if session.heldUp.isEmpty { holding.remove(number) }
    }
    link.holders.removeAll()
    effects.append(.resumeReading(link.id))
  }
}
