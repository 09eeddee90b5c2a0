import MQTTPackets
import MQTTSession
import Text
import WebSocketTransport

/// Everything that is known about the connection, group by group.
struct HealthSections {
  let workspace: Workspace

  private var status: SessionStatus { workspace.status }
  private var figures: HealthFigures { workspace.status.figures }

  var lines: [HealthLine] {
    roundTrips + traffic + inFlight + reconnections + subscriptions + options + security + queues + memory
      + history
  }

  private var roundTrips: [HealthLine] {
    let rows: [(String, HealthFigures.RoundTrips)] = [
      ("MQTT ping", figures.mqttPing), ("PUBACK", figures.publishAck), ("WS ping", figures.webSocketPing),
    ]
    return [.heading("Round trips")]
      + rows.map { name, trips in
        guard trips.count > 0 else {
          return HealthLine(name, name == "WS ping" ? "on request: P" : "none yet", .secondary)
        }
        let parts = [("last", trips.last), ("p50", trips.median), ("p99", trips.p99), ("max", trips.longest)]
        let text = parts.map { "\($0.0) \($0.1.map(Human.duration) ?? "-")" }.joined(separator: "  ")
        return HealthLine(name, "\(text)  n \(Human.grouped(trips.count))")
      }
  }

  private var traffic: [HealthLine] {
    let counters = workspace.counters
    func line(_ name: String, _ messages: UInt64, _ packets: UInt64, _ frames: UInt64, _ bytes: UInt64)
      -> HealthLine
    {
      let numbers = [("messages", messages), ("packets", packets), ("frames", frames)]
        .map { "\(Human.grouped(Int(clamping: $0.1))) \($0.0)" }.joined(separator: "  ")
      return HealthLine(name, "\(numbers)  \(Human.bytes(Int(clamping: bytes)))")
    }
    return [
      .heading("Traffic"),
      line(
        "in", counters.messagesReceived, counters.packetsReceived, counters.framesReceived,
        counters.bytesReceived),
      line("out", counters.messagesSent, counters.packetsSent, counters.framesSent, counters.bytesSent),
      HealthLine("payload", overhead(counters)),
    ]
  }

  /// `1.2 MiB of 1.5 MiB in (+25% on the wire)`
  private func overhead(_ counters: TrafficCounters) -> String {
    func part(_ payload: UInt64, _ wire: UInt64, _ name: String) -> String {
      let text = "\(Human.bytes(Int(clamping: payload))) of \(Human.bytes(Int(clamping: wire))) \(name)"
      guard payload > 0, wire >= payload else { return text }
      let percent = Double(wire - payload) / Double(payload) * 100
      return percent < 100_000 ? "\(text), +\(Int(percent.rounded()))% overhead" : text
    }
    return part(counters.payloadBytesReceived, counters.bytesReceived, "in") + "   "
      + part(counters.payloadBytesSent, counters.bytesSent, "out")
  }

  private var inFlight: [HealthLine] {
    let windows =
      "sent \(figures.sentInFlight) of \(figures.sendWindow)   received \(figures.receivedInFlight) of \(figures.receiveWindow)"
    let rows = figures.exchanges.prefix(20).map { exchange in
      let age = max(.zero, workspace.time.duration(since: exchange.since))
      let way = exchange.isSent ? "->" : "<-"
      return HealthLine(
        "  pid \(exchange.packetIdentifier)",
        "\(way) waits for \(exchange.waitsFor) since \(Human.duration(age))  \(exchange.topic)",
        age > .seconds(5) ? .warning : .plain)
    }
    return [.heading("In flight"), HealthLine("window", windows)] + rows
  }

  private var reconnections: [HealthLine] {
    var lines: [HealthLine] = [.heading("Reconnections"), HealthLine("count", "\(status.reconnections)")]
    if let failure = status.lastFailure {
      lines.append(HealthLine("last", "\(failure.layer): \(failure.cause)", .warning))
      if !failure.hint.isEmpty { lines.append(HealthLine("", failure.hint)) }
    }
    if case .waiting(let until) = status.state {
      let left = max(.zero, until.duration(since: workspace.time))
      lines.append(
        HealthLine("backoff", "next attempt in \(HeaderLine.seconds(left)); ^R dials now", .waiting))
    }
    return lines
  }

  private var subscriptions: [HealthLine] {
    guard !status.subscriptions.isEmpty else { return [] }
    return [.heading("Subscriptions")]
      + status.subscriptions.prefix(50).map { subscription in
        guard let granted = subscription.granted else {
          return HealthLine("refused", "\(subscription.filter)  \(subscription.reason)", .bad)
        }
        return HealthLine("q\(granted.rawValue)", subscription.filter)
      }
  }

  private var options: [HealthLine] {
    guard let facts = status.facts else { return [] }
    var lines: [HealthLine] = [
      .heading("Agreed"), HealthLine("client", facts.clientIdentifier),
      HealthLine("MQTT", facts.version == .v5 ? "5.0" : "3.1.1"),
    ]
    if !facts.address.isEmpty { lines.append(HealthLine("address", facts.address)) }
    if let subprotocol = facts.subprotocol { lines.append(HealthLine("subprot", subprotocol)) }
    if let server = facts.serverHeader { lines.append(HealthLine("server", server)) }
    return lines
      + facts.options.map { option in
        HealthLine("", "\(option.name): asked \(option.asked), granted \(option.granted)")
      }
  }

  private var security: [HealthLine] {
    guard let tls = status.facts?.tls else { return [] }
    let summary = HealthSummary(workspace: workspace)
    var lines: [HealthLine] = [
      .heading("TLS"), HealthLine("version", "\(tls.version)  \(tls.cipher)"),
      HealthLine("ALPN", tls.alpn ?? "none"),
      HealthLine("verified", tls.isVerified ? "yes" : "NO", tls.isVerified ? .good : .bad),
    ]
    for certificate in tls.chain.prefix(8) {
      lines.append(HealthLine("subject", certificate.subject, .strong))
      lines.append(HealthLine("  issuer", certificate.issuer))
      if let end = certificate.notAfter {
        let days = summary.days(until: end.secondsSince1970)
        lines.append(HealthLine("  expires", "\(end) (\(days) d)", days < 14 ? .warning : .plain))
      }
      if !certificate.names.isEmpty {
        lines.append(HealthLine("  names", certificate.names.prefix(20).joined(separator: " ")))
      }
    }
    return lines
  }

  private var queues: [HealthLine] {
    guard !figures.queues.isEmpty else { return [] }
    return [.heading("Queues")]
      + figures.queues.map { queue in
        let numbers =
          queue.isBytes
          ? "\(Human.bytes(queue.used)) of \(Human.bytes(queue.capacity))"
          : "\(Human.grouped(queue.used)) of \(Human.grouped(queue.capacity))"
        return HealthLine(
          queue.name, "\(numbers)  \(Human.grouped(Int(clamping: queue.dropped))) dropped",
          queue.dropped > 0 ? .warning : .plain)
      }
  }

  private var memory: [HealthLine] {
    [.heading("Memory")]
      + workspace.store.poolUse.map { pool in
        HealthLine(
          pool.pool.name,
          "\(Human.bytes(pool.used)) of \(Human.bytes(pool.limit))  \(Human.grouped(Int(clamping: pool.evicted))) evicted"
        )
      }
  }

  private var history: [HealthLine] {
    [.heading("History")]
      + status.history.suffix(50).reversed().map { change in
        HealthLine(workspace.clock(of: change.wall).seconds, change.text)
      }
  }
}
