import Client
import MQTTPackets

/// The process's exit codes: frozen, equal in every command. The base is sysexits(3); 22, 60 and 97 are
/// curl's numbers, 27 is mosquitto_sub's, 124 is timeout(1)'s. MQTT reason codes are never exit codes.
package enum ExitStatus: Int32, Sendable, CaseIterable {
  case ok = 0
  case checkFailed = 1
  case upgradeRefused = 22
  case waitExpired = 27
  case tlsHandshake = 35
  case tlsCertificate = 60
  case usage = 64
  case data = 65
  case noInput = 66
  case noHost = 68
  case unavailable = 69
  case software = 70
  case os = 71
  case cannotCreate = 73
  case io = 74
  case temporaryFailure = 75
  case protocolError = 76
  case noPermission = 77
  case configuration = 78
  case proxy = 97
  case maximumTime = 124
  case hangup = 129
  case interrupt = 130
  case quit = 131
  case terminate = 143
  case brokenPipe = 141

  /// As the table prints it: `UPGRADE REFUSED`.
  package var name: String { row.name }
  /// When a command ends with it.
  package var meaning: String { row.meaning }
  /// Whether running again may help.
  package var retry: String { row.retry }

  private var row: (name: String, meaning: String, retry: String) {
    switch self {
    case .ok: ("OK", "the asked work is done and acknowledged", "-")
    case .checkFailed:
      ("CHECK FAILED", "the tool worked and the answer is no: an expectation or a threshold is not met", "no")
    case .upgradeRefused:
      ("UPGRADE REFUSED", "the server answered the WebSocket upgrade with anything but 101", "429, 502-504")
    case .waitExpired:
      ("WAIT EXPIRED", "-W ended before -C was met, or no answer came in time", "by the script")
    case .tlsHandshake:
      ("TLS HANDSHAKE", "alert, no common version or cipher, plain text on a TLS port or the reverse", "no")
    case .tlsCertificate:
      ("TLS CERT", "certificate untrusted, expired, not yet valid, revoked or for another name", "no")
    case .usage: ("USAGE", "unknown flag, bad URL, topic or filter, impossible combination", "no")
    case .data: ("DATA", "malformed input: a line too long, bad JSON, a damaged recording or key file", "no")
    case .noInput: ("NO INPUT", "a payload, CA, certificate or key file is missing or unreadable", "no")
    case .noHost: ("NO HOST", "the name gives no address of the wanted family", "maybe")
    case .unavailable:
      ("UNAVAILABLE", "refused, unreachable, timed out, or lost with no retries left", "yes")
    case .software: ("SOFTWARE", "a defect of mqttws", "report it")
    case .os: ("OS", "the system ran out of something, or a port to listen on is in use", "maybe")
    case .cannotCreate:
      ("CANT CREATE", "an output file cannot be created, or exists already", "no")
    case .io: ("IO", "a write failed: disk full, I/O error, quota", "maybe")
    case .temporaryFailure: ("TEMPFAIL", "the broker says: try later, or use another server", "yes")
    case .protocolError:
      ("PROTOCOL", "the peer broke HTTP, WebSocket or MQTT, or refused for another reason", "no")
    case .noPermission:
      ("NO PERM", "bad user name or password, not authorized, banned, every subscription denied", "no")
    case .configuration: ("CONFIG", "the profile file is wrong, or has no profile of that name", "no")
    case .proxy: ("PROXY", "the proxy refused or broke", "maybe")
    case .maximumTime: ("MAX TIME", "--max-time ended the run", "-")
    case .hangup: ("SIGHUP", "ended by the signal, after cleaning up", "-")
    case .interrupt: ("SIGINT", "ended by the signal, after cleaning up", "-")
    case .quit: ("SIGQUIT", "ended by the signal, after cleaning up", "-")
    case .terminate: ("SIGTERM", "ended by the signal, after cleaning up", "-")
    case .brokenPipe: ("SIGPIPE", "the reader of stdout went away; quiet", "-")
    }
  }
}

extension ExitStatus {
  /// From what outweighs all to what anything outweighs. The two codes in one place of the table stand in
  /// its order.
  package static let precedence: [ExitStatus] = [
    .terminate, .quit, .interrupt, .hangup, .brokenPipe, .software, .os, .io, .cannotCreate, .usage,
    .configuration, .noInput, .data, .noHost, .tlsCertificate, .tlsHandshake, .proxy, .upgradeRefused,
    .noPermission, .protocolError, .temporaryFailure, .unavailable, .checkFailed, .maximumTime,
    .waitExpired, .ok,
  ]

  /// The one to end with when both apply.
  package func combined(with other: ExitStatus) -> ExitStatus {
    let order = Self.precedence
    let mine = order.firstIndex(of: self) ?? order.count
    let others = order.firstIndex(of: other) ?? order.count
    return mine <= others ? self : other
  }

  /// What a failed CONNACK, a DISCONNECT of the server or a failed acknowledgement means.
  package init(_ code: ReasonCode, version: ProtocolVersion = .v5) {
    if version == .v3_1_1, code.rawValue < 0x80 {
      switch code.rawValue {
      case 3: self = .temporaryFailure
      case 4, 5: self = .noPermission
      default: self = .protocolError
      }
      return
    }
    switch code {
    case .badUserNameOrPassword, .notAuthorized, .banned, .badAuthenticationMethod: self = .noPermission
    case .serverUnavailable, .serverBusy, .quotaExceeded, .useAnotherServer, .serverMoved,
      .connectionRateExceeded:
      self = .temporaryFailure
    case .normalDisconnection, .serverShuttingDown, .keepAliveTimeout, .administrativeAction,
      .maximumConnectTime:
      self = .unavailable
    default: self = .protocolError
    }
  }

  /// The text of `mqttws help exit-codes`.
  package static let help: String = {
    var lines = ["code  name             again?         when", ""]
    for status in allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      let code = String(status.rawValue).padded(to: 5)
      lines.append("\(code) \(status.name.padded(to: 16)) \(status.retry.padded(to: 14)) \(status.meaning)")
    }
    lines += [
      "",
      "The same in every command. When several apply, the weightiest counts:",
      "signal > 70, 71 > 74, 73 > 64, 78, 66, 65 > 68 > 60, 35 > 97 > 22 > 77 > 76 > 75 > 69 > 1 > 124 > 27 > 0.",
      "A signal ends the process as that signal, after cleaning up; a second one ends it at once.",
      "MQTT reason codes are no exit codes: they are in the message, and in the JSON object of --json.",
      "126, 127, 128 and 137 never come from mqttws itself.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }()
}

extension String {
  func padded(to width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}
