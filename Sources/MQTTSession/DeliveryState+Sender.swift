import MQTTPackets

extension DeliveryState {
  /// What the sender's side lets out.
  package enum Outgoing: Equatable, Sendable {
    /// `token` is the one given with the message. DUP is set on what an earlier connection sent.
    case publish(Publish, token: UInt64)
    case pubRel(Acknowledgement)
  }

  /// What an acknowledgement meant.
  package enum Progress: Equatable, Sendable {
    /// The exchange is over. For QoS 2 with the reason code of the PUBREC, which tells the fate of the
    /// message, where PUBCOMP only tells that of the exchange.
    case completed(token: UInt64, ReasonCode, Properties)
    /// A PUBREL to send now.
    case reply(Acknowledgement)
    /// It answered nothing in flight; counted.
    case ignored
  }

  /// How many more QoS 1 and 2 messages would go out at once.
  package var sendQuota: Int {
    guard isOpen, resendIndex == resend.count else { return 0 }
    return max(0, window - onWire - queue.count)
  }

  /// QoS 1 and 2 messages in flight, and all messages that wait.
  package var unacknowledged: Int { exchanges.count - reserved + queue.count }

  package var queuedCount: Int { queue.count }

  /// Nothing waits, neither new nor from an earlier connection.
  var hasSentAll: Bool { queue.isEmpty && resendIndex == resend.count }

  /// Starts an exchange for a QoS 1 or 2 message and returns its PUBLISH, or queues the message of
  /// any QoS and returns nil when something is ahead of it, the window is full or there is no connection.
  package mutating func send(_ message: consuming Message, token: UInt64) -> Publish? {
    if case .atMostOnce = message.qos {
      if isOpen, hasSentAll { return Publish(message: message) }
    } else if let publish = start(message, token: token) {
      return publish
    }
    queuedBytes += message.queueCost
    queue.append(Queued(message: message, token: token))
    return nil
  }

  /// Starts an exchange for a QoS 1 or 2 message and returns its PUBLISH; nil, and nothing has changed, when
  /// something is ahead of it, the window is full or there is no connection.
  mutating func start(_ message: Message, token: UInt64) -> Publish? {
    guard isOpen, hasSentAll, onWire < window, let identifier = exchanges.allocate() else { return nil }
    return start(message, token, identifier)
  }

  /// The next packet that may go out; nil when there is none or the window is full.
  package mutating func next() -> Outgoing? {
    guard isOpen else { return nil }
    if resendIndex < resend.count {
      if let outgoing = nextResend() { return outgoing }
      if resendIndex < resend.count { return nil }
    }
    guard let head = queue.first else { return nil }
    let publish: Publish
    if head.message.qos == .atMostOnce {
      publish = Publish(message: head.message)
    } else {
      guard onWire < window, let identifier = exchanges.allocate() else { return nil }
      publish = start(head.message, head.token, identifier)
    }
    _ = queue.popFirst()
    queuedBytes -= head.message.queueCost
    return .publish(publish, token: head.token)
  }

  private mutating func start(_ message: Message, _ token: UInt64, _ identifier: UInt16) -> Publish {
    order += 1
    onWire += 1
    exchanges.insert(
      Exchange(
        identifier: identifier, phase: message.phase, isOnWire: true, order: order, token: token,
        message: message))
    return Publish(message: message, packetIdentifier: identifier)
  }

  private mutating func nextResend() -> Outgoing? {
    while resendIndex < resend.count {
      let identifier = resend[resendIndex]
      // It may have ended meanwhile, and its identifier may serve again.
      guard let position = exchanges.position(of: identifier), let exchange = exchanges.exchange(identifier),
        !exchange.isOnWire, exchange.phase != .reserved
      else {
        resendIndex += 1
        continue
      }
      if exchange.phase == .awaitingPubComp {
        putOnWire(position)
        resendIndex += 1
        return .pubRel(Acknowledgement(identifier))
      }
      guard onWire < window else { return nil }
      putOnWire(position)
      resendIndex += 1
      guard let message = exchange.message else { continue }
      let publish = Publish(message: message, isDuplicate: true, packetIdentifier: identifier)
      return .publish(publish, token: exchange.token)
    }
    return nil
  }

  private mutating func putOnWire(_ position: Int) {
    exchanges.update(at: position) { $0.isOnWire = true }
    onWire += 1
  }

  private mutating func end(_ position: Int) -> Exchange? {
    guard let exchange = exchanges.remove(at: position) else { return nil }
    if exchange.isOnWire { onWire -= 1 }
    return exchange
  }

  private mutating func ignore() -> Progress {
    ignoredAcknowledgements += 1
    return .ignored
  }

  package mutating func pubAck(_ acknowledgement: Acknowledgement) -> Progress {
    guard let position = exchanges.position(of: acknowledgement.packetIdentifier),
      exchanges.phase(at: position) == .awaitingPubAck, let exchange = end(position)
    else { return ignore() }
    return .completed(token: exchange.token, acknowledgement.reasonCode, acknowledgement.properties)
  }

  /// An unknown identifier is answered too, with "not found": the peer would wait for ever.
  package mutating func pubRec(_ acknowledgement: Acknowledgement) -> Progress {
    let identifier = acknowledgement.packetIdentifier
    guard let position = exchanges.position(of: identifier), let phase = exchanges.phase(at: position),
      phase == .awaitingPubRec || phase == .awaitingPubComp
    else {
      return .reply(Acknowledgement(identifier, version == .v5 ? .packetIdentifierNotFound : .success))
    }
    if phase == .awaitingPubRec {
      if acknowledgement.reasonCode.isError {
        guard let exchange = end(position) else { return ignore() }
        return .completed(token: exchange.token, acknowledgement.reasonCode, acknowledgement.properties)
      }
      order += 1
      exchanges.update(at: position) { [order] in
        $0.phase = .awaitingPubComp
        $0.order = order
        $0.message = nil
        $0.reasonCode = acknowledgement.reasonCode
        $0.properties = acknowledgement.properties
      }
    }
    if !exchanges.isOnWire(at: position) { putOnWire(position) }
    return .reply(Acknowledgement(identifier))
  }

  package mutating func pubComp(_ acknowledgement: Acknowledgement) -> Progress {
    guard let position = exchanges.position(of: acknowledgement.packetIdentifier),
      exchanges.phase(at: position) == .awaitingPubComp, let exchange = end(position)
    else { return ignore() }
    return .completed(token: exchange.token, exchange.reasonCode, exchange.properties)
  }

  /// Ends an exchange whose PUBLISH `next` or `send` returned and that cannot be sent after all.
  package mutating func abandon(_ identifier: UInt16) {
    if let position = exchanges.position(of: identifier) { _ = end(position) }
  }

  /// An identifier for a SUBSCRIBE or UNSUBSCRIBE, from the same set; nil when all are in use.
  package mutating func reserveIdentifier() -> UInt16? {
    guard let identifier = exchanges.allocate() else { return nil }
    exchanges.insert(
      Exchange(identifier: identifier, phase: .reserved, isOnWire: false, order: 0, token: 0, message: nil))
    reserved += 1
    return identifier
  }

  package mutating func freeIdentifier(_ identifier: UInt16) {
    guard let position = exchanges.position(of: identifier), exchanges.phase(at: position) == .reserved
    else { return }
    _ = exchanges.remove(at: position)
    reserved -= 1
  }
}

extension Message {
  /// Of a message of QoS 1 or 2 that was just sent.
  fileprivate var phase: Exchange.Phase {
    if case .atLeastOnce = qos { .awaitingPubAck } else { .awaitingPubRec }
  }
}
