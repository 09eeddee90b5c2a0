import MQTTPackets

/// When to send PINGREQ and how long to wait for its answer, MQTT 5.0 section 3.1.2.10.
struct KeepAlive: Sendable {
  /// Zero is off.
  var interval = Duration.zero
  var lastSent = MonotonicTime(nanoseconds: 0)
  var lastHeard = MonotonicTime(nanoseconds: 0)
  /// When the oldest unanswered PINGREQ was sent.
  var awaitedSince: MonotonicTime?
  /// From the oldest unanswered PINGREQ to its PINGRESP, the last time.
  var lastRoundTrip: Duration?
  /// PINGRESPs of this connection.
  var answeredPings = 0
  /// While nobody reads the transport, silence says nothing about the server.
  var isReadingPaused = false

  init() {}

  mutating func pingAnswered(now: MonotonicTime) {
    guard let since = awaitedSince else { return }
    lastRoundTrip = now.duration(since: since)
    answeredPings += 1
    awaitedSince = nil
  }

  init(seconds: UInt16, now: MonotonicTime) {
    interval = .seconds(Int64(seconds))
    lastSent = now
    lastHeard = now
  }

  /// How long the server may stay silent after a PINGREQ.
  var patience: Duration { max(interval / 2, .seconds(5)) }

  var pingDeadline: MonotonicTime? { interval == .zero ? nil : lastSent + interval }

  /// Any byte that arrives moves it: an answer can be stuck behind a large packet.
  var answerDeadline: MonotonicTime? {
    guard let awaitedSince, !isReadingPaused else { return nil }
    return max(awaitedSince, lastHeard) + patience
  }
}

extension Session {
  /// When `timer` is due; it moves with everything that is sent. nil while nothing is due.
  package var nextDeadline: MonotonicTime? {
    guard phase == .connected, let ping = keepAlive.pingDeadline else { return nil }
    guard let answer = keepAlive.answerDeadline else { return ping }
    return min(ping, answer)
  }

  /// Does what is due by `now`; harmless when called early.
  package mutating func timer(now: MonotonicTime, into effects: inout [Effect]) {
    guard phase == .connected else { return }
    if let deadline = keepAlive.answerDeadline, now >= deadline {
      let seconds = keepAlive.patience.components.seconds
      let violation = ProtocolViolation(
        .keepAliveTimeout, nil, rule: "[MQTT-3.12.4-1]", detail: "no PINGRESP in \(seconds) s")
      fail(violation, now: now, into: &effects)
      return
    }
    if let deadline = keepAlive.pingDeadline, now >= deadline {
      if keepAlive.awaitedSince == nil { keepAlive.awaitedSince = now }
      emit(.pingReq, now, &effects)
    }
  }

  /// How long nothing has gone either way on the present connection; nil where there is none.
  package func silence(now: MonotonicTime) -> Duration? {
    guard phase == .connected else { return nil }
    return now.duration(since: max(keepAlive.lastSent, keepAlive.lastHeard))
  }

  /// Bytes came, perhaps only a part of a packet: the server lives.
  package mutating func bytesArrived(now: MonotonicTime) { keepAlive.lastHeard = now }

  /// The owner stopped or resumed reading the transport. While it does not read, a missing PINGRESP
  /// is not the server's fault.
  package mutating func readingPaused(_ isPaused: Bool, now: MonotonicTime) {
    keepAlive.isReadingPaused = isPaused
    keepAlive.lastHeard = now
  }
}
