import Client
import Glibc
import Testing
import WebSocketTransport

@testable import Presentation

struct TLSDiagnosisTests {
  static let trust =
    "give the CA's certificate with --cafile FILE (--insecure skips the check: for tests only)"

  static let rows: [DiagnosisRow] = [
    DiagnosisRow(
      transport: .tlsHandshake(.plainText(Array("HTTP/1.1 400".utf8))), .tlsHandshake,
      "tls: the port speaks plain HTTP, not TLS — use ws://broker.lab:8083/mqtt"),
    DiagnosisRow(
      transport: .tlsHandshake(.plainText([])), .tlsHandshake,
      "tls: the port does not speak TLS — use ws://broker.lab:8083/mqtt"),
    DiagnosisRow(
      transport: .tlsHandshake(.plainText(Array("SSH-2.0".utf8))), .tlsHandshake,
      "tls: the port speaks SSH, not TLS — check -p"),
    DiagnosisRow(
      transport: .tlsHandshake(.clientCertificateRequired), .tlsHandshake,
      "tls: the server wants a client certificate — give --cert FILE and --key FILE"),
    DiagnosisRow(
      transport: .tlsHandshake(.clientCertificateRejected(alert: 48, name: "unknown CA")), .tlsHandshake,
      "tls: the server rejects the client certificate: unknown CA (alert 48) — check --cert: its issuer must be one that the server trusts"
    ),
    DiagnosisRow(
      transport: .tlsHandshake(.unsupportedVersion), .tlsHandshake,
      "tls: no TLS version in common with the server — check --tls-version; old servers speak 1.0 or 1.1 only, which this system's OpenSSL may forbid"
    ),
    DiagnosisRow(
      transport: .tlsHandshake(.noCommonCipher), .tlsHandshake,
      "tls: no cipher in common with the server — check --ciphers"),
    DiagnosisRow(
      transport: .tlsHandshake(.alert(112, name: "unrecognized name")), .tlsHandshake,
      "tls: the server ended the handshake: unrecognized name (alert 112) — it has no host of that name: check --server-name"
    ),
    DiagnosisRow(
      transport: .tlsHandshake(.alert(120, name: "no application protocol")), .tlsHandshake,
      "tls: the server ended the handshake: no application protocol (alert 120) — check --tls-alpn"),
    DiagnosisRow(
      transport: .tlsHandshake(.alert(80, name: "internal error")), .tlsHandshake,
      "tls: the server ended the handshake: internal error (alert 80) — the server's log may say why"),
    DiagnosisRow(
      transport: .tlsHandshake(.closed), .tlsHandshake,
      "tls: the server closed the connection in the TLS handshake — is this a TLS port? try ws://broker.lab:8083/mqtt; some servers want another --server-name"
    ),
    DiagnosisRow(
      transport: .tlsHandshake(.other("words")), .tlsHandshake,
      "tls: the TLS handshake failed: words — check --tls-version and --ciphers against what the server takes"
    ),
    DiagnosisRow(
      transport: failed(.selfSigned), .tlsCertificate,
      "tls: the server's certificate is self-signed and not trusted — \(trust)"),
    DiagnosisRow(
      transport: failed(.unknownIssuer), .tlsCertificate,
      "tls: the server's certificate is not trusted: issued by 'CN=Lab CA\\e[31m' — \(trust)"),
    DiagnosisRow(
      transport: failed(.expired(certificate.notAfter)), .tlsCertificate,
      "tls: the server's certificate expired on 2023-11-14 22:13:20 UTC — renew it on the server; if it should be valid, check this machine's clock (it says 2026-11-22 14:48:56 UTC)"
    ),
    DiagnosisRow(
      transport: failed(.expired(nil), depth: 1), .tlsCertificate,
      "tls: an issuer's certificate expired — renew it on the server; if it should be valid, check this machine's clock (it says 2026-11-22 14:48:56 UTC)"
    ),
    DiagnosisRow(
      transport: failed(.notYetValid(CertificateTime(secondsSince1970: 1_900_000_000))), .tlsCertificate,
      "tls: the server's certificate is not valid before 2030-03-17 17:46:40 UTC — check this machine's clock (it says 2026-11-22 14:48:56 UTC)"
    ),
    DiagnosisRow(
      transport: failed(.nameMismatch(wanted: "other", names: ["broker.lab", "b", "c", "d"])),
      .tlsCertificate,
      "tls: the server's certificate is for broker.lab, b, c, …, not for 'other' — connect to a name of the certificate, or give --server-name broker.lab"
    ),
    DiagnosisRow(
      transport: failed(.nameMismatch(wanted: "other", names: [])), .tlsCertificate,
      "tls: the server's certificate names no host, so none matches 'other' — it needs a subject alternative name"
    ),
    DiagnosisRow(
      transport: failed(.revoked), .tlsCertificate,
      "tls: the server's certificate is revoked — the server needs a new certificate"),
    DiagnosisRow(
      transport: failed(.weak), .tlsCertificate,
      "tls: the server's certificate is too weak: openssl words — the server needs a certificate with a larger key or a newer signature"
    ),
    DiagnosisRow(
      transport: failed(.other), .tlsCertificate,
      "tls: the server's certificate is bad: openssl words — the server needs a certificate that OpenSSL accepts"
    ),
    DiagnosisRow(
      transport: .tlsSetting(name: "ciphers", detail: "no cipher match"), .usage,
      "usage: OpenSSL does not take the value of ciphers: no cipher match — change --ciphers"),
  ]

  @Test(arguments: rows)
  func row(row: DiagnosisRow) throws {
    var context = try context("wss://broker.lab:8083/mqtt")
    context.now = moment
    row.check(context)
  }

  static let filesRows: [(TLSFileFailure.Kind, TLSFileFailure.Role, ExitStatus, String)] = [
    (
      TLSFileFailure.Kind.missing, TLSFileFailure.Role.cafile, ExitStatus.noInput,
      "the CA file '/x' does not exist — check --cafile"
    ),
    (
      .unreadable(errno: EACCES), .key, .noInput,
      "the client key '/x' cannot be read: permission denied — check --key"
    ),
    (.notPEM, .certificate, .data, "the client certificate '/x' is no PEM file of that kind — check --cert"),
    (
      .keyDoesNotMatch, .key, .data,
      "the client key '/x' does not belong to the certificate — check that --cert and --key are a pair"
    ),
    (
      .needsPassword, .key, .data,
      "the client key '/x' is encrypted — give its password with --key-password-file FILE or --key-password-command COMMAND"
    ),
    (
      .wrongPassword, .key, .data,
      "the password does not open the client key '/x' — give its password with --key-password-file FILE or --key-password-command COMMAND"
    ),
    (.rejected, .capath, .data, "OpenSSL rejects the CA directory '/x': words — check --capath"),
    (.missing, .keyLog, .noInput, "the key log '/x' does not exist — check --keylog"),
  ]

  @Test(arguments: filesRows)
  func files(kind: TLSFileFailure.Kind, role: TLSFileFailure.Role, status: ExitStatus, text: String) throws {
    let failure = TLSFileFailure(path: "/x", role: role, kind: kind, detail: "words")
    DiagnosisRow(transport: .tlsFile(failure), status, "input: " + text).check(try context("wss://h/"))
  }

  @Test func theCertificateIsEvidence() throws {
    let lines = DiagnosisTable(try context("wss://h/")).diagnosis(failed(.unknownIssuer)).evidenceLines()
    #expect(
      lines == [
        "  OpenSSL: openssl words (20) at depth 0", "  subject: CN=broker.lab", "  issuer: CN=Lab CA\\e[31m",
        "  valid: 1970-01-01 00:00:00 UTC to 2023-11-14 22:13:20 UTC", "  names: broker.lab",
      ])
  }
}
