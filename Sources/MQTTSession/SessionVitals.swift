import MQTTPackets

/// What a user may want to know of a session at one moment.
package struct SessionVitals: Equatable, Sendable {
  /// Nil when keep-alive is off.
  package var keepAlive: Duration?
  /// Whether the server replaced the interval that was asked for.
  package var isKeepAliveServers: Bool
  /// When the next PINGREQ is due if nothing else is sent; nil without a connection.
  package var nextPing: MonotonicTime?
  /// PINGRESPs of this connection.
  package var answeredPings: Int
  /// From PINGREQ to PINGRESP, the last time on this connection.
  package var lastPingRoundTrip: Duration?
  /// How many QoS 1 and 2 messages of ours the server takes at a time.
  package var sendWindow: Int
  /// Messages of the peer's that fill our own window.
  package var receivedInFlight: Int
}

/// A QoS 1 or 2 exchange that is not finished.
package struct OpenExchange: Equatable, Sendable {
  package var packetIdentifier: UInt16
  /// Of ours; nil for a message of the peer's.
  package var request: RequestID?
  package var awaits: PacketType
  /// nil once the message is no longer kept.
  package var topic: String?

  package var isSent: Bool { request != nil }
}

extension Session {
  package var vitals: SessionVitals {
    let interval = keepAlive.interval
    return SessionVitals(
      keepAlive: interval == .zero ? nil : interval,
      isKeepAliveServers: phase == .connected && interval != .seconds(Int64(settings.keepAlive)),
      nextPing: phase == .connected ? keepAlive.pingDeadline : nil, answeredPings: keepAlive.answeredPings,
      lastPingRoundTrip: keepAlive.lastRoundTrip, sendWindow: Int(limits.receiveMaximum),
      receivedInFlight: delivery.incomingOpen)
  }

  /// The oldest `limit` of ours, then those of the peer's that wait for PUBREL. Walks all that are open.
  package func openExchanges(limit: Int) -> [OpenExchange] {
    let own = delivery.exchanges.exchanges.sorted { $0.order < $1.order }.compactMap { exchange in
      let awaits: PacketType? =
        switch exchange.phase {
        case .reserved: nil
        case .awaitingPubAck: .pubAck
        case .awaitingPubRec: .pubRec
        case .awaitingPubComp: .pubComp
        }
      return awaits.map {
        OpenExchange(
          packetIdentifier: exchange.identifier, request: RequestID(exchange.token), awaits: $0,
          topic: exchange.message?.topic)
      }
    }
    let incoming = delivery.incoming.sorted { $0.value.sequence < $1.value.sequence }.map {
      OpenExchange(packetIdentifier: $0.key, awaits: .pubRel)
    }
    return Array((own + incoming).prefix(limit))
  }
}
