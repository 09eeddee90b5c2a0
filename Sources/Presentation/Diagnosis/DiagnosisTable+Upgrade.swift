import Client
import Text
import WebSocketTransport

/// The HTTP upgrade and what follows it on the WebSocket.
extension DiagnosisTable {
  func row(_ error: UpgradeRequestError) -> Diagnosis {
    let (setting, diagnosis) =
      switch error {
      case .invalidTarget:
        (
          "path",
          Diagnosis(.usage, .usage, "the path cannot be sent", "it begins with / and is percent-encoded")
        )
      case .invalidName(let name):
        ("headers", Diagnosis(.usage, .usage, "\(Self.quoted(name)) is no header name", "check --header"))
      case .invalidValue(let name):
        (
          "headers",
          Diagnosis(
            .usage, .usage, "the value of the header \(Self.quoted(name)) holds a control character",
            "check --header")
        )
      case .reserved(let name):
        (
          "headers",
          Diagnosis(
            .usage, .usage, "the header \(Self.quoted(name)) belongs to the WebSocket handshake",
            "leave it out; --subprotocol, --origin and -h set what can be set")
        )
      }
    return about(setting, diagnosis)
  }

  // MARK: Refused

  func row(_ refusal: UpgradeRefusal) -> Diagnosis {
    let reason = refusal.reason.isEmpty ? "" : " \(Self.quoted(refusal.reason, limit: 80))"
    let (cause, hint, setting) = refusalRow(refusal)
    var diagnosis = Diagnosis(.upgrade, .upgradeRefused, "HTTP \(refusal.status)\(reason): \(cause)", hint)
    diagnosis.httpStatus = refusal.status
    diagnosis.evidence = UpgradeEvidence.lines(refusal)
    diagnosis.isEvidenceEssential = true
    return about(setting, diagnosis)
  }

  private func refusalRow(_ refusal: UpgradeRefusal) -> (cause: String, hint: String, setting: String) {
    let path = Self.quoted(URLQueryRedaction.redacted(context.url?.target ?? "/"))
    switch refusal.status {
    case 200..<300:
      return (
        "a web page answers at \(path), no WebSocket", "check --path: brokers often use /mqtt, /ws or /",
        "path"
      )
    case 300..<400: return redirect(refusal)
    case 400: return badRequest(refusal, path)
    case 401, 403: return forbidden(refusal)
    case 404:
      return ("nothing at the path \(path)", "check --path: brokers often use /mqtt, /ws or /", "path")
    case 405:
      return ("the path \(path) takes no upgrade", "check --path: brokers often use /mqtt, /ws or /", "path")
    case 407:
      return ("a proxy on the way wants credentials", "give --proxy http://USER:PASSWORD@HOST:PORT", "proxy")
    case 426:
      let versions = refusal.headers["Sec-WebSocket-Version"].joined(separator: ", ")
      if versions.isEmpty {
        return ("the server saw no WebSocket upgrade it knows", "check --path; \(Self.proxyHeaders)", "path")
      }
      return (
        "the server speaks WebSocket version \(versions)", "mqttws speaks 13, the only standard one", "url"
      )
    case 429:
      let after = refusal.headers.first("Retry-After").map { ", after \(Self.quoted($0)) seconds" } ?? ""
      return ("too many requests", "try again later\(after); --retry N does", "url")
    case 502:
      return (
        "a proxy answers, and the broker behind it does not", "check the broker; \(Self.proxyHeaders)", "url"
      )
    case 503, 504:
      return (
        "a proxy answers, and the broker behind it does not", "check the broker; --retry N tries again", "url"
      )
    case 500..<600: return ("the server failed", "its log says why", "url")
    default: return ("the server refused the upgrade", "check --path and the headers", "path")
    }
  }

  private func redirect(_ refusal: UpgradeRefusal) -> (String, String, String) {
    guard let location = refusal.location else {
      return ("a redirect that names no address", "check --path", "path")
    }
    let cause = "the server redirects to \(Self.quoted(URLQueryRedaction.redacted(location)))"
    guard let address = context.url?.redirected(to: location) else {
      return (cause, "that is no address of a WebSocket: check --path", "url")
    }
    return (cause, "run again with \(Self.quoted(address.description))", "url")
  }

  private func badRequest(_ refusal: UpgradeRefusal, _ path: String) -> (String, String, String) {
    let body = String(decoding: refusal.bodyPrefix, as: UTF8.self).lowercased()
    if body.contains("plain http request was sent to https port") {
      return ("the port wants TLS", "use \(target(usesTLS: true))", "tls")
    }
    if body.contains("ssl certificate") {
      return ("the server wants another client certificate", "give --cert FILE and --key FILE", "cert")
    }
    return (
      "the server does not take the upgrade at \(path)",
      "check --path and --subprotocol; \(Self.proxyHeaders)", "path"
    )
  }

  private static let proxyHeaders =
    "behind nginx set proxy_http_version 1.1 and the Upgrade and Connection headers"

  private func forbidden(_ refusal: UpgradeRefusal) -> (String, String, String) {
    let what = refusal.status == 401 ? "credentials are wanted" : "access is denied"
    if let skew = clockSkew(refusal), abs(skew) >= 60 {
      let direction = skew > 0 ? "ahead of" : "behind"
      return (
        "\(what) at the upgrade, before MQTT",
        "this clock is \(abs(skew)) s \(direction) the server's, which breaks signed requests", "url"
      )
    }
    return (
      "\(what) at the upgrade, before MQTT",
      "-u and -P do not count here: check --header 'Authorization: …', a signed URL, and --origin", "headers"
    )
  }

  /// Seconds that our clock is ahead of the server's.
  private func clockSkew(_ refusal: UpgradeRefusal) -> Int64? {
    guard let now = context.now, let date = refusal.headers.first("Date"),
      let server = HTTPDate.seconds(date)
    else { return nil }
    return now.seconds - server
  }

  // MARK: Invalid

  func row(_ violation: UpgradeViolation) -> Diagnosis {
    if case .notHTTP(let looksLike) = violation.kind { return row(looksLike, detail: violation.detail) }
    let (cause, hint, setting) = violationRow(violation)
    var diagnosis = Diagnosis(.websocket, .protocolError, cause, hint)
    diagnosis.httpStatus = violation.status
    diagnosis.evidence = ["\(violation.detail), byte \(violation.offset) of the answer (\(violation.rule))"]
    return about(setting, diagnosis)
  }

  /// Whether a FIN or a RST: a server that has not read all of the request sends the latter.
  var hangUpHint: String {
    "is this the broker's WebSocket port? Its plain MQTT port hangs up like this; with TLS try \(target(usesTLS: true)); "
      + "some brokers close like this on another --subprotocol than mqtt"
  }

  private func violationRow(_ violation: UpgradeViolation) -> (String, String, String) {
    let proxy = "a proxy or cache on the way may have changed it"
    switch violation.kind {
    case .closedWithoutAnswer:
      return ("the server closed the connection without an answer to the upgrade", hangUpHint, "port")
    case .truncated:
      return ("the server closed the connection inside its answer to the upgrade", proxy, "url")
    case .missingAccept, .wrongAccept, .duplicateAccept:
      return ("the answer is not for this handshake: \(violation.detail)", proxy, "url")
    case .missingSubprotocol:
      return (
        "the server did not confirm the subprotocol mqtt",
        "a broken proxy, or no MQTT there: check --path; --allow-no-subprotocol goes on all the same", "path"
      )
    case .wrongSubprotocol(let name):
      return (
        "the server chose the subprotocol \(Self.quoted(name)), which was not offered", "check --path", "path"
      )
    case .duplicateSubprotocol:
      return ("the server confirms more than one subprotocol", "check --path", "path")
    case .missingUpgrade, .missingConnection:
      return ("the answer 101 is no WebSocket upgrade: \(violation.detail)", proxy, "url")
    case .unofferedExtension:
      return ("the server uses an extension that was not offered: \(violation.detail)", proxy, "url")
    case .lineTooLong, .tooManyHeaders, .headTooLarge:
      return ("the answer's head is too large: \(violation.detail)", "check --path", "path")
    default: return ("the answer to the upgrade is not sound HTTP: \(violation.detail)", proxy, "url")
    }
  }

  func row(_ looksLike: LooksLike, detail: String? = nil) -> Diagnosis {
    let port = "check -p: it must be the broker's WebSocket port"
    var diagnosis: Diagnosis
    var setting = "port"
    switch looksLike {
    case .tlsAlert, .tls:
      diagnosis = Diagnosis(
        .tls, .tlsHandshake, "the port speaks TLS, not plain HTTP", "use \(target(usesTLS: true))")
      setting = "tls"
    case .mqtt:
      diagnosis = Diagnosis(.websocket, .protocolError, "the port speaks MQTT without a WebSocket", port)
    case .ssh: diagnosis = Diagnosis(.websocket, .protocolError, "the port speaks SSH", port)
    case .http2:
      diagnosis = Diagnosis(.websocket, .protocolError, "the port speaks HTTP/2 only", "HTTP/1.1 is needed")
    case .greeting:
      diagnosis = Diagnosis(.websocket, .protocolError, "the port speaks a mail or FTP protocol", port)
    case .html: diagnosis = Diagnosis(.websocket, .protocolError, "the port sends a page without HTTP", port)
    case .webSocketFrame:
      diagnosis = Diagnosis(
        .websocket, .protocolError, "a WebSocket frame came before the answer to the upgrade", port)
    case .text, .unknown:
      diagnosis = Diagnosis(.websocket, .protocolError, "the port does not speak HTTP", port)
    }
    if let detail { diagnosis.evidence = [detail] }
    return about(setting, diagnosis)
  }

  // MARK: Frames

  func row(_ violation: WebSocketViolation) -> Diagnosis {
    var diagnosis: Diagnosis
    switch violation.kind {
    case .textFrame:
      diagnosis = Diagnosis(
        .websocket, .protocolError, "the server sent a text frame, so this is not MQTT over WebSocket",
        "check --path")
    case .frameTooLarge, .tooManyFragments:
      diagnosis = Diagnosis(
        .websocket, .protocolError, "the server's frame is too large: \(violation.detail)",
        "--max-packet raises the limit")
    default:
      diagnosis = Diagnosis(
        .websocket, .protocolError, "the server sent a bad frame: \(violation.detail) (\(violation.rule))",
        Self.serverAtFault)
    }
    diagnosis.evidence = [
      "at byte \(violation.offset) after the upgrade: \(violation.detail) (\(violation.rule))"
    ]
    return diagnosis
  }
}

/// What a refused upgrade showed: status, header fields, first bytes of the body.
package enum UpgradeEvidence {
  private static let shownBody = 200

  /// Raw text; whoever prints it sanitises.
  package static func lines(_ refusal: UpgradeRefusal) -> [String] {
    var lines = ["HTTP/1.1 \(refusal.status) \(refusal.reason)"]
    for field in refusal.headers.fields.prefix(20) {
      let isSecret = ["set-cookie", "authorization"].contains(field.name.lowercased())
      // A redirect repeats the query of the address that was asked for.
      let value = isSecret ? "(hidden)" : String(URLQueryRedaction.redacted(field.value).prefix(200))
      lines.append("\(field.name): \(value)")
    }
    if refusal.headers.fields.count > 20 {
      lines.append("… \(refusal.headers.fields.count - 20) headers more")
    }
    let body = refusal.bodyPrefix
    if !body.isEmpty {
      lines.append("body: " + Sanitiser.line(body.prefix(shownBody)) + (body.count > shownBody ? "…" : ""))
    }
    return lines
  }
}

/// The date of HTTP, RFC 9110 5.6.7, in the one form that servers must send.
package enum HTTPDate {
  /// `Sun, 22 Nov 2026 14:48:56 GMT` as seconds since 1970.
  package static func seconds(_ text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), let year = Int64(parts[3]) else {
      return nil
    }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard let month = months.firstIndex(of: String(parts[2])), clock.count == 3, (1...31).contains(day),
      (1970...9999).contains(year), clock.allSatisfy({ (0...60).contains($0) })
    else { return nil }
    return days(year, Int64(month) + 1, day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  /// Days since 1970 in the Gregorian calendar, with years that begin in March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
