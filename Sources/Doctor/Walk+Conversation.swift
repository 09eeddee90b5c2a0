import Client
import MQTTPackets
import MQTTSession
import Presentation
import Text
import WebSocketTransport

/// From the CONNACK to the end: subscribe, publish, silence.
extension Walk {
  // MARK: CONNACK

  mutating func connected(_ connAck: ConnAck, resumed: Bool, _ time: MonotonicTime) -> [Action] {
    let session = plan.settings.session
    report.limits = Self.limits(connAck, session)
    let identifier = connAck.properties.assignedClientIdentifier ?? session.clientIdentifier
    let version = session.version == .v5 ? "5" : "3.1.1"
    record(
      .connect, .ok, at: time,
      "MQTT \(version) as '\(identifier)'\(resumed ? ", session resumed" : "")",
      details: connAck.properties.reasonString.map { ["it says '\($0)'"] } ?? [])
    let most = connAck.properties.maximumQoS.flatMap(QoS.init(rawValue:)) ?? .exactlyOnce
    echoQoS = min(.atLeastOnce, most)
    guard let topic = plan.echoTopic else {
      record(.subscribe, .skipped, at: nil, "--no-echo")
      record(.echo, .skipped, at: nil, "--no-echo")
      return rest(time)
    }
    phase = .subscribing
    begin(.subscribe, time)
    return [.subscribe(topic, echoQoS), .timer(plan.answerTimeout)]
  }

  /// What the server allows, with the standard's defaults where it says nothing.
  static func limits(_ connAck: ConnAck, _ session: SessionSettings) -> [Limit] {
    guard session.version == .v5 else {
      return [Limit("keep-alive", .number(Int(session.keepAlive)))]
    }
    let properties = connAck.properties
    var limits = [
      Limit("keep-alive", .number(Int(properties.serverKeepAlive ?? session.keepAlive))),
      Limit("receive-maximum", .number(Int(properties.receiveMaximum ?? .max))),
      Limit("maximum-qos", .number(Int(properties.maximumQoS ?? 2))),
      Limit("retain", .flag(properties.retainAvailable ?? true)),
      Limit("topic-alias-maximum", .number(Int(properties.topicAliasMaximum ?? 0))),
      Limit("wildcards", .flag(properties.wildcardSubscriptionAvailable ?? true)),
      Limit("shared-subscriptions", .flag(properties.sharedSubscriptionAvailable ?? true)),
      Limit("subscription-identifiers", .flag(properties.subscriptionIdentifierAvailable ?? true)),
    ]
    if let size = properties.maximumPacketSize {
      limits.insert(Limit("maximum-packet-size", .number(Int(size))), at: 3)
    }
    if let seconds = properties.sessionExpiryInterval {
      limits.append(Limit("session-expiry", .number(Int(seconds))))
    }
    if let identifier = properties.assignedClientIdentifier {
      limits.append(Limit("assigned-client-id", .text(identifier)))
    }
    return limits
  }

  // MARK: Conversation

  mutating func conversing(_ input: Input, _ time: MonotonicTime) -> [Action] {
    switch (phase, input) {
    case (.leaving, .ended): return finish(Verdict())
    case (_, .ended(let error?)): return failed(error, time)
    case (_, .ended(nil)): return finish(Verdict())
    case (_, .rejected(let refusal)):
      return failed(plan.diagnoses.rejected(step == .subscribe ? "subscribe" : "publish", refusal), time)
    case (.subscribing, .subscribed(let subAck)): return subscribed(subAck, time)
    case (.subscribing, .timer): return unanswered("no SUBACK", time)
    case (.echoing, .published(let outcome)): return published(outcome, time)
    case (.echoing, .received(plan.echoTopic, plan.echoPayload)):
      hasEcho = true
      return echoedWhenWhole(time)
    case (.echoing, .timer):
      return isPublishAnswered ? notEchoed(time) : unanswered("no PUBACK", time)
    case (.idling, .timer): return silenceIsOver(time)
    case (.leaving, .unsubscribed): return left(time)
    case (.leaving, .timer): return unanswered("no UNSUBACK", time)
    default: return []
    }
  }

  private mutating func subscribed(_ subAck: SubAck, _ time: MonotonicTime) -> [Action] {
    guard let topic = plan.echoTopic, let code = subAck.reasonCodes.first else { return [] }
    if code.isError {
      var diagnosis = plan.diagnoses.denied(topic, code, subAck.properties)
      if diagnosis.status == .noPermission { diagnosis.hint = Self.echoHint }
      return failed(diagnosis, time)
    }
    isSubscribed = true
    let granted = code.rawValue
    let isLess = granted < echoQoS.rawValue
    record(
      .subscribe, isLess ? .warning : .ok, at: time, "\(topic), granted QoS \(granted)",
      details: isLess ? ["asked for was QoS \(echoQoS.rawValue)"] : [])
    phase = .echoing
    begin(.echo, time)
    return [.publish(topic, plan.echoPayload, echoQoS), .timer(plan.answerTimeout)]
  }

  private mutating func published(_ outcome: PublishOutcome, _ time: MonotonicTime) -> [Action] {
    if var diagnosis = plan.diagnoses.publishFailure(plan.echoTopic ?? "", outcome) {
      if diagnosis.status == .noPermission { diagnosis.hint = Self.echoHint }
      return failed(diagnosis, time)
    }
    isPublishAnswered = true
    return echoedWhenWhole(time)
  }

  private mutating func echoedWhenWhole(_ time: MonotonicTime) -> [Action] {
    guard isPublishAnswered, hasEcho else { return [] }
    let how = echoQoS == .atMostOnce ? "" : ", acknowledged"
    record(.echo, .ok, at: time, "a message of QoS \(echoQoS.rawValue) went out and came back\(how)")
    return rest(time)
  }

  /// The last step: nothing is sent, and nobody should hang up.
  private mutating func rest(_ time: MonotonicTime) -> [Action] {
    phase = .idling
    begin(.idle, time)
    guard plan.idle > .zero else {
      record(.idle, .skipped, at: nil, "--idle 0")
      return leave()
    }
    return [.timer(plan.idle)]
  }

  private mutating func silenceIsOver(_ time: MonotonicTime) -> [Action] {
    guard isSubscribed else {
      record(.idle, .ok, at: time, "nobody hung up")
      return leave()
    }
    return leave()
  }

  private mutating func leave() -> [Action] {
    phase = .leaving
    guard isSubscribed, let topic = plan.echoTopic else { return [.disconnect] }
    return [.unsubscribe(topic), .timer(plan.answerTimeout)]
  }

  private mutating func left(_ time: MonotonicTime) -> [Action] {
    isSubscribed = false
    if !has(.idle) { record(.idle, .ok, at: time, "nobody hung up, and the server still answers") }
    return [.disconnect]
  }

  // MARK: Ends

  static let echoHint =
    "--echo-topic names a topic that this user may use, and --no-echo leaves this step out"

  private mutating func unanswered(_ what: String, _ time: MonotonicTime) -> [Action] {
    let diagnosis = Diagnosis(
      .mqtt, .unavailable, "\(what) within \(Human.duration(plan.answerTimeout))",
      "the connection is open, so the server or a proxy holds packets back; --timeout waits longer")
    return failed(diagnosis, time)
  }

  private mutating func notEchoed(_ time: MonotonicTime) -> [Action] {
    let topic = DiagnosisTable.quoted(plan.echoTopic ?? "")
    return failed(
      Diagnosis(
        .mqtt, .noPermission,
        "the server took a message for \(topic) and did not deliver it to its subscriber within \(Human.duration(plan.answerTimeout))",
        "brokers drop silently what their rules forbid: \(Self.echoHint)"), time)
  }
}
