import Client
import MQTTPackets
import MQTTSession
import Text

/// Publishes and subscriptions that did not end well.
extension DiagnosisTable {
  /// One denied filter of a SUBACK, for a warning or, where every filter was denied, for the end.
  package func denied(_ filter: String, _ code: ReasonCode, _ properties: Properties = []) -> Diagnosis {
    let name = code.name(in: .subAck, version: context.version) ?? "an unknown code"
    let hint =
      switch code {
      case .unspecifiedError where context.version == .v3_1_1:
        "the server's rules for this user may not allow it"
      case .notAuthorized: "the server's rules do not allow it to this user: check -u and -t"
      case .topicFilterInvalid: "check -t"
      case .sharedSubscriptionNotSupported: "leave $share out of -t"
      case .wildcardSubscriptionNotSupported: "leave + and # out of -t"
      case .subscriptionIdentifiersNotSupported: "leave out the subscription identifier"
      case .quotaExceeded: "too many subscriptions: try again later"
      default: Self.serverLog
      }
    var diagnosis = Diagnosis(
      .mqtt, code == .unspecifiedError ? .noPermission : ExitStatus(code),
      "subscribing to \(Self.quoted(filter)) was denied: \(name) (\(Self.hexadecimal(code)))"
        + Self.saying(properties), hint)
    diagnosis.mqttReason = code.rawValue
    diagnosis.reasonName = name
    diagnosis.url = context.url?.description
    return about("username", diagnosis)
  }

  /// nil for outcomes that are no failure.
  package func publishFailure(_ topic: String, _ outcome: PublishOutcome) -> Diagnosis? {
    var diagnosis: Diagnosis
    switch outcome {
    case .sent, .acknowledged: return nil
    case .failed(let code, let properties):
      let name = code.name(in: .pubAck, version: .v5) ?? "an unknown code"
      diagnosis = Diagnosis(
        .mqtt, ExitStatus(code),
        "publishing to \(Self.quoted(topic)) failed: \(name) (\(Self.hexadecimal(code)))"
          + Self.saying(properties), Self.publishHint(code))
      diagnosis.mqttReason = code.rawValue
      diagnosis.reasonName = name
    case .rejected(let refusal): diagnosis = rejected("publish to \(Self.quoted(topic))", refusal)
    case .unknown:
      diagnosis = Diagnosis(
        .session, .protocolError,
        "the server lost the session, and it is unknown whether the message to \(Self.quoted(topic)) arrived",
        "ask its receivers before sending it again")
    }
    diagnosis.url = context.url?.description
    return diagnosis
  }

  private static func publishHint(_ code: ReasonCode) -> String {
    switch code {
    case .notAuthorized: "the server's rules do not allow it to this user: check -u and -t"
    case .topicNameInvalid: "check -t"
    case .packetIdentifierInUse: "the server mixes up its acknowledgements: \(serverLog)"
    case .quotaExceeded: "try again later"
    case .payloadFormatInvalid: "the payload is not what its format says: check the payload format indicator"
    default: serverLog
    }
  }

  /// A request that this server cannot be sent. `what` completes "cannot".
  package func rejected(_ what: String, _ refusal: LocalRefusal) -> Diagnosis {
    switch refusal {
    case .qosAboveMaximum(let maximum):
      Diagnosis(
        .mqtt, .protocolError, "cannot \(what): the server takes QoS \(maximum.rawValue) at most",
        "use -q \(maximum.rawValue)")
    case .retainUnavailable:
      Diagnosis(
        .mqtt, .protocolError, "cannot \(what): the server keeps no retained messages", "leave out -r")
    case .packetTooLarge(let size, let maximum):
      Diagnosis(
        .mqtt, .protocolError,
        "cannot \(what): the packet has \(Human.grouped(size)) bytes, the server takes \(Human.grouped(maximum))",
        "send less, or raise the server's limit")
    case .topicAliasAboveMaximum(let maximum):
      Diagnosis(
        .mqtt, .protocolError, "cannot \(what): the server takes topic aliases up to \(maximum)",
        "check the topic alias")
    case .wildcardSubscriptionUnavailable(let filter):
      Diagnosis(
        .mqtt, .protocolError, "cannot \(what): the server takes no wildcards",
        "use another -t than \(Self.quoted(filter))")
    case .sharedSubscriptionUnavailable(let filter):
      Diagnosis(
        .mqtt, .protocolError, "cannot \(what): the server shares no subscriptions",
        "use another -t than \(Self.quoted(filter))")
    case .subscriptionIdentifiersUnavailable:
      Diagnosis(
        .mqtt, .protocolError, "cannot \(what): the server takes no subscription identifiers",
        "leave out the subscription identifier")
    case .queueFull(let limit):
      Diagnosis(
        .session, .unavailable, "cannot \(what): \(Human.bytes(limit)) already wait to be sent",
        "the server takes messages too slowly")
    case .authenticationNotPossible:
      Diagnosis(.mqtt, .protocolError, "cannot \(what): no authentication method was agreed on", "check auth")
    }
  }

  /// A publisher's end after the server lost a session with QoS 2 messages under way.
  package func sessionLost(_ loss: SessionLoss) -> Diagnosis {
    let messages = Human.plural(loss.unknown, "QoS 2 message")
    return about(
      "session-expiry",
      Diagnosis(
        .session, .protocolError, "the server lost the session: the fate of \(messages) is unknown",
        "servers keep a session only as long as --session-expiry asks, and many only until they restart"))
  }

  /// What connections mean that are cut soon, again and again.
  package static func sharedIdentifier(_ identifier: String) -> String {
    "another client may use the identifier \(quoted(identifier)) too, and each throws the other out: check -i"
  }

  /// The warning that a subscriber prints before it goes on.
  package static func sessionLostWarning(_ loss: SessionLoss) -> String {
    var parts: [String] = []
    if loss.resent > 0 { parts.append("\(Human.plural(loss.resent, "QoS 1 message")) sent again") }
    if loss.unknown > 0 { parts.append("\(Human.plural(loss.unknown, "QoS 2 message")) in unknown state") }
    if loss.forgotten > 0 {
      parts.append("\(Human.plural(loss.forgotten, "incoming QoS 2 message")) may come twice")
    }
    let counts = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    return "the server lost the session\(counts); messages sent meanwhile are missed"
  }
}
