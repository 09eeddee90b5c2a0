import MQTTPackets

extension DeliveryState {
  /// What to do with an incoming PUBLISH.
  package enum Admission: Equatable, Sendable {
    /// Deliver it, and call `acknowledge`.
    case new
    /// A QoS 2 message that was delivered before: nothing to do but to pull the acknowledgements.
    case duplicate
    /// It exceeds the Receive Maximum that we gave the peer ([MQTT-3.3.4-9]).
    case quotaExceeded
  }

  /// DUP has no say: the identifier alone tells a repeated QoS 2 message ([MQTT-4.3.3-10]).
  package mutating func admit(_ publish: Publish) -> Admission {
    guard let identifier = publish.packetIdentifier else { return .new }
    if publish.message.qos == .exactlyOnce, let known = incoming[identifier] {
      if known.connection != connection {
        guard incomingOpen < receiveMaximum else { return .quotaExceeded }
        incomingOpen += 1
      } else if known.hasWaitingPubRec {
        return .duplicate
      }
      incoming[identifier] = Incoming(
        sequence: known.sequence, connection: connection, hasWaitingPubRec: true)
      enqueue(.pubRec, identifier, .success, known.sequence)
      return .duplicate
    }
    guard incomingOpen < receiveMaximum else { return .quotaExceeded }
    incomingOpen += 1
    if publish.message.qos == .exactlyOnce {
      incoming[identifier] = Incoming(sequence: 0, connection: connection)
    }
    return .new
  }

  /// Prepares the PUBACK or PUBREC of a message that `admit` called new; `release` lets it out.
  /// `sequence` must not decrease from call to call. An error ends a QoS 2 exchange.
  package mutating func acknowledge(
    _ publish: Publish, sequence: UInt64, reasonCode: ReasonCode = .success
  ) {
    guard let identifier = publish.packetIdentifier else { return }
    if publish.message.qos == .exactlyOnce {
      if reasonCode.isError {
        incoming[identifier] = nil
      } else {
        incoming[identifier] = Incoming(sequence: sequence, connection: connection, hasWaitingPubRec: true)
      }
      enqueue(.pubRec, identifier, reasonCode, sequence)
    } else {
      enqueue(.pubAck, identifier, reasonCode, sequence)
    }
  }

  private mutating func enqueue(
    _ kind: PendingAcknowledgement.Kind, _ identifier: UInt16, _ reasonCode: ReasonCode, _ sequence: UInt64
  ) {
    acknowledgements.append(
      PendingAcknowledgement(
        kind: kind, identifier: identifier, reasonCode: version == .v5 ? reasonCode : .success,
        sequence: max(sequence, acknowledgements.last?.sequence ?? 0)))
  }

  /// All messages up to `sequence` are safe: their acknowledgements may leave.
  package mutating func release(upTo sequence: UInt64) {
    releasedSequence = max(releasedSequence, sequence)
  }

  /// The next PUBACK, PUBREC or PUBCOMP that may leave; nil when there is none.
  package mutating func nextAcknowledgement() -> Packet? {
    guard isOpen, let head = acknowledgements.first, head.sequence <= releasedSequence else { return nil }
    _ = acknowledgements.popFirst()
    let acknowledgement = Acknowledgement(head.identifier, head.reasonCode)
    switch head.kind {
    case .pubAck:
      incomingOpen -= 1
      return .pubAck(acknowledgement)
    case .pubRec:
      incoming[head.identifier]?.hasWaitingPubRec = false
      if head.reasonCode.isError { incomingOpen -= 1 }
      return .pubRec(acknowledgement)
    case .pubComp:
      incomingOpen -= 1
      return .pubComp(acknowledgement)
    }
  }

  /// The PUBCOMP to send now. nil when the PUBREC of that message still waits for `release`: the
  /// PUBCOMP then follows it. An unknown identifier is answered too ("not found" in 5.0).
  package mutating func pubRel(_ acknowledgement: Acknowledgement) -> Acknowledgement? {
    let identifier = acknowledgement.packetIdentifier
    guard let known = incoming.removeValue(forKey: identifier) else {
      return Acknowledgement(identifier, version == .v5 ? .packetIdentifierNotFound : .success)
    }
    let isCounted = known.connection == connection
    if known.sequence > releasedSequence, isCounted {
      enqueue(.pubComp, identifier, .success, known.sequence)
      return nil
    }
    if isCounted { incomingOpen -= 1 }
    return Acknowledgement(identifier)
  }
}
