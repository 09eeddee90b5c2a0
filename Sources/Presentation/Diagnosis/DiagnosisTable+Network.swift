import Client
import Glibc
import NIOCore
import Text
import WebSocketTransport

/// DNS, TCP, proxy, time and the end of connections.
extension DiagnosisTable {
  func row(_ host: String, _ failure: ResolutionFailure) -> Diagnosis {
    let name = Self.quoted(host)
    let diagnosis =
      switch failure {
      case .notFound: Diagnosis(.dns, .noHost, "no such host \(name)", "check the host (-h, or in the URL)")
      case .noAddress(.ipv4): Diagnosis(.dns, .noHost, "\(name) has no IPv4 address", "leave out -4")
      case .noAddress(.ipv6): Diagnosis(.dns, .noHost, "\(name) has no IPv6 address", "leave out -6")
      case .noAddress:
        Diagnosis(.dns, .noHost, "\(name) has no address", "check the host (-h, or in the URL)")
      case .temporary:
        Diagnosis(
          .dns, .noHost, "no name server answered for \(name)", "check the network; --retry N tries again")
      case .system(let code):
        Diagnosis(.dns, .noHost, "looking up \(name) failed: \(Self.errorText(code))", "check the network")
      case .other(_, let text):
        Diagnosis(.dns, .noHost, "looking up \(name) failed: \(text)", "check the host (-h, or in the URL)")
      }
    return about("host", withBuiltInTarget(diagnosis))
  }

  func row(_ attempts: [FailedAttempt]) -> Diagnosis {
    var diagnosis = Diagnosis(.tcp, .unavailable, cause(attempts), hint(attempts))
    diagnosis.evidence = evidence(attempts)
    return about("port", withBuiltInTarget(diagnosis))
  }

  private func cause(_ attempts: [FailedAttempt]) -> String {
    guard let first = attempts.first else { return "no address to connect to" }
    let host = context.url?.authority ?? Self.text(first.address)
    let reasons = attempts.map { Self.reason($0.errno) }
    let same = reasons.allSatisfy { $0 == reasons[0] }
    let what = same ? reasons[0] : "no address answered (\(Self.unique(reasons).joined(separator: ", ")))"
    let count = attempts.count > 1 ? " (\(attempts.count) addresses tried)" : ""
    return "\(Self.quoted(host)): \(what)\(count)"
  }

  /// Why an address could not be connected to; nil: the deadline passed first.
  package static func reason(_ code: Int32?) -> String {
    switch code {
    case nil: "no answer"
    case ECONNREFUSED: "connection refused"
    case .some(let code): errorText(code).lowercased()
    }
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: [String] = []
    for text in texts where !seen.contains(text) { seen.append(text) }
    return seen
  }

  private func evidence(_ attempts: [FailedAttempt]) -> [String] {
    attempts.map { "\(Self.text($0.address)): \(Self.reason($0.errno))" }
  }

  private func hint(_ attempts: [FailedAttempt]) -> String {
    let codes = attempts.map(\.errno)
    if codes.contains(ECONNREFUSED) {
      if let url = context.url, url.explicitPort == nil {
        return "no port was given, so \(url.port) was tried: add the broker's WebSocket port with -p"
      }
      return "nothing listens there: check -p, and that the broker's WebSocket listener is running"
    }
    if codes.contains(EADDRNOTAVAIL) { return "check --bind-address" }
    if codes.contains(EACCES) || codes.contains(EPERM) { return "a firewall of this machine may forbid it" }
    if codes.contains(ENETUNREACH) || codes.contains(EHOSTUNREACH) {
      return "check the network and the host; -4 or -6 uses one kind of address only"
    }
    return "check host and port; a firewall may drop the packets"
  }

  private func withBuiltInTarget(_ diagnosis: Diagnosis) -> Diagnosis {
    guard context.usesBuiltInTarget else { return diagnosis }
    var diagnosis = diagnosis
    diagnosis.hint =
      "no target was set, so the built-in default was tried: name a URL or @PROFILE, or try @demo"
    return diagnosis
  }

  func timeout(_ phase: TransportPhase, _ after: Duration, _ attempts: [FailedAttempt]) -> Diagnosis {
    let time = Human.duration(after)
    let longer = "--connect-timeout allows more time"
    var diagnosis =
      switch phase {
      case .resolution:
        Diagnosis(
          .dns, .noHost, "no answer about the host name within \(time)", "check the network; \(longer)")
      case .tcp:
        Diagnosis(
          .tcp, .unavailable, "no connection within \(time)",
          "check host and port; a firewall may drop the packets; \(longer)")
      case .proxy:
        Diagnosis(.proxy, .proxy, "no answer of the proxy within \(time)", "check --proxy; \(longer)")
      case .tls:
        Diagnosis(
          .tls, .tlsHandshake, "the TLS handshake was not finished within \(time)",
          "is this a TLS port? try \(target(usesTLS: false)); \(longer)")
      // Not of the opening: a packet did not go on, or nothing of ours was taken.
      case .open:
        Diagnosis(
          .websocket, .unavailable, "the connection stood still for \(time)",
          "check the network, and a proxy in between")
      case .upgrade:
        Diagnosis(
          .websocket, .unavailable, "no answer to the WebSocket upgrade within \(time)",
          "is this an HTTP port? check -p and --path; \(longer)")
      }
    diagnosis.evidence = evidence(attempts)
    let setting =
      switch phase {
      case .tcp: "port"
      case .open: "url"
      default: "connect-timeout"
      }
    return about(setting, withBuiltInTarget(diagnosis))
  }

  func row(_ failure: ProxyFailure) -> Diagnosis {
    let check = "check --proxy"
    let diagnosis =
      switch failure {
      case .resolution(let host, _):
        Diagnosis(.proxy, .proxy, "no address for the proxy \(Self.quoted(host))", check)
      case .connection(let attempts):
        Diagnosis(.proxy, .proxy, "no connection to the proxy: \(Self.reason(attempts.first?.errno))", check)
      case .refused(407, _):
        Diagnosis(
          .proxy, .proxy, "the proxy wants a user name and password (407)",
          "--proxy http://USER:PASSWORD@HOST:PORT")
      case .refused(let status, let reason) where status >= 500:
        Diagnosis(
          .proxy, .proxy, "the proxy cannot reach the server: \(status) \(Self.quoted(reason))",
          "check that host and port are reachable from the proxy")
      case .refused(let status, let reason):
        Diagnosis(
          .proxy, .proxy, "the proxy refuses to connect: \(status) \(Self.quoted(reason))",
          "proxies often allow port 443 only")
      case .notHTTP: Diagnosis(.proxy, .proxy, "what answers as the proxy does not speak HTTP", check)
      case .answerTooLarge: Diagnosis(.proxy, .proxy, "the proxy's answer is too large", check)
      case .closed: Diagnosis(.proxy, .proxy, "the proxy closed the connection without an answer", check)
      }
    var result = about("proxy", diagnosis)
    if case .refused(let status, _) = failure { result.httpStatus = status }
    if case .connection(let attempts) = failure { result.evidence = evidence(attempts) }
    return result
  }

  func closed(_ reason: CloseReason, in phase: TransportPhase) -> Diagnosis {
    switch phase {
    case .resolution, .tcp: return lost(.tcp, reason, "check host and port")
    case .proxy:
      return Diagnosis(
        .proxy, .proxy, "the proxy closed the connection (\(Self.words(reason)))", "check --proxy")
    case .tls: return row(TLSHandshakeFailure.closed)
    case .upgrade where reason.isHangUp:
      let words = reason == .reset ? " (\(Self.words(reason)))" : ""
      return about(
        "port",
        Diagnosis(
          .websocket, .protocolError,
          "the server closed the connection without an answer to the upgrade\(words)", hangUpHint))
    case .upgrade: return lost(.websocket, reason, "before the upgrade was answered: check the network")
    case .open: return closedWhileOpen(reason)
    }
  }

  private func lost(_ layer: Layer, _ reason: CloseReason, _ hint: String) -> Diagnosis {
    Diagnosis(layer, .unavailable, "the connection was lost: \(Self.words(reason))", hint)
  }

  private func closedWhileOpen(_ reason: CloseReason) -> Diagnosis {
    guard case .closeFrame(let code, _) = reason else {
      var diagnosis = lost(.websocket, reason, idleHint)
      if let idle = context.idle, idle >= Self.noticeableSilence {
        diagnosis.cause += ", after \(Human.duration(idle)) of silence"
      }
      return diagnosis
    }
    let cause = "the server closed the WebSocket: \(Self.words(reason))"
    switch code {
    case 1002:
      return Diagnosis(.websocket, .protocolError, cause, Self.serverLog)
    case 1003:
      return Diagnosis(
        .websocket, .protocolError, cause, "it does not take binary frames: is MQTT behind this path?")
    case 1007, 1010: return Diagnosis(.websocket, .protocolError, cause, Self.serverLog)
    case 1008:
      return Diagnosis(
        .websocket, .protocolError, cause, "its policy: check credentials, topics and --origin")
    case 1009: return Diagnosis(.websocket, .protocolError, cause, "a packet was larger than it takes")
    case 1012, 1013: return Diagnosis(.websocket, .temporaryFailure, cause, "try again later; --retry N does")
    default: return Diagnosis(.websocket, .unavailable, cause, idleHint)
    }
  }

  private static let noticeableSilence = Duration.milliseconds(500)

  /// Silence near the idle limits that proxies are known for.
  private var idleHint: String {
    guard let idle = context.idle, idle >= Self.noticeableSilence else { return Self.serverLog }
    if idle < .seconds(45) {
      return "a proxy may cut idle connections: lower -k (now \(context.keepAlive) s); else \(Self.serverLog)"
    }
    let seconds = idle.components.seconds
    let suspect =
      switch seconds {
      case 45...65: "proxies often cut at 60 s"
      case 90...110: "some CDNs cut at 100 s"
      case 225...255: "some load balancers cut at 4 min"
      default: "a proxy may cut idle connections"
      }
    return
      "nothing was sent for \(Human.duration(idle)), and \(suspect): lower -k (now \(context.keepAlive) s)"
  }

  static func words(_ reason: CloseReason) -> String {
    switch reason {
    case .closeFrame(nil, _): "a close frame without a code"
    case .closeFrame(let code?, let text):
      "close \(code)" + (CloseCode(rawValue: code).name.map { " (\($0))" } ?? "")
        + (text.isEmpty ? "" : " \(quoted(text))")
    case .endOfStream: "the server closed it without a close frame"
    case .reset: "reset by the peer"
    case .tlsTruncated: "it ended without TLS's goodbye, so bytes may be missing"
    case .timedOut: "the peer stopped answering"
    case .failed(let code): errorText(code).lowercased()
    }
  }

  /// A system call that failed; `operation` names it.
  package func system(_ code: Int32, _ operation: String) -> Diagnosis {
    let hint =
      switch code {
      case EMFILE, ENFILE: "too many files are open: raise ulimit -n"
      case ENOMEM, ENOBUFS: "the machine is out of memory"
      case EADDRINUSE: "the address is in use: choose another port with -p"
      case EACCES, EPERM: "this needs other permissions"
      default: "try again; if it stays, report it"
      }
    let cause = code == 0 ? operation : "\(operation): \(Self.errorText(code).lowercased())"
    return Diagnosis(.system, .os, cause, hint)
  }
}
