import NIOCore

/// The steps of a connection, in order. `open` is everything after the upgrade.
package enum TransportPhase: String, Sendable, Equatable, CaseIterable {
  case resolution
  case tcp
  case proxy
  case tls
  case upgrade
  case open
}

/// What really happened while dialing and when the connection ended, in order; the tap that traces,
/// doctor and phase times read.
package enum TransportEvent: Sendable {
  case resolving(host: String)
  case resolved([SocketAddress], in: Duration)
  case attempt(SocketAddress)
  case attemptFailed(FailedAttempt)
  case connected(local: SocketAddress?, remote: SocketAddress)
  /// The CONNECT request's bytes as they were sent, credentials included.
  case proxyAsked(host: String, port: Int, ByteBuffer)
  /// The bytes of the answer as far as they came; without a status where it is none in HTTP.
  case proxyAnswered(status: Int?, ByteBuffer)
  case tlsStarted(serverName: String?)
  case tlsEstablished(TLSFacts)
  /// The request's bytes as they were sent, secrets included.
  case upgradeSent(ByteBuffer)
  /// Bytes of the answer as they arrived, without what came glued to its end; more than one when the
  /// answer came in pieces.
  case upgradeReceived(ByteBuffer)
  /// Without an answer on plain MQTT.
  case upgraded(UpgradeResponse?)
  /// The attempt ended before the connection was open.
  case failed(TransportError)
  /// The open connection ended: what the peer or the network did, nil when this side ended it.
  case closed(CloseReason?)
}

/// The tap; called on the event loop.
package typealias TransportObserver = (TransportEvent) -> Void
