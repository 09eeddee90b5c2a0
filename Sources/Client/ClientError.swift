import MQTTPackets
import MQTTSession
import WebSocketTransport

/// Why a connection did not come about, or ended. Texts inside come from the peer and are not sanitised.
package enum ClientError: Error, Sendable {
  case credentials(CredentialsError)
  case transport(TransportError)
  /// The upgrade succeeded, and no CONNACK came.
  case noConnAck(NoConnAck)
  /// A CONNACK with an error code; its meaning depends on the version that was asked for.
  case refused(ConnAck, ProtocolVersion)
  /// A DISCONNECT of the server.
  case disconnected(Disconnect)
  case decode(DecodeError)
  case violation(ProtocolViolation)
  /// Something of ours does not fit into a packet.
  case encode(EncodeError)

  package enum NoConnAck: Equatable, Sendable {
    case closed(CloseReason)
    case timedOut(after: Duration)
  }
}

extension ClientError {
  package var layer: Layer {
    switch self {
    case .credentials: .profile
    case .transport(let error): error.layer
    case .noConnAck, .refused, .disconnected, .decode, .violation: .mqtt
    case .encode: .usage
    }
  }

  /// Whether the next attempt may end better; the frozen exit-code table says which failures can.
  package var permanence: Permanence {
    switch self {
    case .violation(let violation): violation.reasonCode.permanence
    case .credentials, .decode, .encode: .permanent
    case .transport(let error): error.permanence
    case .noConnAck(.timedOut): .transient
    case .noConnAck(.closed(let reason)):
      reason.asksForPatience ? TransportError.closed(reason, .open).permanence : .permanent
    case .refused(let connAck, .v3_1_1): connAck.reasonCode.rawValue == 3 ? .transient : .permanent
    case .refused(let connAck, .v5): connAck.reasonCode.permanence
    case .disconnected(let disconnect): disconnect.reasonCode.permanence
    }
  }
}

extension ClientError {
  /// The connection ended while it was being opened, with nothing said that would be a reason. From a
  /// server that is known to work this is a cut like any other, from one that is not it is an answer.
  var isCut: Bool {
    guard case .transport(let error) = self else { return false }
    return switch error {
    case .tlsHandshake(.closed), .timeout(.tls, _, _), .timeout(.proxy, _, _), .closed(_, .tls),
      .closed(_, .proxy), .closed(_, .upgrade), .proxy(.resolution), .proxy(.connection), .proxy(.closed):
      true
    case .upgradeInvalid(let violation):
      violation.kind == .closedWithoutAnswer || violation.kind == .truncated
    default: false
    }
  }
}

extension CloseReason {
  /// Whether a close frame says that it is the moment that is wrong: 1012 restart, 1013 try again later.
  package var asksForPatience: Bool {
    if case .closeFrame(1012?, _) = self { return true }
    if case .closeFrame(1013?, _) = self { return true }
    return false
  }
}

extension ReasonCode {
  /// Of a failed CONNACK or of a DISCONNECT that the server sent.
  var permanence: Permanence {
    switch self {
    case .sessionTakenOver: .takeover
    case .normalDisconnection, .serverUnavailable, .serverBusy, .quotaExceeded, .useAnotherServer,
      .serverMoved, .connectionRateExceeded, .serverShuttingDown, .keepAliveTimeout, .administrativeAction,
      .maximumConnectTime:
      .transient
    default: .permanent
    }
  }
}

extension TransportError {
  package var layer: Layer {
    switch self {
    case .resolution: .dns
    case .connection: .tcp
    case .timeout(let phase, _, _): phase.layer
    case .proxy: .proxy
    case .tlsHandshake, .tlsCertificate: .tls
    case .tlsFile: .input
    case .tlsSetting: .usage
    case .upgradeRefused: .upgrade
    case .upgradeInvalid, .notHTTP: .upgrade
    case .upgradeRequest: .usage
    case .webSocket: .websocket
    case .closed(_, let phase): phase.layer
    case .system, .cancelled: .system
    }
  }

  var permanence: Permanence {
    switch self {
    // Before the first connection these are an answer; see `isCut`.
    case .timeout(.tls, _, _), .timeout(.proxy, _, _), .closed(_, .tls), .closed(_, .proxy): .permanent
    case .closed(let reason, .upgrade) where reason.isHangUp: .permanent
    case .resolution, .connection, .timeout, .closed(.endOfStream, _), .closed(.reset, _),
      .closed(.tlsTruncated, _), .closed(.timedOut, _), .closed(.failed, _):
      .transient
    case .closed(.closeFrame(let code, _), _): Self.permanence(closeCode: code)
    case .proxy(let failure): failure.permanence
    case .upgradeRefused(let refusal):
      [429, 502, 503, 504].contains(refusal.status) ? .transient : .permanent
    case .tlsHandshake, .tlsCertificate, .tlsFile, .tlsSetting, .upgradeInvalid, .notHTTP, .webSocket,
      .upgradeRequest, .system, .cancelled:
      .permanent
    }
  }

  /// 1012 and 1013 ask for patience; codes that blame us will blame us again.
  private static func permanence(closeCode code: UInt16?) -> Permanence {
    switch code {
    case 1002, 1003, 1007, 1008, 1009, 1010: .permanent
    case 1012, 1013: .transient(atLeast: .seconds(5))
    default: .transient
    }
  }
}

extension ProxyFailure {
  var permanence: Permanence {
    switch self {
    case .refused(let status, _): status >= 500 ? .transient : .permanent
    case .resolution, .connection, .closed, .notHTTP, .answerTooLarge: .permanent
    }
  }
}

extension TransportPhase {
  package var layer: Layer {
    switch self {
    case .resolution: .dns
    case .tcp: .tcp
    case .proxy: .proxy
    case .tls: .tls
    case .upgrade: .upgrade
    case .open: .websocket
    }
  }
}
