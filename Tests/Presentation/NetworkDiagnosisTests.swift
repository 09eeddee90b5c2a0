import Client
import Glibc
import MQTTPackets
import Testing
import WebSocketTransport

@testable import Presentation

struct NetworkDiagnosisTests {
  static let rows: [DiagnosisRow] = [
    DiagnosisRow(
      transport: .resolution(host: "no.such", .notFound), .noHost,
      "dns: no such host 'no.such' — check the host (-h, or in the URL)"),
    DiagnosisRow(
      transport: .resolution(host: "h", .noAddress(.ipv6)), .noHost,
      "dns: 'h' has no IPv6 address — leave out -6"),
    DiagnosisRow(
      transport: .resolution(host: "h", .noAddress(.ipv4)), .noHost,
      "dns: 'h' has no IPv4 address — leave out -4"),
    DiagnosisRow(
      transport: .resolution(host: "h", .temporary), .noHost,
      "dns: no name server answered for 'h' — check the network; --retry N tries again"),
    DiagnosisRow(
      transport: .resolution(host: "h", .system(errno: EMFILE)), .noHost,
      "dns: looking up 'h' failed: Too many open files — check the network"),
    DiagnosisRow(
      transport: .resolution(host: "h", .other(code: -4, text: "Non-recoverable failure")), .noHost,
      "dns: looking up 'h' failed: Non-recoverable failure — check the host (-h, or in the URL)"),
    DiagnosisRow(
      transport: .connection([attempt("127.0.0.1", ECONNREFUSED)]), .unavailable,
      "tcp: 'broker.lab:8083': connection refused — nothing listens there: check -p, and that the broker's WebSocket listener is running"
    ),
    DiagnosisRow(
      transport: .connection([attempt("10.0.0.1", ENETUNREACH), attempt("10.0.0.2", nil)]), .unavailable,
      "tcp: 'broker.lab:8083': no address answered (network is unreachable, no answer) (2 addresses tried) — check the network and the host; -4 or -6 uses one kind of address only"
    ),
    DiagnosisRow(
      transport: .connection([attempt("10.0.0.1", EADDRNOTAVAIL)]), .unavailable,
      "tcp: 'broker.lab:8083': cannot assign requested address — check --bind-address"),
    DiagnosisRow(
      transport: .connection([attempt("10.0.0.1", EACCES)]), .unavailable,
      "tcp: 'broker.lab:8083': permission denied — a firewall of this machine may forbid it"),
    DiagnosisRow(
      transport: .connection([attempt("10.0.0.1", nil)]), .unavailable,
      "tcp: 'broker.lab:8083': no answer — check host and port; a firewall may drop the packets"),
    DiagnosisRow(
      transport: .timeout(.resolution, after: .seconds(10), attempts: []), .noHost,
      "dns: no answer about the host name within 10s — check the network; --connect-timeout allows more time"),
    DiagnosisRow(
      transport: .timeout(.tcp, after: .seconds(10), attempts: []), .unavailable,
      "tcp: no connection within 10s — check host and port; a firewall may drop the packets; --connect-timeout allows more time"
    ),
    DiagnosisRow(
      transport: .timeout(.proxy, after: .seconds(10), attempts: []), .proxy,
      "proxy: no answer of the proxy within 10s — check --proxy; --connect-timeout allows more time"),
    DiagnosisRow(
      transport: .timeout(.tls, after: .seconds(10), attempts: []), .tlsHandshake,
      "tls: the TLS handshake was not finished within 10s — is this a TLS port? try ws://broker.lab:8083/mqtt; --connect-timeout allows more time"
    ),
    DiagnosisRow(
      transport: .timeout(.upgrade, after: .milliseconds(500), attempts: []), .unavailable,
      "websocket: no answer to the WebSocket upgrade within 500ms — is this an HTTP port? check -p and --path; --connect-timeout allows more time"
    ),
    DiagnosisRow(
      transport: .timeout(.open, after: .seconds(30), attempts: []), .unavailable,
      "websocket: the connection stood still for 30s — check the network, and a proxy in between"),
    DiagnosisRow(
      transport: .proxy(.refused(status: 407, reason: "x")), .proxy,
      "proxy: the proxy wants a user name and password (407) — --proxy http://USER:PASSWORD@HOST:PORT"),
    DiagnosisRow(
      transport: .proxy(.refused(status: 403, reason: "Denied")), .proxy,
      "proxy: the proxy refuses to connect: 403 'Denied' — proxies often allow port 443 only"),
    DiagnosisRow(
      transport: .proxy(.refused(status: 503, reason: "Down")), .proxy,
      "proxy: the proxy cannot reach the server: 503 'Down' — check that host and port are reachable from the proxy"
    ),
    DiagnosisRow(
      transport: .proxy(.resolution(host: "p", .notFound)), .proxy,
      "proxy: no address for the proxy 'p' — check --proxy"
    ),
    DiagnosisRow(
      transport: .proxy(.connection([attempt("10.0.0.1", ECONNREFUSED)])), .proxy,
      "proxy: no connection to the proxy: connection refused — check --proxy"),
    DiagnosisRow(
      transport: .proxy(.notHTTP([0])), .proxy,
      "proxy: what answers as the proxy does not speak HTTP — check --proxy"),
    DiagnosisRow(
      transport: .proxy(.answerTooLarge), .proxy, "proxy: the proxy's answer is too large — check --proxy"),
    DiagnosisRow(
      transport: .proxy(.closed), .proxy,
      "proxy: the proxy closed the connection without an answer — check --proxy"),
    DiagnosisRow(
      transport: .system(errno: EMFILE, operation: "socket"), .os,
      "system: socket: too many open files — too many files are open: raise ulimit -n"),
    DiagnosisRow(
      transport: .system(errno: EADDRINUSE, operation: "bind"), .os,
      "system: bind: address already in use — the address is in use: choose another port with -p"),
  ]

  @Test(arguments: rows)
  func row(row: DiagnosisRow) throws { row.check(try context("wss://broker.lab:8083/mqtt")) }

  static let endsRows: [(CloseReason, ExitStatus, String)] = [
    (
      CloseReason.endOfStream, ExitStatus.unavailable,
      "the connection was lost: the server closed it without a close frame — the server's log may say why"
    ),
    (.reset, .unavailable, "the connection was lost: reset by the peer — the server's log may say why"),
    (
      .tlsTruncated, .unavailable,
      "the connection was lost: it ended without TLS's goodbye, so bytes may be missing — the server's log may say why"
    ),
    (
      .timedOut, .unavailable,
      "the connection was lost: the peer stopped answering — the server's log may say why"
    ),
    (
      .failed(errno: EHOSTUNREACH), .unavailable,
      "the connection was lost: no route to host — the server's log may say why"
    ),
    (
      .closeFrame(code: nil, reason: ""), .unavailable,
      "the server closed the WebSocket: a close frame without a code — the server's log may say why"
    ),
    (
      .closeFrame(code: 1000, reason: "MQTT died"), .unavailable,
      "the server closed the WebSocket: close 1000 (normal closure) 'MQTT died' — the server's log may say why"
    ),
    (
      .closeFrame(code: 1002, reason: "\u{1B}"), .protocolError,
      "the server closed the WebSocket: close 1002 (protocol error) '\\e' — the server's log may say why"
    ),
    (
      .closeFrame(code: 1003, reason: ""), .protocolError,
      "the server closed the WebSocket: close 1003 (unsupported data) — it does not take binary frames: is MQTT behind this path?"
    ),
    (
      .closeFrame(code: 1008, reason: ""), .protocolError,
      "the server closed the WebSocket: close 1008 (policy violation) — its policy: check credentials, topics and --origin"
    ),
    (
      .closeFrame(code: 1009, reason: ""), .protocolError,
      "the server closed the WebSocket: close 1009 (message too big) — a packet was larger than it takes"
    ),
    (
      .closeFrame(code: 1011, reason: ""), .unavailable,
      "the server closed the WebSocket: close 1011 (internal error) — the server's log may say why"
    ),
    (
      .closeFrame(code: 1013, reason: ""), .temporaryFailure,
      "the server closed the WebSocket: close 1013 (try again later) — try again later; --retry N does"
    ),
    (
      .closeFrame(code: 4000, reason: "x"), .unavailable,
      "the server closed the WebSocket: close 4000 'x' — the server's log may say why"
    ),
  ]

  @Test(arguments: endsRows)
  func ends(reason: CloseReason, status: ExitStatus, text: String) throws {
    DiagnosisRow(transport: .closed(reason, .open), status, "websocket: " + text).check(
      try context("ws://h/mqtt"))
  }

  /// FIN or RST is a matter of what the server has read, and tells nothing.
  @Test func aServerThatHangsUpOnTheUpgrade() throws {
    DiagnosisRow(
      transport: .closed(.reset, .upgrade), .protocolError,
      "websocket: the server closed the connection without an answer to the upgrade (reset by the peer) — is this the broker's WebSocket port? Its plain MQTT port hangs up like this; with TLS try wss://h:1883/mqtt; some brokers close like this on another --subprotocol than mqtt"
    ).check(try context("ws://h:1883/mqtt"))
    DiagnosisRow(
      transport: .closed(.timedOut, .upgrade), .unavailable,
      "websocket: the connection was lost: the peer stopped answering — before the upgrade was answered: check the network"
    ).check(try context("ws://h:1883/mqtt"))
  }

  @Test func anIPv6AddressHasBracketsInFrontOfItsPort() throws {
    DiagnosisRow(
      transport: .connection([attempt("::1", ECONNREFUSED)]), .unavailable,
      "tcp: '[::1]:8083': connection refused — nothing listens there: check -p, and that the broker's WebSocket listener is running"
    ).check(try context("ws://[::1]:8083/mqtt"))
  }

  static let silenceRows: [(Int, String)] = [
    (60, "proxies often cut at 60 s"), (100, "some CDNs cut at 100 s"),
    (240, "some load balancers cut at 4 min"),
    (300, "a proxy may cut idle connections"),
  ]

  @Test(arguments: silenceRows)
  func silence(seconds: Int, suspect: String) throws {
    var context = try context("ws://h/mqtt")
    context.idle = .seconds(seconds)
    context.keepAlive = 120
    let line = DiagnosisTable(context).diagnosis(.closed(.endOfStream, .open)).line()
    #expect(line.contains("and \(suspect): lower -k (now 120 s)"))
  }

  @Test func portsThatNobodyNamed() throws {
    let error = TransportError.connection([attempt("127.0.0.1", ECONNREFUSED)])
    DiagnosisRow(
      transport: error, .unavailable,
      "tcp: 'h:80': connection refused — no port was given, so 80 was tried: add the broker's WebSocket port with -p"
    ).check(try context("ws://h/mqtt"))
  }

  @Test func theBuiltInTarget() throws {
    var context = try context("ws://localhost:8083/mqtt")
    context.usesBuiltInTarget = true
    DiagnosisRow(
      transport: .connection([attempt("127.0.0.1", ECONNREFUSED)]), .unavailable,
      "tcp: 'localhost:8083': connection refused — no target was set, so the built-in default was tried: name a URL or @PROFILE, or try @demo"
    ).check(context)
  }

  @Test func originsOfTheOffendingValue() throws {
    var context = try context("ws://broker.lab:8083/mqtt")
    context.origin = { $0 == "host" ? "profile lab, profiles.toml:12" : nil }
    let diagnosis = DiagnosisTable(context).diagnosis(.resolution(host: "broker.lab", .notFound))
    #expect(
      diagnosis.line()
        == "mqttws: dns: no such host 'broker.lab' — check the host (-h, or in the URL); host came from profile lab, profiles.toml:12"
    )
    #expect(diagnosis.json().contains(#""setting":"host","origin":"profile lab, profiles.toml:12""#))
  }

  @Test func everyAddressIsEvidence() throws {
    let attempts = [attempt("10.0.0.1", ECONNREFUSED), attempt("10.0.0.2", nil)]
    let diagnosis = DiagnosisTable(try context("ws://h/mqtt")).diagnosis(.connection(attempts))
    #expect(
      diagnosis.evidenceLines() == ["  10.0.0.1:8083: connection refused", "  10.0.0.2:8083: no answer"])
    #expect(!diagnosis.isEvidenceEssential)
  }
}
