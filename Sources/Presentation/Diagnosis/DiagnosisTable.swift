import Client
import Glibc
import MQTTPackets
import NIOCore
import Text
import WebSocketTransport

/// The one table that turns typed errors into prose and exit statuses; its rows are the cases of the
/// switches in this folder. A hint states only what is known; the usual suspects are "often" or "may".
package struct DiagnosisTable {
  package let context: DiagnosisContext

  package init(_ context: DiagnosisContext = DiagnosisContext()) { self.context = context }

  package func diagnosis(_ error: ClientError) -> Diagnosis {
    var diagnosis =
      switch error {
      case .credentials(let error):
        Diagnosis(
          .profile, .configuration, "\(error.source): \(error.reason)", "check where the secret is kept")
      case .transport(let error): row(error)
      case .noConnAck(let reason): row(reason)
      case .refused(let connAck, let version): row(connAck, version)
      case .disconnected(let disconnect): row(disconnect)
      case .decode(let error): row(error)
      case .violation(let violation): row(violation)
      case .encode(let error):
        Diagnosis(
          .usage, .usage, "the \(error.packet.name) cannot be written: \(error.field): \(error.detail)",
          "change what it is made of")
      }
    diagnosis.url = context.url?.description
    diagnosis.redact(context.secrets)
    return diagnosis
  }

  package func diagnosis(_ error: TransportError) -> Diagnosis { diagnosis(.transport(error)) }

  func row(_ error: TransportError) -> Diagnosis {
    switch error {
    case .resolution(let host, let failure): row(host, failure)
    case .connection(let attempts): row(attempts)
    case .timeout(let phase, let after, let attempts): timeout(phase, after, attempts)
    case .proxy(let failure): row(failure)
    case .tlsHandshake(let failure): row(failure)
    case .tlsCertificate(let failure): row(failure)
    case .tlsFile(let failure): row(failure)
    case .tlsSetting(let name, let detail):
      about(
        name,
        Diagnosis(.usage, .usage, "OpenSSL does not take the value of \(name): \(detail)", "change --\(name)")
      )
    case .upgradeRequest(let error): row(error)
    case .upgradeRefused(let refusal): row(refusal)
    case .upgradeInvalid(let violation): row(violation)
    case .notHTTP(let looksLike): row(looksLike)
    case .webSocket(let violation): row(violation)
    case .closed(let reason, let phase): closed(reason, in: phase)
    case .system(let code, let operation): system(code, operation)
    case .cancelled: Diagnosis(.system, .os, "the connection was given up", "run it again")
    }
  }

  // MARK: Pieces of rows

  /// The row with the origin of the setting it is about, where that is known.
  func about(_ setting: String, _ diagnosis: Diagnosis) -> Diagnosis {
    var diagnosis = diagnosis
    if let text = context.origin(setting) { diagnosis.origin = .init(setting: setting, text: text) }
    return diagnosis
  }

  /// The target with or without TLS, as a hint writes it.
  func target(usesTLS: Bool) -> String {
    guard let url = context.url, let other = try? url.replacing(usesTLS: usesTLS) else {
      return usesTLS ? "wss://" : "ws://"
    }
    // A port that was never written would change with the scheme, and it is this port that answered.
    let pinned = (try? other.replacing(port: url.port)) ?? other
    return (url.explicitPort == nil ? other : pinned).description
  }

  /// A peer's or a file's text inside a sentence: cut, and in quotes.
  package static func quoted(_ text: String, limit: Int = 200) -> String {
    let shown = text.unicodeScalars.prefix(limit)
    var cut = ""
    cut.unicodeScalars.append(contentsOf: shown)
    return "'\(cut)\(shown.count < text.unicodeScalars.count ? "…" : "")'"
  }

  static func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }

  static func text(_ address: SocketAddress) -> String {
    let port = address.port.map { ":\($0)" } ?? ""
    guard let host = address.ipAddress else { return "\(address)" }
    return host.contains(":") ? "[\(host)]\(port)" : "\(host)\(port)"
  }
}

extension Diagnosis {
  fileprivate mutating func redact(_ secrets: KnownSecrets) {
    cause = secrets.redacted(cause)
    hint = secrets.redacted(hint)
    evidence = evidence.map(secrets.redacted)
  }
}
