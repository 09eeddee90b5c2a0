import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Text
import WebSocketTransport

/// From the name to the CONNACK.
extension Walk {
  mutating func connecting(_ input: Input, _ time: MonotonicTime) -> [Action] {
    switch input {
    case .transport(let event): observe(event, time)
    case .upgraded(let response): upgraded(response, time)
    case .connected(let connAck, let resumed): return connected(connAck, resumed: resumed, time)
    case .ended(let error?): return failed(error, time)
    case .ended(nil): return finish(Verdict())
    default: break
    }
    return []
  }

  private mutating func observe(_ event: TransportEvent, _ time: MonotonicTime) {
    switch event {
    case .resolving: begin(.dns, time)
    case .resolved(let found, _): resolved(found, time)
    case .attempt: attempted(time)
    case .attemptFailed(let attempt): failedAttempts.append(attempt)
    case .connected(_, let remote): tcpConnected(remote, time)
    case .proxyAsked: begin(.proxy, time)
    case .proxyAnswered(let status, _): proxyAnswered(status, time)
    case .tlsStarted: begin(.tls, time)
    case .tlsEstablished(let facts): tlsEstablished(facts, time)
    case .upgradeSent:
      if !has(.tls) { skipTLS() }
      begin(.upgrade, time)
    case .upgradeReceived, .upgraded, .failed, .closed: break
    }
  }

  private var transport: TransportSettings { plan.settings.transport }

  private mutating func resolved(_ found: [SocketAddress], _ time: MonotonicTime) {
    addresses = found
    let host = transport.proxy?.host ?? transport.url.host
    let shown = found.prefix(4).map { $0.ipAddress ?? "\($0)" }.joined(separator: ", ")
    let more = found.count > 4 ? ", \(found.count - 4) more" : ""
    record(.dns, .ok, at: time, "\(host) is \(shown)\(more)")
  }

  private mutating func attempted(_ time: MonotonicTime) {
    if !has(.dns) { record(.dns, .skipped, at: nil, "the host is given as an address") }
    if step != .tcp { begin(.tcp, time) }
  }

  private mutating func tcpConnected(_ remote: SocketAddress, _ time: MonotonicTime) {
    let proxy = transport.proxy.map { _ in "the proxy at " } ?? ""
    let details = failedAttempts.map { "in vain: \(Self.words($0))" }
    // That loopback listens on one kind of address only is how most brokers are set up.
    let isLocal = failedAttempts.allSatisfy { Self.isLoopback($0.address) }
    record(
      .tcp, isLocal ? .ok : .warning, at: time, "connected to \(proxy)\(Self.words(remote))", details: details
    )
    if transport.proxy == nil { record(.proxy, .skipped, at: nil, "none") }
  }

  private mutating func proxyAnswered(_ status: Int?, _ time: MonotonicTime) {
    guard let status, (200..<300).contains(status) else { return }
    let url = transport.url
    record(.proxy, .ok, at: time, "opened a tunnel to \(url.host):\(url.port) (\(status))")
  }

  private mutating func tlsEstablished(_ facts: TLSFacts, _ time: MonotonicTime) {
    report.certificates = facts.chain.map { CertificateRow($0, now: plan.now) }
    var details: [String] = []
    if !facts.isVerified { details.append("--insecure: the certificate was not checked") }
    for row in report.certificates where row.endsSoon(now: plan.now) {
      details.append("the certificate of \(row.subject) ends in \(row.daysLeft ?? 0) days: renew it")
    }
    let alpn = facts.alpn.map { ", ALPN \($0)" } ?? ""
    let checked = facts.isVerified ? ", certificate valid" : ""
    record(
      .tls, details.isEmpty ? .ok : .warning, at: time, "\(facts.version), \(facts.cipher)\(alpn)\(checked)",
      details: details)
  }

  private mutating func skipTLS() {
    record(
      .tls, .skipped, at: nil, "the target is \(transport.url.scheme.rawValue)://, so nothing is encrypted")
  }

  private mutating func upgraded(_ response: UpgradeResponse?, _ time: MonotonicTime) {
    guard transport.url.scheme.isWebSocket else {
      if !has(.tls) { skipTLS() }
      record(.upgrade, .skipped, at: nil, "the target is MQTT without a WebSocket")
      record(.subprotocol, .skipped, at: nil, "none")
      return begin(.connect, time)
    }
    var details: [String] = []
    if let response, let skew = clockSkew(response.headers), abs(skew) >= 60 {
      details.append(Self.words(skew: skew))
    }
    let server = response?.headers.first("Server").map { ", server \($0)" } ?? ""
    record(
      .upgrade, details.isEmpty ? .ok : .warning, at: time, "101 at \(plan.shownPath)\(server)",
      details: details)
    if let name = response?.subprotocol {
      record(.subprotocol, .ok, at: nil, name)
    } else {
      let offered = transport.subprotocol == nil ? "none was offered" : "the server did not confirm it"
      record(
        .subprotocol, .warning, at: nil, "none: \(offered)",
        details: ["the standard wants 'mqtt' here, and browsers fail without it [MQTT-6.0.0-4]"])
    }
    begin(.connect, time)
  }

  /// Seconds that our clock is ahead of the one in the answer's Date.
  func clockSkew(_ headers: HTTPHeaders) -> Int64? {
    headers.first("Date").flatMap(HTTPDate.seconds).map { plan.now.seconds - $0 }
  }

  static func words(skew: Int64) -> String {
    "this clock is \(Human.duration(.seconds(abs(skew)))) \(skew > 0 ? "ahead of" : "behind") the server's"
  }

  static func words(_ address: SocketAddress) -> String {
    guard let host = address.ipAddress else { return "\(address)" }
    let port = address.port.map { ":\($0)" } ?? ""
    return (host.contains(":") ? "[\(host)]" : host) + port
  }

  static func words(_ attempt: FailedAttempt) -> String {
    "\(words(attempt.address)): \(DiagnosisTable.reason(attempt.errno))"
  }

  private static func isLoopback(_ address: SocketAddress) -> Bool {
    address.ipAddress.map { $0 == "::1" || $0.hasPrefix("127.") } ?? false
  }
}

extension WalkPlan {
  /// The path without what may be secret in the query.
  var shownPath: String { URLQueryRedaction.redacted(settings.transport.url.target) }
}
