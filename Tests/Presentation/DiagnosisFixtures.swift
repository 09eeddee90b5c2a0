import Client
import Glibc
import MQTTPackets
import NIOCore
import Testing
import WebSocketTransport

@testable import Presentation

// Swift Testing has one as well.
typealias ExitStatus = Presentation.ExitStatus

/// One row of the table: an error and the whole line it makes.
struct DiagnosisRow: CustomTestStringConvertible, Sendable {
  let error: ClientError
  let status: ExitStatus
  let line: String

  init(client error: ClientError, _ status: ExitStatus, _ line: String) {
    self.error = error
    self.status = status
    self.line = line
  }

  init(transport error: TransportError, _ status: ExitStatus, _ line: String) {
    self.init(client: .transport(error), status, line)
  }

  var testDescription: String { line }

  func check(_ context: DiagnosisContext) {
    let diagnosis = DiagnosisTable(context).diagnosis(error)
    #expect(diagnosis.line() == "mqttws: " + line)
    #expect(diagnosis.status == status)
    #expect(Self.statuses(of: diagnosis.layer).contains(diagnosis.status))
    #expect(!Self.mayRetry(diagnosis) || error.permanence != .permanent)
    #expect(Self.mayRetry(diagnosis) || error.permanence == .permanent || error.permanence == .takeover)
  }

  /// What the exit-code table says about trying again.
  static func mayRetry(_ diagnosis: Diagnosis) -> Bool {
    switch diagnosis.status {
    case .noHost, .unavailable, .temporaryFailure: true
    case .upgradeRefused: [429, 502, 503, 504].contains(diagnosis.httpStatus ?? 0)
    case .proxy: (diagnosis.httpStatus ?? 0) >= 500
    default: false
    }
  }

  /// Which statuses go with which layer.
  static func statuses(of layer: Layer) -> [ExitStatus] {
    switch layer {
    case .usage: [.usage]
    case .profile: [.configuration]
    case .input: [.data, .noInput]
    case .output: [.cannotCreate, .io, .brokenPipe]
    case .dns: [.noHost]
    case .tcp: [.unavailable]
    case .proxy: [.proxy]
    case .tls: [.tlsHandshake, .tlsCertificate]
    case .upgrade: [.upgradeRefused]
    case .websocket, .mqtt: [.protocolError, .temporaryFailure, .noPermission, .unavailable]
    case .session: [.protocolError, .unavailable]
    case .system: [.software, .os]
    case .check: [.checkFailed]
    case .time: [.waitExpired, .maximumTime]
    }
  }
}

func context(_ url: String, version: ProtocolVersion = .v5) throws -> DiagnosisContext {
  DiagnosisContext(
    url: try WebSocketURL(parsing: url), version: version, clientIdentifier: "c1", hasUsername: true)
}

func attempt(_ host: String, _ code: Int32?, port: Int = 8083) -> FailedAttempt {
  var packed = sockaddr_in()
  packed.sin_family = sa_family_t(AF_INET)
  packed.sin_port = in_port_t(port).bigEndian
  inet_pton(AF_INET, host, &packed.sin_addr)
  return FailedAttempt(address: SocketAddress(packed, host: host), errno: code)
}

let certificate = CertificateSummary(
  subject: "CN=broker.lab", issuer: "CN=Lab CA\u{1B}[31m", notBefore: CertificateTime(secondsSince1970: 0),
  notAfter: CertificateTime(secondsSince1970: 1_700_000_000), names: ["broker.lab"])

func failed(_ kind: CertificateFailure.Kind, depth: Int = 0) -> TransportError {
  .tlsCertificate(
    CertificateFailure(kind: kind, certificate: certificate, depth: depth, code: 20, detail: "openssl words"))
}

func refusal(
  _ status: Int, _ reason: String = "", _ headers: [(String, String)] = [], body: String = ""
) -> TransportError {
  .upgradeRefused(
    UpgradeRefusal(
      status: status, reason: reason, headers: HTTPHeaders(headers.map { HTTPHeader($0.0, $0.1) }),
      bodyPrefix: Array(body.utf8)))
}

func violation(_ kind: UpgradeViolation.Kind, _ detail: String = "detail") -> TransportError {
  .upgradeInvalid(UpgradeViolation(kind, rule: "RFC 6455 4.1", detail: detail, offset: 7, status: 101))
}
