import MQTTPackets
import MQTTSession
import Presentation
import WebSocketTransport

/// What was agreed on with a broker: facts for the header and for Health.
package struct ConnectionFacts: Sendable {
  package var clientIdentifier: String
  package var version: ProtocolVersion
  /// Whether the session goes on from an earlier connection.
  package var isResumed: Bool
  package var tls: TLSFacts?
  /// `127.0.0.1:8083`, as connected; empty when not known.
  package var address: String
  package var subprotocol: String?
  /// Of the upgrade's answer.
  package var serverHeader: String?
  /// Asked for and granted, in the order of showing: `("receive maximum", "65535", "20")`.
  package var options: [NegotiatedOption]

  package init(
    clientIdentifier: String, version: ProtocolVersion, isResumed: Bool = false, tls: TLSFacts? = nil,
    address: String = "", subprotocol: String? = nil, serverHeader: String? = nil,
    options: [NegotiatedOption] = []
  ) {
    self.clientIdentifier = clientIdentifier
    self.version = version
    self.isResumed = isResumed
    self.tls = tls
    self.address = address
    self.subprotocol = subprotocol
    self.serverHeader = serverHeader
    self.options = options
  }
}

/// One thing that was asked for in the CONNECT and answered in the CONNACK. Texts may be the peer's.
package struct NegotiatedOption: Equatable, Sendable {
  package var name: String
  package var asked: String
  package var granted: String

  package init(_ name: String, asked: String, granted: String) {
    self.name = name
    self.asked = asked
    self.granted = granted
  }
}

/// The server's answer for one subscription.
package struct GrantedSubscription: Equatable, Sendable {
  package var filter: String
  /// nil when it was refused.
  package var granted: QoS?
  /// The reason code's name; for a refusal.
  package var reason: String

  package init(filter: String, granted: QoS?, reason: String = "") {
    self.filter = filter
    self.granted = granted
    self.reason = reason
  }
}

/// What happened to the connection.
package enum ConnectionUpdate: Sendable {
  /// 1 is the first attempt of this outage.
  case connecting(attempt: Int)
  case connected(ConnectionFacts)
  case subscribed([GrantedSubscription])
  case unsubscribed([String])
  /// Lost or refused, and tried again after the delay.
  case retrying(Diagnosis, after: Duration)
  case sessionLost(String)
  /// Nothing follows by itself. nil when it was asked for.
  case ended(Diagnosis?)
}
