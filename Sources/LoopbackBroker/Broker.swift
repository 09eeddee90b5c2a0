import MQTTPackets
import MQTTSession

/// The broker without its sockets: packets of many connections in, effects out.
///
/// Theory of operation. A connection is a `ClientLink`; an accepted CONNECT binds it to a
/// `ClientSession`, found by client identifier, which may outlive it. A message is routed by a plan:
/// the sessions and shared groups that its topic meets, kept until any subscription changes. For
/// each session it is *forwarded* at once when the link has send credit (and, above QoS 0, room in
/// the window), and waits in the session's queue otherwise. `written` and acknowledgements give
/// credit and window back and move the queue.
///
/// Back-pressure. While a session's queue is above the mark, whoever publishes to it is not read.
/// A publisher whose own queue is above the mark is always read, for its acknowledgements are what
/// empties that queue: so a paused publisher waits only for somebody who is read, and no circle of
/// waiting can form. A receiver that takes nothing for `stallTimeout` holds nobody up any longer.
/// QoS 0 is dropped, and counted, when the receiver is stalled or its queue is at the limit; at the
/// limit QoS 1 and 2 end a slow receiver's connection, and for an absent one they are refused.
///
/// Not thread-safe, reads no clock and does no IO; its randomness is the seed's.
package final class Broker {
  let settings: BrokerSettings
  package internal(set) var counters = BrokerCounters()

  var links: [ConnectionID: ClientLink] = [:]
  var sessions: [SessionNumber: ClientSession] = [:]
  var sessionsByClient: [ExactText: ClientSession] = [:]
  var tree = TopicTree()
  var retained: RetainedStore
  var plans: [ExactText: DeliveryPlan] = [:]
  var random: SeededRandom
  var sessionCount: UInt64 = 0
  var sharingCount: UInt64 = 0
  /// Sessions that hold publishers up.
  var holding: Set<SessionNumber> = []

  /// When `timer` is to be called at the latest; it may be early, and then changes nothing.
  package internal(set) var nextDeadline: MonotonicTime?

  /// - Parameter seed: of the client identifiers that the broker assigns.
  package init(settings: BrokerSettings = BrokerSettings(), seed: UInt64) {
    self.settings = settings
    random = SeededRandom(seed: seed)
    retained = RetainedStore(
      maximumCount: settings.maximumRetained, maximumBytes: settings.maximumRetainedBytes)
  }

  package var retainedCount: Int { retained.count }
  package var sessionTotal: Int { sessions.count }

  // MARK: - Events

  package func connectionOpened(_ id: ConnectionID, now: MonotonicTime) {
    links[id] = ClientLink(id: id, now: now, patience: settings.connectTimeout)
    wake(at: now + settings.connectTimeout)
  }

  /// Packets of connections that the broker has closed are ignored.
  package func received(
    _ packet: Packet, from id: ConnectionID, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard let link = links[id] else { return }
    link.lastReceived = now
    guard let session = link.session else {
      if case .connect(let connect) = packet {
        accept(connect, link, now: now, into: &effects)
      } else {
        end(link, .protocolError, cause: .protocolError, now: now, into: &effects)
      }
      return
    }
    switch packet {
    case .publish(let publish): receive(publish, link, session, now: now, into: &effects)
    case .pubAck(let acknowledgement):
      progressed(session.delivery.pubAck(acknowledgement), link, session, now: now, into: &effects)
    case .pubRec(let acknowledgement):
      progressed(session.delivery.pubRec(acknowledgement), link, session, now: now, into: &effects)
    case .pubComp(let acknowledgement):
      progressed(session.delivery.pubComp(acknowledgement), link, session, now: now, into: &effects)
    case .pubRel(let acknowledgement):
      if let answer = session.delivery.pubRel(acknowledgement) {
        effects.append(.send(.pubComp(answer), session.version, to: id))
      }
    case .subscribe(let subscribe): receive(subscribe, link, session, now: now, into: &effects)
    case .unsubscribe(let unsubscribe): receive(unsubscribe, link, session, into: &effects)
    case .pingReq: effects.append(.send(.pingResp, session.version, to: id))
    case .disconnect(let disconnect): receive(disconnect, link, session, now: now, into: &effects)
    case .connect, .auth, .connAck, .subAck, .unsubAck, .pingResp:
      fail(link, .protocolError, now: now, into: &effects)
    }
  }

  /// What the client sent is no packet that it may send.
  package func received(
    _ error: DecodeError, from id: ConnectionID, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard let link = links[id] else { return }
    if link.session == nil {
      reject(error, link, now: now, into: &effects)
    } else {
      fail(link, error.reasonCode, detail: error.detail, now: now, into: &effects)
    }
  }

  /// The connection is gone, whoever ended it.
  package func connectionClosed(
    _ id: ConnectionID, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard let link = links[id] else { return }
    detach(link, reason: nil, publishesWill: true, now: now, into: &effects)
  }

  /// Forwards of this total cost have left for the connection.
  package func written(
    _ cost: Int, to id: ConnectionID, now: MonotonicTime, into effects: inout [BrokerEffect]
  ) {
    guard let link = links[id], let session = link.session else { return }
    link.outstanding = max(0, link.outstanding - cost)
    if session.queue.isEmpty, !session.isStalled { return }
    session.lastProgress = now
    session.isStalled = false
    pump(session, link, now: now, into: &effects)
  }

  /// A message of the process itself.
  package func publish(_ message: Message, now: MonotonicTime, into effects: inout [BrokerEffect]) {
    _ = route(message, from: nil, now: now, into: &effects)
  }

  /// Ends all connections; wills are published to nobody any more.
  package func shutdown(now: MonotonicTime, into effects: inout [BrokerEffect]) {
    for link in links.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
      if let session = link.session {
        session.will = nil
        if session.version == .v5 {
          effects.append(.send(.disconnect(Disconnect(.serverShuttingDown)), .v5, to: link.id))
        }
      }
      effects.append(.close(link.id, .shutdown))
      detach(link, reason: .serverShuttingDown, publishesWill: false, now: now, into: &effects)
    }
  }

  func wake(at time: MonotonicTime) {
    nextDeadline = nextDeadline.map { min($0, time) } ?? time
  }
}
