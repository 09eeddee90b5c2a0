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
}

extension Session {
  package var vitals: SessionVitals {
    let interval = keepAlive.interval
    return SessionVitals(
      keepAlive: interval == .zero ? nil : interval,
      isKeepAliveServers: phase == .connected && interval != .seconds(Int64(settings.keepAlive)),
      nextPing: phase == .connected ? keepAlive.pingDeadline : nil, answeredPings: keepAlive.answeredPings,
      lastPingRoundTrip: keepAlive.lastRoundTrip, sendWindow: Int(limits.receiveMaximum))
  }
}
