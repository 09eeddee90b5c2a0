import Client
import Text
import WebSocketTransport

/// TLS handshake, certificates and the files named for them.
extension DiagnosisTable {
  func row(_ failure: TLSHandshakeFailure) -> Diagnosis {
    switch failure {
    case .plainText(let bytes): plainText(bytes)
    case .clientCertificateRequired:
      about(
        "cert",
        Diagnosis(
          .tls, .tlsHandshake, "the server wants a client certificate", "give --cert FILE and --key FILE"))
    case .clientCertificateRejected(let alert, let name):
      about(
        "cert",
        Diagnosis(
          .tls, .tlsHandshake, "the server rejects the client certificate: \(name) (alert \(alert))",
          "check --cert: its issuer must be one that the server trusts"))
    case .unsupportedVersion:
      about(
        "tls-version",
        Diagnosis(
          .tls, .tlsHandshake, "no TLS version in common with the server",
          "check --tls-version; old servers speak 1.0 or 1.1 only, which this system's OpenSSL may forbid"))
    case .noCommonCipher:
      about(
        "ciphers", Diagnosis(.tls, .tlsHandshake, "no cipher in common with the server", "check --ciphers"))
    case .alert(let number, let name):
      Diagnosis(
        .tls, .tlsHandshake, "the server ended the handshake: \(name) (alert \(number))",
        number == 112
          ? "it has no host of that name: check --server-name"
          : number == 120 ? "check --tls-alpn" : Self.serverLog)
    case .closed:
      Diagnosis(
        .tls, .tlsHandshake, "the server closed the connection in the TLS handshake",
        "is this a TLS port? try \(target(usesTLS: false)); some servers want another --server-name")
    case .other(let text):
      Diagnosis(
        .tls, .tlsHandshake, "the TLS handshake failed: \(text)",
        "check --tls-version and --ciphers against what the server takes")
    }
  }

  private func plainText(_ bytes: [UInt8]) -> Diagnosis {
    var diagnosis = Diagnosis(
      .tls, .tlsHandshake, "the port does not speak TLS", "use \(target(usesTLS: false))")
    if bytes.starts(with: "HTTP/".utf8) {
      diagnosis.cause = "the port speaks plain HTTP, not TLS"
    } else if bytes.starts(with: "SSH-".utf8) {
      diagnosis.cause = "the port speaks SSH, not TLS"
      diagnosis.hint = "check -p"
    }
    if !bytes.isEmpty { diagnosis.evidence = ["first bytes: " + Sanitiser.line(bytes.prefix(64))] }
    return about("tls", diagnosis)
  }

  func row(_ failure: CertificateFailure) -> Diagnosis {
    let trust = "give the CA's certificate with --cafile FILE (--insecure skips the check: for tests only)"
    var setting = "cafile"
    var diagnosis: Diagnosis
    switch failure.kind {
    case .selfSigned:
      diagnosis = Diagnosis(
        .tls, .tlsCertificate, "the server's certificate is self-signed and not trusted", trust)
    case .unknownIssuer:
      let issuer = failure.certificate.map { ": issued by \(Self.quoted($0.issuer))" } ?? ""
      diagnosis = Diagnosis(.tls, .tlsCertificate, "the server's certificate is not trusted\(issuer)", trust)
    case .expired(let date):
      let day = date.map { " on \($0)" } ?? ""
      diagnosis = Diagnosis(
        .tls, .tlsCertificate, "\(whose(failure)) certificate expired\(day)",
        "renew it on the server; if it should be valid, check this machine's clock\(clock)")
    case .notYetValid(let date):
      let day = date.map { " before \($0)" } ?? " yet"
      diagnosis = Diagnosis(
        .tls, .tlsCertificate, "\(whose(failure)) certificate is not valid\(day)",
        "check this machine's clock\(clock)")
    case .nameMismatch(let wanted, let names):
      diagnosis = nameMismatch(wanted, names)
      setting = "host"
    case .revoked:
      diagnosis = Diagnosis(
        .tls, .tlsCertificate, "\(whose(failure)) certificate is revoked",
        "the server needs a new certificate")
    case .weak:
      diagnosis = Diagnosis(
        .tls, .tlsCertificate, "\(whose(failure)) certificate is too weak: \(failure.detail)",
        "the server needs a certificate with a larger key or a newer signature")
    case .other:
      diagnosis = Diagnosis(
        .tls, .tlsCertificate, "\(whose(failure)) certificate is bad: \(failure.detail)",
        "the server needs a certificate that OpenSSL accepts")
    }
    diagnosis.evidence = evidence(failure)
    return about(setting, diagnosis)
  }

  private func whose(_ failure: CertificateFailure) -> String {
    failure.depth == 0 ? "the server's" : "an issuer's"
  }

  private var clock: String {
    guard let now = context.now else { return "" }
    return " (it says \(CertificateTime(secondsSince1970: Int(now.seconds))))"
  }

  private func nameMismatch(_ wanted: String, _ names: [String]) -> Diagnosis {
    let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    guard let first = names.first else {
      return Diagnosis(
        .tls, .tlsCertificate,
        "the server's certificate names no host, so none matches \(Self.quoted(wanted))",
        "it needs a subject alternative name")
    }
    return Diagnosis(
      .tls, .tlsCertificate, "the server's certificate is for \(shown), not for \(Self.quoted(wanted))",
      "connect to a name of the certificate, or give --server-name \(first.hasPrefix("*.") ? "NAME" : first)")
  }

  private func evidence(_ failure: CertificateFailure) -> [String] {
    var lines = ["OpenSSL: \(failure.detail) (\(failure.code)) at depth \(failure.depth)"]
    guard let certificate = failure.certificate else { return lines }
    lines.append("subject: \(certificate.subject)")
    lines.append("issuer: \(certificate.issuer)")
    if let start = certificate.notBefore, let end = certificate.notAfter {
      lines.append("valid: \(start) to \(end)")
    }
    if !certificate.names.isEmpty { lines.append("names: \(certificate.names.joined(separator: ", "))") }
    return lines
  }

  func row(_ failure: TLSFileFailure) -> Diagnosis {
    let (setting, what) = Self.names(failure.role)
    let file = "the \(what) \(Self.quoted(failure.path))"
    let password = "give its password with --key-password-file FILE or --key-password-command COMMAND"
    let diagnosis =
      switch failure.kind {
      case .missing: Diagnosis(.input, .noInput, "\(file) does not exist", "check --\(setting)")
      case .unreadable(let code):
        Diagnosis(
          .input, .noInput, "\(file) cannot be read: \(Self.errorText(code).lowercased())",
          "check --\(setting)")
      case .unwritable(let code): failedWrite(Self.quoted(failure.path), errno: code)
      case .notPEM: Diagnosis(.input, .data, "\(file) is no PEM file of that kind", "check --\(setting)")
      case .keyDoesNotMatch:
        Diagnosis(
          .input, .data, "\(file) does not belong to the certificate",
          "check that --cert and --key are a pair")
      case .needsPassword: Diagnosis(.input, .data, "\(file) is encrypted", password)
      case .wrongPassword: Diagnosis(.input, .data, "the password does not open \(file)", password)
      case .rejected:
        Diagnosis(.input, .data, "OpenSSL rejects \(file): \(failure.detail)", "check --\(setting)")
      }
    var result = about(setting, diagnosis)
    if !failure.detail.isEmpty { result.evidence = ["OpenSSL: \(failure.detail)"] }
    return result
  }

  private static func names(_ role: TLSFileFailure.Role) -> (setting: String, what: String) {
    switch role {
    case .cafile: ("cafile", "CA file")
    case .capath: ("capath", "CA directory")
    case .certificate: ("cert", "client certificate")
    case .key: ("key", "client key")
    case .keyLog: ("keylog", "key log")
    }
  }
}
