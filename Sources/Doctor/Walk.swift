import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import WebSocketTransport

/// The examination of one target, layer by layer. Pure: what happened goes in, what to do next comes out.
///
/// Theory of operation. One connection is made as `sub` would make it, and each thing it tells ends a step
/// and begins the next:
///
///     connecting ── CONNACK ──▶ subscribing ── SUBACK ──▶ echoing ── message ──▶ idling ──▶ leaving ──▶ finished
///         └──────────────┴─────────── a failure ──────────┴───────────┴──▶ probing ──▶ finished
///
/// What the steps say is in Walk+Connecting and Walk+Conversation, what follows a failure in Walk+Probing.
/// `report` grows as the walk goes on; steps that were never reached are not in it.
package struct Walk {
  package enum Input {
    case transport(TransportEvent)
    /// In place of `.transport(.upgraded)`, with the server's answer.
    case upgraded(UpgradeResponse?)
    case connected(ConnAck, resumed: Bool)
    case subscribed(SubAck)
    case rejected(LocalRefusal)
    case published(PublishOutcome)
    case received(topic: String, payload: [UInt8])
    case unsubscribed
    case timer
    case ended(ClientError?)
    case probed(ProbeResult)
  }

  package enum Action: Equatable {
    case connect
    case subscribe(String, QoS)
    case publish(String, [UInt8], QoS)
    case unsubscribe(String)
    /// In place of the timer that is running, if one is.
    case timer(Duration)
    case disconnect
    case probe(Probe)
    case finish
  }

  enum Phase: Equatable {
    case ready, connecting, subscribing, echoing, idling, leaving, probing, finished
  }

  package let plan: WalkPlan
  package internal(set) var report: Report
  /// The step that is being waited for.
  package internal(set) var step = Step.dns
  var phase = Phase.ready
  var startedAt = MonotonicTime(nanoseconds: 0)
  var stepStartedAt = MonotonicTime(nanoseconds: 0)

  // Connecting.
  var addresses: [SocketAddress] = []
  var failedAttempts: [FailedAttempt] = []

  // Conversation.
  var echoQoS = QoS.atLeastOnce
  var isPublishAnswered = false
  var hasEcho = false
  var isSubscribed = false

  // Probing.
  var failure: (error: ClientError?, diagnosis: Diagnosis)?
  var waitingProbes: [Probe] = []
  var runningProbe: Probe?
  var best: (probe: Probe, result: ProbeResult)?

  package init(_ plan: WalkPlan) {
    self.plan = plan
    report = Report(target: plan.settings.transport.url.description)
  }

  package mutating func start(at time: MonotonicTime) -> [Action] {
    guard phase == .ready else { return [] }
    phase = .connecting
    startedAt = time
    stepStartedAt = time
    if let appearance = plan.appearance, let blocked = present(appearance) {
      failure = (nil, blocked)
      return finish(Verdict(diagnosis: blocked))
    }
    return [.connect]
  }

  package mutating func handle(_ input: Input, at time: MonotonicTime) -> [Action] {
    report.time = time.duration(since: startedAt)
    switch phase {
    case .ready, .finished: return []
    case .connecting: return connecting(input, time)
    case .subscribing, .echoing, .idling, .leaving: return conversing(input, time)
    case .probing: return probing(input, time)
    }
  }

  // MARK: - Steps

  /// - Returns: why the client that is played would not even try.
  private mutating func present(_ appearance: Guise.Appearance) -> Diagnosis? {
    step = .client
    let withheld = appearance.withheld.map { "left out: \($0)" }
    if let blocked = appearance.blocked {
      record(.client, .failed, at: nil, blocked.cause, details: withheld)
    } else {
      record(
        .client, withheld.isEmpty ? .ok : .warning, at: nil, appearance.summary,
        details: withheld + appearance.remarks)
    }
    return appearance.blocked
  }

  mutating func begin(_ step: Step, _ time: MonotonicTime) {
    self.step = step
    stepStartedAt = time
  }

  mutating func record(
    _ step: Step, _ mark: StepResult.Mark, at time: MonotonicTime?, _ summary: String, details: [String] = []
  ) {
    let took = time.map { $0.duration(since: stepStartedAt) }
    report.steps.append(StepResult(step, mark, took, summary, details: details))
  }

  mutating func finish(_ verdict: Verdict) -> [Action] {
    phase = .finished
    report.verdict = verdict
    return [.finish]
  }

  /// A probe that is as fast as the walk was has the time it needs; one that gets no answer is not waited
  /// for as long as `--timeout` would.
  package var probeTimeout: Duration {
    let opening = report.steps.filter { $0.step <= .tls && $0.mark != .failed }.compactMap(\.time)
    return min(plan.answerTimeout, max(.seconds(2), opening.reduce(.zero, +) * 10))
  }

  func has(_ step: Step) -> Bool { report.steps.contains { $0.step == step } }
}
