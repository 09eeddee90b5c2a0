import Client
import MQTTPackets
import MQTTSession
import Text
import WebSocketTransport

/// CONNACK, DISCONNECT, broken packets and refused requests.
extension DiagnosisTable {
  private var versionName: String { context.version == .v5 ? "5" : "3.1.1" }

  func row(_ reason: ClientError.NoConnAck) -> Diagnosis {
    switch reason {
    case .closed(let reason):
      let (hint, setting) = hint(closedBy: reason)
      let status: ExitStatus = reason.asksForPatience ? .temporaryFailure : .protocolError
      return about(
        setting,
        Diagnosis(
          .mqtt, status,
          "the server closed the connection instead of a CONNACK: \(Self.words(reason))", hint))
    case .timedOut(let time):
      return about(
        "connect-timeout",
        Diagnosis(
          .mqtt, .unavailable, "no CONNACK within \(Human.duration(time))",
          "the WebSocket is open, so a proxy may hold the bytes back, or no MQTT broker is behind it"))
    }
  }

  /// Whether the words of a close frame are about who may come in.
  package static func isAboutCredentials(_ reason: String) -> Bool {
    let reason = reason.lowercased()
    return ["auth", "credential", "password", "denied"].contains(where: reason.contains)
  }

  private func hint(closedBy reason: CloseReason) -> (String, String) {
    if case .closeFrame(let code, let text) = reason {
      if Self.isAboutCredentials(text) { return (credentialsHint, "username") }
      switch code {
      case 1003: return ("it does not take binary frames: is MQTT behind this path?", "path")
      case 1008: return ("its policy: check -u, the password, -i and --origin", "username")
      case 1009: return ("the CONNECT is larger than it takes: check will and user properties", "url")
      case 1012, 1013: return ("it is starting or overloaded: try again later; --retry N does", "url")
      default: break
      }
    }
    let hint =
      context.version == .v5
      ? "brokers that do not speak MQTT 5 often close like this: try -V 3.1.1"
      : "brokers often close like this on a client identifier or credentials they do not take: check -i, -u and -P"
    return (hint, "protocol-version")
  }

  func row(_ connAck: ConnAck, _ version: ProtocolVersion) -> Diagnosis {
    let code = connAck.reasonCode
    let name = code.name(in: .connAck, version: version) ?? "an unknown code"
    let shown = version == .v5 ? Self.hexadecimal(code) : "code \(code.rawValue)"
    let cause = "the server refused the connection: \(name) (\(shown))" + Self.saying(connAck.properties)
    let (hint, setting) = version == .v5 ? hint5(connAck) : hint3(code)
    var diagnosis = Diagnosis(.mqtt, ExitStatus(code, version: version), cause, hint)
    diagnosis.mqttReason = code.rawValue
    diagnosis.reasonName = name
    return about(setting, diagnosis)
  }

  private var credentialsHint: String {
    context.hasUsername
      ? "check -u and the password" : "no user name was sent: give -u NAME and --password-file FILE"
  }

  private func hint3(_ code: ReasonCode) -> (String, String) {
    switch code.rawValue {
    case 1: ("it does not speak MQTT 3.1.1: try -V 5", "protocol-version")
    case 2: ("it does not take the client identifier \(identifier): check -i", "client-id")
    case 3: ("try again later; --retry N does", "url")
    case 4: (credentialsHint, "username")
    case 5: ("\(credentialsHint); brokers often also check the client identifier (-i)", "username")
    default: (Self.serverLog, "url")
    }
  }

  private func hint5(_ connAck: ConnAck) -> (String, String) {
    switch connAck.reasonCode {
    case .unsupportedProtocolVersion: ("it does not speak MQTT 5: try -V 3.1.1", "protocol-version")
    case .clientIdentifierNotValid:
      ("it does not take the client identifier \(identifier): check -i", "client-id")
    case .badUserNameOrPassword: (credentialsHint, "username")
    case .notAuthorized:
      ("\(credentialsHint); brokers often also check the client identifier (-i)", "username")
    case .banned: ("ask whoever runs the server", "client-id")
    case .badAuthenticationMethod: ("it does not take this way to sign in: check auth", "auth")
    case .packetTooLarge:
      ("the CONNECT is larger than it takes: check will and user properties", "will-payload")
    case .topicNameInvalid: ("check --will-topic", "will-topic")
    case .qosNotSupported: ("check --will-qos", "will-qos")
    case .retainNotSupported: ("leave out --will-retain", "will-retain")
    case .serverUnavailable, .serverBusy, .quotaExceeded, .connectionRateExceeded:
      ("try again later; --retry N does", "url")
    case .useAnotherServer, .serverMoved: (moved(connAck.properties), "host")
    default: (Self.serverLog, "url")
    }
  }

  private var identifier: String {
    guard let identifier = context.clientIdentifier, !identifier.isEmpty else { return "(empty)" }
    return Self.quoted(identifier)
  }

  private func moved(_ properties: Properties) -> String {
    properties.serverReference.map { "connect to \(Self.quoted($0)) (not followed automatically)" }
      ?? "it names no other server"
  }

  func row(_ disconnect: Disconnect) -> Diagnosis {
    let code = disconnect.reasonCode
    let name = code.name(in: .disconnect, version: .v5) ?? "an unknown code"
    let cause =
      "the server disconnected: \(name) (\(Self.hexadecimal(code)))" + Self.saying(disconnect.properties)
    let (hint, setting): (String, String) =
      switch code {
      case .sessionTakenOver: ("another client uses the identifier \(identifier): check -i", "client-id")
      case .keepAliveTimeout:
        ("it heard nothing for 1.5 times the keep-alive: check -k and the network", "keep-alive")
      case .packetTooLarge: ("a packet was larger than it takes", "url")
      case .receiveMaximumExceeded, .topicAliasInvalid:
        ("this is a defect of mqttws: please report it", "url")
      case .malformedPacket, .protocolError: ("it did not take a packet of ours: \(Self.serverLog)", "url")
      case .notAuthorized: ("check the topics against the server's rules, and -u", "username")
      case .topicFilterInvalid, .topicNameInvalid: ("check -t", "url")
      case .qosNotSupported: ("check -q", "url")
      case .retainNotSupported: ("leave out -r", "url")
      case .sharedSubscriptionNotSupported: ("leave $share out of -t", "url")
      case .wildcardSubscriptionNotSupported: ("leave + and # out of -t", "url")
      case .subscriptionIdentifiersNotSupported: ("leave out the subscription identifier", "url")
      case .useAnotherServer, .serverMoved: (moved(disconnect.properties), "host")
      case .serverBusy, .connectionRateExceeded, .quotaExceeded, .serverShuttingDown, .messageRateTooHigh:
        ("try again later", "url")
      default: (Self.serverLog, "url")
      }
    var diagnosis = Diagnosis(.mqtt, ExitStatus(code), cause, hint)
    diagnosis.mqttReason = code.rawValue
    diagnosis.reasonName = name
    return about(setting, diagnosis)
  }

  // MARK: Broken rules

  func row(_ error: DecodeError) -> Diagnosis {
    let packet = error.packet?.name ?? "packet"
    var diagnosis: Diagnosis
    switch error.kind {
    case .connAckOfOtherVersion(let code):
      let other = context.version == .v5 ? "3.1.1" : "5"
      diagnosis = about(
        "protocol-version",
        Diagnosis(
          .mqtt, .protocolError, "the server answered with a CONNACK of MQTT \(other) (code \(code))",
          "it does not speak MQTT \(versionName): try -V \(other)"))
    case .packetTooLarge:
      diagnosis = about(
        "max-packet",
        Diagnosis(
          .mqtt, .protocolError, "the server sent a \(packet) that is too large: \(error.detail)",
          "--max-packet raises the limit"))
    default:
      diagnosis = Diagnosis(
        .mqtt, .protocolError,
        "the server sent a bad \(packet): \(error.field): \(error.detail) (\(error.rule), byte \(error.offset))",
        Self.serverAtFault)
    }
    diagnosis.mqttReason = error.reasonCode.rawValue
    diagnosis.reasonName = error.reasonCode.name(in: .disconnect, version: .v5)
    return diagnosis
  }

  func row(_ violation: ProtocolViolation) -> Diagnosis {
    var diagnosis: Diagnosis
    if violation.reasonCode == .keepAliveTimeout {
      diagnosis = about(
        "keep-alive",
        Diagnosis(
          .mqtt, .unavailable, "the connection is dead: \(violation.detail)",
          "check the network; -k sets the keep-alive"))
    } else {
      let packet = violation.packet.map { " with \($0.name)" } ?? ""
      diagnosis = Diagnosis(
        .mqtt, .protocolError,
        "the server broke the protocol\(packet): \(violation.detail) (\(violation.rule))",
        Self.serverAtFault)
    }
    diagnosis.mqttReason = violation.reasonCode.rawValue
    diagnosis.reasonName = violation.reasonCode.name(in: .disconnect, version: .v5)
    return diagnosis
  }

  // MARK: Pieces

  /// Where nothing better is known.
  static let serverLog = "the server's log may say why"
  static let serverAtFault = "the server, or a proxy that changes bytes, is at fault"

  static func hexadecimal(_ code: ReasonCode) -> String {
    let digits = String(code.rawValue, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }

  /// What the server added in words of its own.
  static func saying(_ properties: Properties) -> String {
    guard let reason = properties.reasonString, !reason.isEmpty else { return "" }
    return ", saying \(quoted(reason))"
  }
}
