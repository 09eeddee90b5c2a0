import Client
import WebSocketTransport

/// How far a connection came: what makes one probe better than another.
package enum Reach: Int, Sendable, Comparable {
  case nothing
  case tcp
  case tls
  /// Something answered in HTTP, not with a sound 101.
  case http
  /// The WebSocket was open.
  case webSocket
  /// Something spoke MQTT, if only to refuse.
  case mqtt
  case connected

  package static func < (left: Reach, right: Reach) -> Bool { left.rawValue < right.rawValue }

  /// Where a connection stood when it failed like this.
  package init(_ error: ClientError) {
    switch error {
    case .credentials, .encode: self = .nothing
    case .transport(let error): self.init(error)
    case .noConnAck, .violation: self = .webSocket
    case .refused, .disconnected: self = .mqtt
    case .decode(let error):
      if case .connAckOfOtherVersion = error.kind { self = .mqtt } else { self = .webSocket }
    }
  }

  private init(_ error: TransportError) {
    switch error {
    case .timeout(let phase, _, _), .closed(_, let phase): self.init(phase)
    case .tlsHandshake, .tlsCertificate: self = .tcp
    case .upgradeInvalid(let violation):
      self = violation.kind == .closedWithoutAnswer ? .tls : .http
    case .upgradeRefused: self = .http
    case .notHTTP: self = .tls
    case .webSocket: self = .webSocket
    default: self = .nothing
    }
  }

  private init(_ phase: TransportPhase) {
    switch phase {
    case .resolution, .tcp: self = .nothing
    case .proxy, .tls: self = .tcp
    case .upgrade: self = .tls
    case .open: self = .webSocket
    }
  }
}
