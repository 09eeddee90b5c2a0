import MQTTPackets

/// The QoS 1 and 2 state of one session, in both directions, for either end of the connection:
/// packet identifiers, windows, what is in flight, what waits, what must be sent again.
///
/// Theory of operation. As a *sender* it holds a queue of messages and a table of exchanges. The owner
/// hands messages in (`send`), tells it of acknowledgements (`pubAck`, `pubRec`, `pubComp`) and then
/// pulls what may go out with `next` until that is nil: first what an earlier connection left
/// unfinished, in its order, then the queue, as far as the peer's window allows. As a *receiver* it
/// knows the QoS 2 identifiers that must not be delivered twice. The owner asks `admit` about each
/// incoming PUBLISH, calls `acknowledge` once it took it, `release` when messages are safe, and
/// then pulls the acknowledgements, which leave in the order of arrival.
///
/// The state outlives connections: `connectionOpened` and `connectionClosed` bracket each, and
/// `sessionLost` says that the peer forgot all of it.
package struct DeliveryState: Sendable {
  let version: ProtocolVersion

  // As the sender.
  var exchanges = ExchangeTable()
  var queue = Queue<Queued>()
  /// Bytes of topics and payloads that wait unsent.
  package internal(set) var queuedBytes = 0
  /// Identifiers of an earlier connection, in the order to resend them.
  var resend: [UInt16] = []
  var resendIndex = 0
  var order: UInt64 = 0
  var window = 0
  /// Exchanges that fill the window of this connection.
  var onWire = 0
  var reserved = 0

  // As the receiver.
  var incoming: [UInt16: Incoming] = [:]
  var acknowledgements = Queue<PendingAcknowledgement>()
  var receiveMaximum = 0
  /// Exchanges that fill our own window on this connection.
  var incomingOpen = 0
  var releasedSequence: UInt64 = 0
  /// Counts connections, to tell what came on this one.
  var connection: UInt64 = 0

  /// Whether anything may be sent at all.
  package internal(set) var isOpen = false
  /// PUBACK and PUBCOMP that answered nothing in flight.
  package internal(set) var ignoredAcknowledgements = 0

  package init(version: ProtocolVersion) { self.version = version }

  struct Queued: Sendable {
    var message: Message
    var token: UInt64
  }

  /// A QoS 2 message that came and was not yet released by PUBREL.
  struct Incoming: Sendable {
    var sequence: UInt64
    /// The connection whose window it fills.
    var connection: UInt64
    /// Whether its PUBREC waits in `acknowledgements`: one answers every repetition that came before it
    /// left, so that repetitions do not pile up.
    var hasWaitingPubRec = false
  }

  struct PendingAcknowledgement: Sendable {
    enum Kind: Sendable { case pubAck, pubRec, pubComp }
    var kind: Kind
    var identifier: UInt16
    var reasonCode: ReasonCode
    var sequence: UInt64
  }
}

// MARK: - Connections

extension DeliveryState {
  /// A new connection of this session. `sendWindow` is the peer's Receive Maximum, `receiveMaximum`
  /// ours; where a version has none, 65,535 (nil for ours), as there are no more identifiers.
  package mutating func connectionOpened(sendWindow: Int, receiveMaximum: Int?) {
    isOpen = true
    window = min(max(sendWindow, 1), Int(UInt16.max))
    self.receiveMaximum = receiveMaximum ?? Int(UInt16.max)
    connection &+= 1
    incomingOpen = 0
    onWire = 0
    let unfinished = exchanges.exchanges.filter { $0.phase != .reserved }.sorted(by: Self.resendsBefore)
    resend = unfinished.map(\.identifier)
    resendIndex = 0
  }

  /// PUBREL first, in the order of their PUBREC ([MQTT-4.6.0-4]), because they free the window;
  /// then PUBLISH in the order they were sent in ([MQTT-4.6.0-1]).
  private static func resendsBefore(_ left: Exchange, _ right: Exchange) -> Bool {
    let leftIsReleased = left.phase == .awaitingPubComp
    let rightIsReleased = right.phase == .awaitingPubComp
    if leftIsReleased != rightIsReleased { return leftIsReleased }
    return left.order < right.order
  }

  /// Acknowledgements that did not leave are dropped: the peer sends those messages again.
  package mutating func connectionClosed() {
    isOpen = false
    acknowledgements.removeAll()
    resend = []
    resendIndex = 0
    onWire = 0
    exchanges.forEach { $0.isOnWire = false }
  }

  /// The peer has no such session any more. QoS 1 messages in flight go back to the head of the queue,
  /// to be sent as new; the fate of QoS 2 messages that were sent is unknown, and their tokens are
  /// returned. Call it before `connectionOpened`.
  package mutating func sessionLost() -> (loss: SessionLoss, unknown: [UInt64]) {
    var again: [Queued] = []
    var unknown: [UInt64] = []
    for exchange in exchanges.exchanges.sorted(by: { $0.order < $1.order }) where exchange.phase != .reserved
    {
      if let position = exchanges.position(of: exchange.identifier) { _ = exchanges.remove(at: position) }
      if exchange.phase == .awaitingPubAck, let message = exchange.message {
        again.append(Queued(message: message, token: exchange.token))
        queuedBytes += message.queueCost
      } else {
        unknown.append(exchange.token)
      }
    }
    queue.prepend(again)
    let loss = SessionLoss(resent: again.count, unknown: unknown.count, forgotten: incoming.count)
    incoming.removeAll()
    acknowledgements.removeAll()
    return (loss, unknown)
  }

  /// Whether there is anything whose loss would matter to this end.
  package var isEmpty: Bool { unacknowledged == 0 && incoming.isEmpty }
}

extension Message {
  /// What counts against a queue's bound.
  var queueCost: Int { topic.utf8.count + payload.readableBytes }
}
