import MQTTPackets
import MQTTSession

/// Who gets the messages of one topic; valid until any subscription changes.
final class DeliveryPlan {
  /// One session and what its matching filters ask for together: it gets one copy, with the highest
  /// QoS and all identifiers ([MQTT-3.3.4-2], [MQTT-3.3.4-3]).
  struct Target {
    let session: ClientSession
    let terms: DeliveryTerms
    /// For what the session itself publishes; nil when every filter says no local.
    let ownTerms: DeliveryTerms?
  }

  let targets: [Target]
  let groups: [SharedGroup]

  init(targets: [Target], groups: [SharedGroup]) {
    self.targets = targets
    self.groups = groups
  }

  var isEmpty: Bool { targets.isEmpty && groups.isEmpty }
}

/// How one session wants a message.
struct DeliveryTerms {
  var qos: QoS
  var retainAsPublished: Bool
  var identifiers: [UInt32]

  /// nil for no entries.
  init?(_ entries: some Sequence<SubscriptionEntry>) {
    var found = false
    qos = .atMostOnce
    retainAsPublished = false
    identifiers = []
    for entry in entries {
      found = true
      qos = max(qos, entry.qos)
      if entry.retainAsPublished { retainAsPublished = true }
      if let identifier = entry.identifier { identifiers.append(identifier) }
    }
    if !found { return nil }
  }
}

/// What became of a message.
struct RoutingResult {
  /// Some subscription matched.
  var hasSubscribers = false
  /// A QoS 1 or 2 copy found no room.
  var isRefused = false
}

extension Broker {
  /// Topics whose plans are kept at most.
  private static let maximumPlans = 4_096

  func receive(
    _ publish: Publish, _ link: ClientLink, _ session: ClientSession, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    var publish = publish
    if !publish.message.properties.isEmpty || publish.message.topic.isEmpty {
      do { try link.aliases.resolve(&publish) } catch {
        fail(link, error.reasonCode, detail: error.detail, now: now, into: &effects)
        return
      }
    }
    switch session.delivery.admit(publish) {
    case .new: break
    case .duplicate:
      acknowledge(link, session, into: &effects)
      return
    case .quotaExceeded:
      fail(link, .receiveMaximumExceeded, now: now, into: &effects)
      return
    }
    let answer = take(&publish.message, link, session, now: now, into: &effects)
    if publish.message.qos == .atMostOnce { return }
    // Routing may have ended this very connection: a slow receiver that published to itself.
    guard session.link === link else { return }
    session.delivery.acknowledge(publish, sequence: 0, reasonCode: answer)
    acknowledge(link, session, into: &effects)
  }

  /// Routes a client's message.
  /// - Returns: what to acknowledge it with.
  private func take(
    _ message: inout Message, _ link: ClientLink, _ session: ClientSession, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) -> ReasonCode {
    guard settings.access.allowsPublish(to: message.topic) else {
      effects.append(
        .notice(.publishDenied(clientIdentifier: session.clientIdentifier, topic: message.topic)))
      return .notAuthorized
    }
    message.dropHopProperties()
    let result = route(message, from: link, now: now, into: &effects)
    if result.isRefused { return .quotaExceeded }
    return result.hasSubscribers ? .success : .noMatchingSubscribers
  }

  private func acknowledge(
    _ link: ClientLink, _ session: ClientSession, into effects: inout [BrokerEffect]
  ) {
    while let packet = session.delivery.nextAcknowledgement() {
      effects.append(.send(packet, session.version, to: link.id))
    }
  }

  /// Stores the message where it is retained and hands it to all that subscribed to its topic. Its
  /// properties are those that go on.
  func route(
    _ message: Message, from publisher: ClientLink?, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) -> RoutingResult {
    counters.received += 1
    var result = RoutingResult()
    if message.retain, !retained.store(message, now: now) {
      effects.append(.notice(.retainedStoreFull(topic: message.topic)))
      result.isRefused = true
    }
    let plan = plan(for: message.topic)
    if plan.isEmpty { return result }
    result.hasSubscribers = true
    sharingCount &+= 2
    // In flight or waiting, a message would keep alive all that was read with it.
    let message = message.qos == .atMostOnce ? message : message.compacted()
    for target in plan.targets {
      let isOwn = publisher?.session === target.session
      guard let terms = isOwn ? target.ownTerms : target.terms else { continue }
      let taken = offer(message, to: target.session, terms, from: publisher, now: now, into: &effects)
      if !taken { result.isRefused = true }
    }
    for group in plan.groups {
      guard let entry = member(of: group), let session = sessions[entry.session],
        let terms = DeliveryTerms(CollectionOfOne(entry))
      else { continue }
      let taken = offer(message, to: session, terms, from: publisher, now: now, into: &effects)
      if !taken { result.isRefused = true }
    }
    return result
  }

  /// Members who are there and keep up come first, then those who are there, then the absent.
  private func member(of group: SharedGroup) -> SubscriptionEntry? {
    group.take { self.sessions[$0.session].map { $0.link != nil && $0.queue.isEmpty } ?? false }
      ?? group.take { self.sessions[$0.session]?.link != nil }
      ?? group.take { self.sessions[$0.session] != nil }
  }

  private func plan(for topic: String) -> DeliveryPlan {
    let key = ExactText(topic)
    if let known = plans[key] { return known }
    let matches = tree.matches(topic)
    var bySession: [SessionNumber: [SubscriptionEntry]] = [:]
    for entry in matches.entries { bySession[entry.session, default: []].append(entry) }
    var targets: [DeliveryPlan.Target] = []
    for (number, entries) in bySession.sorted(by: { $0.key < $1.key }) {
      guard let session = sessions[number], let terms = DeliveryTerms(entries) else { continue }
      targets.append(
        DeliveryPlan.Target(
          session: session, terms: terms, ownTerms: DeliveryTerms(entries.lazy.filter { !$0.noLocal })))
    }
    let plan = DeliveryPlan(targets: targets, groups: matches.groups)
    if plans.count >= Self.maximumPlans { plans.removeAll(keepingCapacity: true) }
    plans[key] = plan
    return plan
  }
}
