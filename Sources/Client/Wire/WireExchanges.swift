import MQTTPackets
import MQTTSession

/// Which packet answers which. Entries outlive a connection as the session does; a repeated request takes
/// the place of the first one, and remembers it.
struct WireExchanges: Sendable {
  private struct Step {
    let direction: TraceEvent.Direction
    let number: Int
    let time: MonotonicTime
    let first: Int
    let firstTime: MonotonicTime
  }

  private struct Key: Hashable {
    enum Kind { case publish, subscribe, unsubscribe, handshake, ping }
    let kind: Kind
    /// The side that began.
    let beginner: TraceEvent.Direction
    let identifier: UInt16
  }

  /// Of the packet at hand.
  private struct Place {
    let direction: TraceEvent.Direction
    let number: Int
    let time: MonotonicTime
  }

  private enum Part {
    case begins
    case goesOn
    case ends
  }

  private var open: [Key: Step] = [:]

  mutating func answer(_ packet: WirePacket, number: Int, at time: MonotonicTime) -> WireAnswer? {
    guard let decoded = packet.packet else { return nil }
    let place = Place(direction: packet.direction, number: number, time: time)
    let own = packet.direction
    let other = own.opposite
    switch decoded {
    case .connect:
      forget { $0 == .subscribe || $0 == .unsubscribe || $0 == .ping || $0 == .handshake }
      return step(.begins, .handshake, own, 0, place)
    case .connAck(let connAck):
      if !connAck.sessionPresent { forget { $0 == .publish } }
      return step(.ends, .handshake, other, 0, place)
    case .auth(let auth): return authentication(auth.reasonCode == .success ? .ends : .goesOn, own, place)
    case .publish(let publish):
      guard let identifier = publish.packetIdentifier else { return nil }
      let key = Key(kind: .publish, beginner: own, identifier: identifier)
      if !publish.isDuplicate { open[key] = nil }
      return step(.begins, .publish, own, identifier, place)
    case .pubAck(let ack), .pubComp(let ack):
      return step(.ends, .publish, other, ack.packetIdentifier, place)
    case .pubRec(let ack):
      return step(ack.reasonCode.isError ? .ends : .goesOn, .publish, other, ack.packetIdentifier, place)
    case .pubRel(let ack): return step(.goesOn, .publish, own, ack.packetIdentifier, place)
    case .subscribe(let packet): return step(.begins, .subscribe, own, packet.packetIdentifier, place)
    case .subAck(let packet): return step(.ends, .subscribe, other, packet.packetIdentifier, place)
    case .unsubscribe(let packet): return step(.begins, .unsubscribe, own, packet.packetIdentifier, place)
    case .unsubAck(let packet): return step(.ends, .unsubscribe, other, packet.packetIdentifier, place)
    case .pingReq: return step(.begins, .ping, own, 0, place)
    case .pingResp: return step(.ends, .ping, other, 0, place)
    case .disconnect: return nil
    }
  }

  /// CONNECT, AUTH in turns, CONNACK; or AUTH in turns, begun by the client.
  private mutating func authentication(
    _ part: Part, _ own: TraceEvent.Direction, _ place: Place
  ) -> WireAnswer? {
    for beginner in [own, own.opposite] {
      let key = Key(kind: .handshake, beginner: beginner, identifier: 0)
      if open[key] != nil { return step(part, .handshake, beginner, 0, place) }
    }
    return step(.begins, .handshake, own, 0, place)
  }

  private mutating func step(
    _ part: Part, _ kind: Key.Kind, _ beginner: TraceEvent.Direction, _ identifier: UInt16, _ place: Place
  ) -> WireAnswer? {
    let key = Key(kind: kind, beginner: beginner, identifier: identifier)
    let former = open[key]
    open[key] =
      part == .ends || (part == .goesOn && former == nil)
      ? nil
      : Step(
        direction: place.direction, number: place.number, time: place.time,
        first: former?.first ?? place.number, firstTime: former?.firstTime ?? place.time)
    // One's own packet, sent again.
    guard let former, former.direction != place.direction else { return nil }
    return WireAnswer(
      number: former.number, roundTrip: place.time.duration(since: former.time),
      first: former.first, total: place.time.duration(since: former.firstTime))
  }

  private mutating func forget(_ isForgotten: (Key.Kind) -> Bool) {
    open = open.filter { !isForgotten($0.key.kind) }
  }
}

extension TraceEvent.Direction {
  package var opposite: TraceEvent.Direction { self == .sent ? .received : .sent }
}
