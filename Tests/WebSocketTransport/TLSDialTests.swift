import NIOCore
import Support
import Testing

@testable import WebSocketTransport

/// Handshakes with OpenSSL's own server. The URLs are `mqtts`, which has nothing after TLS.
@Suite struct TLSDialTests {
  private let certificates: Certificates

  init() throws {
    certificates = try Certificates.shared()
  }

  private func outcome(
    _ identity: Certificates.Identity, _ further: [String] = [], host: String = "localhost",
    configure: @Sendable (inout TLSSettings) -> Void = { _ in }
  ) async throws -> String {
    let server = try TLSServer(identity, further)
    defer { server.stop() }
    let authority = certificates.authority.certificate
    return try await failure("mqtts://\(host):\(server.port)") {
      $0.addressFamily = .ipv4
      $0.tls.cafile = authority
      configure(&$0.tls)
    }
  }

  @Test func factsOfAGoodHandshake() async throws {
    let server = try TLSServer(certificates.server, ["-alpn", "http/1.1"])
    defer { server.stop() }
    let authority = certificates.authority.certificate
    let trace = Trace()
    let dialed = try await dial("mqtts://127.0.0.1:\(server.port)", trace: trace) {
      $0.tls.cafile = authority
    }
    let facts = try #require(dialed.result.tls)
    #expect(facts.version == "TLSv1.3")
    #expect(facts.cipher.hasPrefix("TLS_"))
    #expect(facts.alpn == "http/1.1")
    #expect(facts.isVerified)
    let leaf = try #require(facts.chain.first)
    #expect(leaf.subject == "CN=localhost")
    #expect(leaf.issuer == "CN=Test authority,O=mqttws tests")
    #expect(leaf.names == ["localhost", "127.0.0.1", "::1"])
    #expect(leaf.notAfter.map { limit in leaf.notBefore.map { $0 < limit } ?? false } == true)
    #expect(trace.events == ["attempt", "connected", "tlsStarted", "tlsEstablished", "upgraded"])
    try await dialed.send("plain text in\n")
    try server.process.line { $0 == "plain text in" }
    try server.process.write("plain text out\n")
    #expect(await dialed.receive(15) == "plain text out\n")
    try await dialed.channel.close().get()
    // Our goodbye arrived: the server ends by itself and says so.
    try server.process.waitForOutput { String(decoding: $0, as: UTF8.self).contains("CONNECTION CLOSED") }
  }

  @Test func goodNames() async throws {
    #expect(try await outcome(certificates.server) == "connected")
    #expect(try await outcome(certificates.server, host: "127.0.0.1") == "connected")
    #expect(
      try await outcome(certificates.wrongNameServer) { $0.serverName = "another.example" } == "connected")
    #expect(try await outcome(certificates.wrongNameServer) { $0.serverName = "192.0.2.1" } == "connected")
  }

  @Test func nameMismatch() async throws {
    let names = #"names: ["another.example", "192.0.2.1"])"#
    #expect(
      try await outcome(certificates.wrongNameServer)
        == #"certificate nameMismatch(wanted: "localhost", \#(names)"#)
    #expect(
      try await outcome(certificates.wrongNameServer, host: "127.0.0.1")
        == #"certificate nameMismatch(wanted: "127.0.0.1", \#(names)"#)
  }

  @Test func untrusted() async throws {
    #expect(try await outcome(certificates.strangerServer) == "certificate unknownIssuer")
    #expect(try await outcome(certificates.strangerAuthority) == "certificate selfSigned")
    // The system's own issuers do not vouch for it either.
    #expect(try await outcome(certificates.server) { $0.cafile = nil } == "certificate unknownIssuer")
  }

  @Test func outOfDate() async throws {
    #expect(
      try await outcome(certificates.expiredServer)
        == "certificate expired(Optional(2020-02-01 00:00:00 UTC))")
    #expect(
      try await outcome(certificates.futureServer)
        == "certificate notYetValid(Optional(2040-01-01 00:00:00 UTC))")
  }

  @Test func aKeyTooSmallToBeTrusted() async throws {
    let directory = try TemporaryDirectory()
    let (certificate, key) = (directory.file("weak.pem"), directory.file("weak.key"))
    try runTool(
      "openssl",
      [
        "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", key, "-out", certificate,
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
      ])
    let server = try TLSServer(certificate: certificate, key: key, ["-cipher", "DEFAULT@SECLEVEL=0"])
    defer { server.stop() }
    let seen = try await failure("mqtts://localhost:\(server.port)") {
      $0.addressFamily = .ipv4
      $0.tls.cafile = certificate
    }
    #expect(seen == "certificate weak")
  }

  @Test func insecureTakesThemAll() async throws {
    for identity in [certificates.strangerServer, certificates.expiredServer, certificates.wrongNameServer] {
      #expect(try await outcome(identity) { $0.verifiesPeer = false } == "connected")
    }
  }

  @Test func versionsAndCiphers() async throws {
    #expect(
      try await outcome(certificates.server, ["-tls1_2"]) { $0.minimumVersion = .v1_3 }
        == "handshake unsupportedVersion")
    #expect(
      try await outcome(certificates.server, ["-tls1_3"]) { $0.maximumVersion = .v1_2 }
        == "handshake unsupportedVersion")
    #expect(
      try await outcome(certificates.server, ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]) {
        $0.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"
        $0.maximumVersion = .v1_2
      } == "handshake alert(40, name: \"handshake failure\")")
    #expect(try await outcome(certificates.server) { $0.ciphers = "NO-SUCH" } == "setting ciphers")
    #expect(try await outcome(certificates.server) { $0.cipherSuites = "NO_SUCH" } == "setting ciphersuites")
    #expect(
      try await outcome(certificates.server) {
        $0.minimumVersion = .v1_3
        $0.maximumVersion = .v1_2
      } == "setting tls-min-version")
  }

  // MARK: Client certificates

  private func demanding(_ version: String) -> [String] {
    ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority.certificate, version]
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"]) func clientCertificate(_ version: String) async throws {
    let (client, encrypted, password) = (
      certificates.client, certificates.encryptedClientKey, certificates.keyPassword
    )
    let server = try TLSServer(certificates.server, demanding(version))
    defer { server.stop() }
    let authority = certificates.authority.certificate
    let dialed = try await dial("mqtts://127.0.0.1:\(server.port)") {
      $0.tls.cafile = authority
      $0.tls.certificateFile = client.certificate
      $0.tls.keyFile = encrypted
      $0.tls.keyPassword = Array(password.utf8)
    }
    try await dialed.send("let me in\n")
    try server.process.line { $0 == "let me in" }
    try await dialed.channel.close().get()
  }

  @Test func aMissingClientCertificate() async throws {
    #expect(
      try await outcome(certificates.server, demanding("-tls1_2")) == "handshake clientCertificateRequired")
    // In TLS 1.3 the server says so only after our handshake is over: at the first read.
    let server = try TLSServer(certificates.server, demanding("-tls1_3"))
    defer { server.stop() }
    let authority = certificates.authority.certificate
    let dialed = try await dial("mqtts://127.0.0.1:\(server.port)") { $0.tls.cafile = authority }
    var happenings: [Happening] = []
    for await happening in dialed.happenings { happenings.append(happening) }
    #expect(happenings == [.error("handshake clientCertificateRequired"), .closed])
  }

  @Test func aMissingClientCertificateFailsTheUpgrade() async throws {
    let server = try TLSServer(certificates.server, demanding("-tls1_3"))
    defer { server.stop() }
    let authority = certificates.authority.certificate
    let outcome = try await failure("wss://127.0.0.1:\(server.port)") { $0.tls.cafile = authority }
    #expect(outcome == "handshake clientCertificateRequired")
  }

  @Test func aRefusedClientCertificate() async throws {
    let stranger = certificates.strangerServer
    let seen = try await outcome(certificates.server, demanding("-tls1_2")) {
      $0.certificateFile = stranger.certificate
      $0.keyFile = stranger.key
    }
    #expect(seen.hasPrefix("handshake clientCertificateRejected("), "\(seen)")
  }

  // MARK: Files

  @Test func files() async throws {
    let (certificates, directory) = (certificates, certificates.directory)
    let empty = try directory.write("empty.pem", "")
    let words = try directory.write("words.pem", "no certificate in here\n")
    let cases: [(outcome: String, configure: @Sendable (inout TLSSettings) -> Void)] = [
      ("file cafile missing", { $0.cafile = "/nowhere/ca.pem" }),
      ("file cafile notPEM", { $0.cafile = empty }),
      ("file cafile notPEM", { $0.cafile = words }),
      ("file cafile unreadable(errno: 21)", { $0.cafile = "/tmp" }),
      ("file capath missing", { $0.capath = "/nowhere" }),
      ("file capath unreadable(errno: 20)", { $0.capath = words }),
      ("file certificate missing", { $0.certificateFile = "/nowhere/c.pem" }),
      ("file certificate notPEM", { $0.certificateFile = words }),
      ("file key notPEM", { $0.certificateFile = certificates.client.certificate }),
      (
        "file key missing",
        {
          $0.certificateFile = certificates.client.certificate
          $0.keyFile = "/nowhere/c.key"
        }
      ),
      (
        "file key keyDoesNotMatch",
        {
          $0.certificateFile = certificates.client.certificate
          $0.keyFile = certificates.server.key
        }
      ),
      (
        "file key needsPassword",
        {
          $0.certificateFile = certificates.client.certificate
          $0.keyFile = certificates.encryptedClientKey
        }
      ),
      (
        "file key wrongPassword",
        {
          $0.certificateFile = certificates.client.certificate
          $0.keyFile = certificates.encryptedClientKey
          $0.keyPassword = Array("guess".utf8)
        }
      ),
      ("file keyLog missing", { $0.keyLogFile = "/nowhere/keys.log" }),
    ]
    for (outcome, configure) in cases {
      // Nothing listens there: files are read before anything is dialed.
      let seen = try await failure("wss://127.0.0.1:1/") { configure(&$0.tls) }
      #expect(seen == outcome)
    }
  }

  @Test func keyLogOnlyWhenAskedFor() async throws {
    let log = certificates.directory.file("keys.log")
    #expect(try await outcome(certificates.server) { $0.keyLogFile = log } == "connected")
    let text = String(decoding: try readFile(log), as: UTF8.self)
    #expect(text.contains("CLIENT_TRAFFIC_SECRET_0 "))
  }

  // MARK: Peers that are not quite TLS

  @Test(arguments: [
    ("HTTP/1.1 400 Bad Request\r\n\r\n", 72), ("\u{20}\u{2}\u{0}\u{1}", 0x20), ("SSH-2.0-x\r\n", 83),
  ]) func plainTextOnATLSPort(_ answer: String, _ first: Int) async throws {
    let peer = try ScriptedPeer { connection in
      try connection.send(answer)
      try connection.readToEnd()
    }
    let seen = try await failure("wss://127.0.0.1:\(peer.port)/")
    #expect(seen.hasPrefix("handshake plainText([\(first), "), "\(seen)")
  }

  @Test func aServerThatHangsUpOnTheHello() async throws {
    let peer = try ScriptedPeer { _ = try $0.read(5) }
    let seen = try await failure("wss://127.0.0.1:\(peer.port)/")
    // Unread bytes of the hello may turn its end into a reset.
    #expect(["handshake closed", "closed reset tls"].contains(seen), "\(seen)")
  }

  @Test func anEndWithoutGoodbyeIsALostConnection() async throws {
    let server = try TLSServer(certificates.server)
    let authority = certificates.authority.certificate
    let dialed = try await dial("mqtts://127.0.0.1:\(server.port)") { $0.tls.cafile = authority }
    try server.process.write("half a mess")
    #expect(await dialed.receive(11) == "half a mess")
    server.stop()
    var happenings: [Happening] = []
    for await happening in dialed.happenings { happenings.append(happening) }
    #expect(happenings == [.error("closed tlsTruncated open"), .closed])
  }
}
