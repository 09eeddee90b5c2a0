import MQTTSession
import Presentation
import Text

/// What matters most about the connection in ten lines.
struct HealthSummary {
  let workspace: Workspace

  private var status: SessionStatus { workspace.status }
  private var figures: HealthFigures { workspace.status.figures }

  var lines: [HealthLine] {
    [
      state, roundTrip, pings, keepAlive, reconnections, inFlight, queues, drops, memory, security,
    ]
  }

  private var state: HealthLine {
    let since = workspace.clock(of: status.sinceWall).seconds
    switch status.state {
    case .up:
      let resumed = status.facts?.isResumed == true ? "session resumed" : "new session"
      return HealthLine("state", "UP since \(since)  \(resumed)", .good)
    case .connecting(let attempt):
      return HealthLine("state", "CONNECTING since \(since)  attempt \(attempt)", .waiting)
    case .waiting(let until):
      let left = max(.zero, until.duration(since: workspace.time))
      return HealthLine("state", "WAITING  next attempt in \(HeaderLine.seconds(left))  ^R now", .bad)
    case .ended: return HealthLine("state", "DOWN since \(since)  ^R dials again", .bad)
    }
  }

  private var roundTrip: HealthLine {
    let ping = figures.mqttPing
    guard let median = ping.median else { return HealthLine("RTT", "not measured yet", .secondary) }
    let p99 = ping.p99.map(Human.duration) ?? "-"
    let longest = ping.longest.map(Human.duration) ?? "-"
    return HealthLine("RTT", "p50 \(Human.duration(median))  p99 \(p99)  max \(longest)")
  }

  private var pings: HealthLine {
    let pong = figures.webSocketPing.last.map { "pong in \(Human.duration($0))" } ?? "P asks"
    let ping = figures.mqttPing.last.map { "in \(Human.duration($0))" } ?? "-"
    return HealthLine("ws ping", "\(pong)   mqtt ping \(ping)")
  }

  private var keepAlive: HealthLine {
    guard let interval = figures.keepAlive else { return HealthLine("keepalv", "off") }
    var text = Human.duration(interval)
    if figures.isKeepAliveServers { text += " (server)" }
    if let next = figures.nextPing, case .up = status.state {
      let left = max(.zero, next.duration(since: workspace.time))
      text += "  next in \(Human.duration(.seconds(left.components.seconds)))"
    }
    return HealthLine("keepalv", text)
  }

  private var reconnections: HealthLine {
    guard status.reconnections > 0 || status.lastFailure != nil else { return HealthLine("reconn", "0") }
    let cause = status.lastFailure.map { "  last: \($0.cause)" } ?? ""
    return HealthLine(
      "reconn", "\(status.reconnections)\(cause)", status.reconnections > 0 ? .warning : .plain)
  }

  private var inFlight: HealthLine {
    HealthLine(
      "inflight",
      "tx \(figures.sentInFlight)/\(figures.sendWindow)  rx \(figures.receivedInFlight)/\(figures.receiveWindow)"
    )
  }

  private var queues: HealthLine {
    let parts = figures.queues.map { queue in
      queue.isBytes
        ? "\(queue.name) \(Human.bytes(queue.used))/\(Human.bytes(queue.capacity))"
        : "\(queue.name) \(queue.used)/\(queue.capacity)"
    }
    return HealthLine("queues", parts.isEmpty ? "empty" : parts.joined(separator: "  "))
  }

  private var drops: HealthLine {
    let view = workspace.counters.viewDrops
    let recorded = figures.queues.first { $0.name == "record" }?.dropped ?? 0
    let text = "view \(Human.grouped(Int(clamping: view)))  record \(Human.grouped(Int(clamping: recorded)))"
    return HealthLine("dropped", "\(text)  (wire exact)", view > 0 || recorded > 0 ? .warning : .plain)
  }

  private var memory: HealthLine {
    let pools = workspace.store.poolUse
    let used = pools.reduce(0) { $0 + $1.used }
    var text = "\(Self.mebibytes(used))/\(Self.mebibytes(workspace.store.budget.total)) MiB"
    if let resident = figures.residentBytes { text += "  rss \(Human.bytes(resident))" }
    text += "  topics \(Human.grouped(workspace.store.topics.topicCount))"
    return HealthLine("memory", text)
  }

  private static func mebibytes(_ bytes: Int) -> String {
    let tenths = (bytes * 10) >> 20
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(tenths / 10)"
  }

  private var security: HealthLine {
    guard let tls = status.facts?.tls else {
      return HealthLine("TLS", status.facts == nil ? "-" : "none: ws:// is in the clear", .secondary)
    }
    var text = tls.version
    if let certificate = tls.chain.first {
      text += "  \(certificate.subject)"
      if let end = certificate.notAfter { text += "  exp \(days(until: end.secondsSince1970)) d" }
    }
    if !tls.isVerified { text += "  NOT VERIFIED" }
    return HealthLine("TLS", text, tls.isVerified ? .plain : .warning)
  }

  func days(until second: Int) -> Int { (second - Int(workspace.wall.nanoseconds / 1_000_000_000)) / 86_400 }
}
