import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Text
import WebSocketTransport

/// What follows a failure: probes, one after the other, until one gets all the way.
extension Walk {
  mutating func failed(_ error: ClientError, _ time: MonotonicTime) -> [Action] {
    var diagnosis = plan.diagnoses.diagnosis(error)
    let step = Self.step(of: error) ?? self.step
    if step == .subprotocol, !has(.upgrade) {
      record(.upgrade, .ok, at: time, "101 at \(plan.shownPath)")
      stepStartedAt = time
    }
    if has(.connect) { explain(&diagnosis, error, time) }
    record(step, .failed, at: time, diagnosis.cause, details: diagnosis.evidence + skewDetails(error))
    failure = (error, diagnosis)
    // Once MQTT has answered well, everything before it was right.
    if step <= .connect {
      waitingProbes = ProbeTable.probes(
        after: error, settings: plan.settings, addresses: addresses.map(Self.family),
        limit: plan.maximumProbes)
    }
    return nextProbe()
  }

  /// What is known beside the error when a connection that worked is lost.
  private func explain(_ diagnosis: inout Diagnosis, _ error: ClientError, _ time: MonotonicTime) {
    // A DISCONNECT or a broken rule speaks for itself.
    guard case .transport(.closed) = error else { return }
    switch step {
    case .subscribe, .echo:
      diagnosis.hint = "brokers hang up like this on topics that this user may not use: " + Self.echoHint
    case .idle:
      let silence = time.duration(since: stepStartedAt)
      diagnosis.cause = "cut after \(Human.duration(silence)) of silence by \(IdleWords.ending(error))"
      diagnosis.hint = IdleWords.advice(silence)
    default: break
    }
  }

  /// A failure that the connection survived.
  mutating func failed(_ diagnosis: Diagnosis, _ time: MonotonicTime) -> [Action] {
    record(step, .failed, at: time, diagnosis.cause, details: diagnosis.evidence)
    failure = (nil, diagnosis)
    phase = .probing
    waitingProbes = []
    return [.disconnect, .timer(plan.answerTimeout)]
  }

  private func skewDetails(_ error: ClientError) -> [String] {
    guard case .transport(.upgradeRefused(let refusal)) = error, let skew = clockSkew(refusal.headers),
      abs(skew) >= 60
    else { return [] }
    return [Self.words(skew: skew)]
  }

  mutating func probing(_ input: Input, _ time: MonotonicTime) -> [Action] {
    switch input {
    case .probed(let result): return probed(result)
    // The connection of a failure that it survived.
    case .ended, .timer: return runningProbe == nil ? nextProbe() : []
    default: return []
    }
  }

  private mutating func nextProbe() -> [Action] {
    phase = .probing
    guard !waitingProbes.isEmpty else {
      runningProbe = nil
      return finish(verdict)
    }
    let probe = waitingProbes.removeFirst()
    runningProbe = probe
    return [.probe(probe)]
  }

  private mutating func probed(_ result: ProbeResult) -> [Action] {
    guard let probe = runningProbe else { return [] }
    if let facts = result.tls, report.certificates.isEmpty {
      report.certificates = facts.chain.map { CertificateRow($0, now: plan.now) }
    }
    if probe != .chain {
      let isBetter = isBetter(result)
      report.probes.append(
        ProbeRow(
          title: probe.title, isBetter: isBetter, outcome: outcome(probe, result), time: result.time))
      if isBetter, result.reach > best?.result.reach ?? .nothing { best = (probe, result) }
      if result.reach == .connected { waitingProbes = [] }
    }
    return nextProbe()
  }

  /// Whether it came farther than the user's own connection, and to MQTT.
  private func isBetter(_ result: ProbeResult) -> Bool {
    guard let error = failure?.error else { return false }
    return result.reach >= .mqtt && result.reach > Reach(error)
  }

  private func outcome(_ probe: Probe, _ result: ProbeResult) -> String {
    guard let error = result.error else { return probe.depth == .plain ? "MQTT answers" : "works" }
    let cause = probe.diagnoses(plan).diagnosis(error).cause
    return result.reach == .mqtt ? "MQTT answers: \(cause)" : cause
  }

  private var verdict: Verdict {
    guard let failure else { return Verdict() }
    guard let (probe, result) = best else { return Verdict(diagnosis: failure.diagnosis) }
    var diagnosis = failure.diagnosis
    let finding = probe.finding(isComplete: result.reach == .connected)
    diagnosis.cause += "; \(finding)"
    diagnosis.hint = probe.advice(plan)
    // The setting that was at fault may be another than the one the first words were about.
    diagnosis.origin = nil
    return Verdict(
      diagnosis: diagnosis, finding: finding, command: plan.command.line(with: probe, plan.settings),
      probe: probe)
  }

  // MARK: -

  static func family(_ address: SocketAddress) -> AddressFamily {
    address.protocol == .inet6 ? .ipv6 : .ipv4
  }

  /// nil where the step that was under way failed.
  private static func step(of error: ClientError) -> Step? {
    if case .credentials = error { return .connect }
    guard case .transport(let error) = error else { return nil }
    switch error {
    case .resolution: return .dns
    case .connection: return .tcp
    case .proxy: return .proxy
    case .tlsHandshake, .tlsCertificate, .tlsFile, .tlsSetting: return .tls
    case .upgradeRequest, .upgradeRefused, .notHTTP: return .upgrade
    case .upgradeInvalid(let violation):
      switch violation.kind {
      case .missingSubprotocol, .wrongSubprotocol, .duplicateSubprotocol: return .subprotocol
      default: return .upgrade
      }
    case .timeout(let phase, _, _), .closed(_, let phase):
      switch phase {
      case .resolution: return .dns
      case .tcp: return .tcp
      case .proxy: return .proxy
      case .tls: return .tls
      case .upgrade: return .upgrade
      case .open: return nil
      }
    case .webSocket, .system, .cancelled: return nil
    }
  }
}
