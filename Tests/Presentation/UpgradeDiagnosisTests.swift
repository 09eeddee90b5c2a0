import Client
import Testing
import WebSocketTransport

@testable import Presentation

struct UpgradeDiagnosisTests {
  static let paths = "check --path: brokers often use /mqtt, /ws or /"
  static let proxy = "a proxy or cache on the way may have changed it"

  static let refusedRows: [DiagnosisRow] = [
    DiagnosisRow(
      transport: refusal(200, "OK"), .upgradeRefused,
      "upgrade: HTTP 200 'OK': a web page answers at '/x', no WebSocket — \(paths)"),
    DiagnosisRow(
      transport: refusal(301, "Moved", [("Location", "https://b.lab/mqtt")]), .upgradeRefused,
      "upgrade: HTTP 301 'Moved': the server redirects to 'https://b.lab/mqtt' — run again with 'wss://b.lab/mqtt'"
    ),
    DiagnosisRow(
      transport: refusal(301, "", [("Location", "https://b.lab/mqtt/?a=1&token=s3cret")]), .upgradeRefused,
      "upgrade: HTTP 301: the server redirects to 'https://b.lab/mqtt/?a=1&token=…' — run again with 'wss://b.lab/mqtt/?a=1&token=…'"
    ),
    DiagnosisRow(
      transport: refusal(302, "", [("location", "/y\u{1B}")]), .upgradeRefused,
      "upgrade: HTTP 302: the server redirects to '/y\\e' — that is no address of a WebSocket: check --path"),
    DiagnosisRow(
      transport: refusal(301, "", [("Location", "/x/")]), .upgradeRefused,
      "upgrade: HTTP 301: the server redirects to '/x/' — run again with 'ws://h:8080/x/'"),
    DiagnosisRow(
      transport: refusal(308, "", [("Location", "//b.lab/ws?token=s3cret")]), .upgradeRefused,
      "upgrade: HTTP 308: the server redirects to '//b.lab/ws?token=…' — run again with 'ws://b.lab/ws?token=…'"
    ),
    DiagnosisRow(
      transport: refusal(302, "", [("Location", "ftp://b.lab/")]), .upgradeRefused,
      "upgrade: HTTP 302: the server redirects to 'ftp://b.lab/' — that is no address of a WebSocket: check --path"
    ),
    DiagnosisRow(
      transport: refusal(307), .upgradeRefused,
      "upgrade: HTTP 307: a redirect that names no address — check --path"),
    DiagnosisRow(
      transport: refusal(400, "Bad Request"), .upgradeRefused,
      "upgrade: HTTP 400 'Bad Request': the server does not take the upgrade at '/x' — check --path and --subprotocol; behind nginx set proxy_http_version 1.1 and the Upgrade and Connection headers"
    ),
    DiagnosisRow(
      transport: refusal(400, "", body: "<p>The plain HTTP request was sent to HTTPS port</p>"),
      .upgradeRefused,
      "upgrade: HTTP 400: the port wants TLS — use wss://h:8080/x"),
    DiagnosisRow(
      transport: refusal(400, "", body: "No required SSL certificate was sent"), .upgradeRefused,
      "upgrade: HTTP 400: the server wants another client certificate — give --cert FILE and --key FILE"),
    DiagnosisRow(
      transport: refusal(401, "Unauthorized"), .upgradeRefused,
      "upgrade: HTTP 401 'Unauthorized': credentials are wanted at the upgrade, before MQTT — -u and -P do not count here: check --header 'Authorization: …', a signed URL, and --origin"
    ),
    DiagnosisRow(
      transport: refusal(403, "Forbidden", [("Date", "Sun, 22 Nov 2026 14:48:50 GMT")]), .upgradeRefused,
      "upgrade: HTTP 403 'Forbidden': access is denied at the upgrade, before MQTT — -u and -P do not count here: check --header 'Authorization: …', a signed URL, and --origin"
    ),
    DiagnosisRow(
      transport: refusal(403, "", [("Date", "Sun, 22 Nov 2026 14:38:56 GMT")]), .upgradeRefused,
      "upgrade: HTTP 403: access is denied at the upgrade, before MQTT — this clock is 600 s ahead of the server's, which breaks signed requests"
    ),
    DiagnosisRow(
      transport: refusal(404, "Not Found"), .upgradeRefused,
      "upgrade: HTTP 404 'Not Found': nothing at the path '/x' — \(paths)"),
    DiagnosisRow(
      transport: refusal(405), .upgradeRefused, "upgrade: HTTP 405: the path '/x' takes no upgrade — \(paths)"
    ),
    DiagnosisRow(
      transport: refusal(407), .upgradeRefused,
      "upgrade: HTTP 407: a proxy on the way wants credentials — give --proxy http://USER:PASSWORD@HOST:PORT"),
    DiagnosisRow(
      transport: refusal(426, "", [("Sec-WebSocket-Version", "8")]), .upgradeRefused,
      "upgrade: HTTP 426: the server speaks WebSocket version 8 — mqttws speaks 13, the only standard one"),
    DiagnosisRow(
      transport: refusal(426), .upgradeRefused,
      "upgrade: HTTP 426: the server saw no WebSocket upgrade it knows — check --path; behind nginx set proxy_http_version 1.1 and the Upgrade and Connection headers"
    ),
    DiagnosisRow(
      transport: refusal(429, "", [("Retry-After", "30")]), .upgradeRefused,
      "upgrade: HTTP 429: too many requests — try again later, after '30' seconds; --retry N does"),
    DiagnosisRow(
      transport: refusal(500), .upgradeRefused, "upgrade: HTTP 500: the server failed — its log says why"),
    DiagnosisRow(
      transport: refusal(503), .upgradeRefused,
      "upgrade: HTTP 503: a proxy answers, and the broker behind it does not — check the broker; --retry N tries again"
    ),
    DiagnosisRow(
      transport: refusal(418), .upgradeRefused,
      "upgrade: HTTP 418: the server refused the upgrade — check --path and the headers"),
  ]

  @Test(arguments: refusedRows)
  func refused(row: DiagnosisRow) throws { try check(row) }

  static let invalidRows: [DiagnosisRow] = [
    DiagnosisRow(
      transport: violation(.missingSubprotocol), .protocolError,
      "websocket: the server did not confirm the subprotocol mqtt — a broken proxy, or no MQTT there: check --path; --allow-no-subprotocol goes on all the same"
    ),
    DiagnosisRow(
      transport: violation(.wrongSubprotocol("chat\n")), .protocolError,
      "websocket: the server chose the subprotocol 'chat\\n', which was not offered — check --path"),
    DiagnosisRow(
      transport: violation(.duplicateSubprotocol), .protocolError,
      "websocket: the server confirms more than one subprotocol — check --path"),
    DiagnosisRow(
      transport: violation(.wrongAccept, "Sec-WebSocket-Accept is a, expected b"), .protocolError,
      "websocket: the answer is not for this handshake: Sec-WebSocket-Accept is a, expected b — \(proxy)"),
    DiagnosisRow(
      transport: violation(.missingAccept), .protocolError,
      "websocket: the answer is not for this handshake: detail — \(proxy)"),
    DiagnosisRow(
      transport: violation(.missingUpgrade), .protocolError,
      "websocket: the answer 101 is no WebSocket upgrade: detail — \(proxy)"),
    DiagnosisRow(
      transport: violation(.unofferedExtension), .protocolError,
      "websocket: the server uses an extension that was not offered: detail — \(proxy)"),
    DiagnosisRow(
      transport: violation(.headTooLarge), .protocolError,
      "websocket: the answer's head is too large: detail — check --path"),
    DiagnosisRow(
      transport: violation(.headerSyntax), .protocolError,
      "websocket: the answer to the upgrade is not sound HTTP: detail — \(proxy)"),
    DiagnosisRow(
      transport: violation(.truncated), .protocolError,
      "websocket: the server closed the connection inside its answer to the upgrade — \(proxy)"),
    DiagnosisRow(
      transport: violation(.closedWithoutAnswer), .protocolError,
      "websocket: the server closed the connection without an answer to the upgrade — is this the broker's WebSocket port? Its plain MQTT port hangs up like this; with TLS try wss://h:8080/x; some brokers close like this on another --subprotocol than mqtt"
    ),
    DiagnosisRow(
      transport: violation(.notHTTP(.mqtt)), .protocolError,
      "websocket: the port speaks MQTT without a WebSocket — check -p: it must be the broker's WebSocket port"
    ),
    DiagnosisRow(
      transport: .notHTTP(.tlsAlert), .tlsHandshake,
      "tls: the port speaks TLS, not plain HTTP — use wss://h:8080/x"),
    DiagnosisRow(
      transport: .notHTTP(.ssh), .protocolError,
      "websocket: the port speaks SSH — check -p: it must be the broker's WebSocket port"),
    DiagnosisRow(
      transport: .notHTTP(.http2), .protocolError,
      "websocket: the port speaks HTTP/2 only — HTTP/1.1 is needed"),
    DiagnosisRow(
      transport: .notHTTP(.unknown), .protocolError,
      "websocket: the port does not speak HTTP — check -p: it must be the broker's WebSocket port"),
    DiagnosisRow(
      transport: .webSocket(
        WebSocketViolation(
          .textFrame, rule: "[MQTT-6.0.0-1]", detail: "text", closeCode: .unsupportedData, offset: 0)),
      .protocolError,
      "websocket: the server sent a text frame, so this is not MQTT over WebSocket — check --path"),
    DiagnosisRow(
      transport: .webSocket(
        WebSocketViolation(
          .maskedByServer, rule: "RFC 6455 5.1", detail: "masked", closeCode: .protocolError, offset: 9)),
      .protocolError,
      "websocket: the server sent a bad frame: masked (RFC 6455 5.1) — the server, or a proxy that changes bytes, is at fault"
    ),
    DiagnosisRow(
      transport: .webSocket(
        WebSocketViolation(.frameTooLarge, rule: "r", detail: "big", closeCode: .messageTooBig, offset: 9)),
      .protocolError, "websocket: the server's frame is too large: big — --max-packet raises the limit"),
    DiagnosisRow(
      transport: .upgradeRequest(.reserved(name: "Host")), .usage,
      "usage: the header 'Host' belongs to the WebSocket handshake — leave it out; --subprotocol, --origin and -h set what can be set"
    ),
    DiagnosisRow(
      transport: .upgradeRequest(.invalidName("a b")), .usage,
      "usage: 'a b' is no header name — check --header"),
    DiagnosisRow(
      transport: .upgradeRequest(.invalidValue(name: "X")), .usage,
      "usage: the value of the header 'X' holds a control character — check --header"),
    DiagnosisRow(
      transport: .upgradeRequest(.invalidTarget), .usage,
      "usage: the path cannot be sent — it begins with / and is percent-encoded"),
  ]

  @Test(arguments: invalidRows)
  func invalid(row: DiagnosisRow) throws { try check(row) }

  private func check(_ row: DiagnosisRow) throws {
    var context = try context("ws://h:8080/x")
    context.now = moment
    row.check(context)
  }

  @Test func refusedUpgradesShowStatusHeadersAndBody() throws {
    let error = refusal(
      403, "Forbidden\u{9B}", [("Server", "x\u{1B}]0;t\u{7}"), ("Set-Cookie", "secret")],
      body: "<b>no\n\u{202E}" + String(repeating: "y", count: 300))
    let diagnosis = DiagnosisTable(try context("ws://h/")).diagnosis(error)
    #expect(diagnosis.isEvidenceEssential)
    #expect(diagnosis.httpStatus == 403)
    let lines = diagnosis.evidenceLines()
    #expect(lines[0] == "  HTTP/1.1 403 Forbidden\\u{009B}")
    #expect(lines[1] == "  Server: x\\e]0;t\\x07")
    #expect(lines[2] == "  Set-Cookie: (hidden)")
    #expect(lines[3].hasPrefix("  body: <b>no\\n\\u{202E}yyy"))
    #expect(lines[3].hasSuffix("y…"))
  }

  static let datesRows: [(String, Int64?)] = [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 22 Nov 2026 14:48:56 GMT", 1_795_358_936),
    ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600), ("garbage", nil), ("Sun, 22 Foo 2026 14:48:56 GMT", nil),
    ("Sun, 22 Nov 99999999999999 14:48:56 GMT", nil), ("Sun, 22 Nov 2026 99:48:56 GMT", nil),
  ]

  @Test(arguments: datesRows)
  func dates(text: String, seconds: Int64?) { #expect(HTTPDate.seconds(text) == seconds) }
}
