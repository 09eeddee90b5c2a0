import MQTTPackets
import MQTTSession

extension Broker {
  func receive(
    _ subscribe: Subscribe, _ link: ClientLink, _ session: ClientSession, now: MonotonicTime,
    into effects: inout [BrokerEffect]
  ) {
    let identifier = subscribe.properties.subscriptionIdentifiers.first
    var codes: [ReasonCode] = []
    var replays: [(filter: TopicFilter, terms: DeliveryTerms)] = []
    for subscription in subscribe.subscriptions {
      let entry = SubscriptionEntry(
        session: session.number, qos: subscription.qos, noLocal: subscription.noLocal,
        retainAsPublished: subscription.retainAsPublished, identifier: identifier)
      let filter: TopicFilter
      do { filter = try TopicFilter(subscription.filter) } catch {
        codes.append(.topicFilterInvalid)
        continue
      }
      if filter.shareName != nil, subscription.noLocal {
        fail(link, .protocolError, now: now, into: &effects)  // [MQTT-3.8.3-4]
        return
      }
      let isKnown = session.subscriptions[ExactText(filter.text)] != nil
      guard settings.access.allowsSubscription(to: filter) else {
        codes.append(.notAuthorized)
        continue
      }
      guard isKnown || tree.count < settings.maximumSubscriptions else {
        codes.append(.quotaExceeded)
        continue
      }
      _ = tree.insert(filter.filter, share: filter.shareName, entry)
      session.subscriptions[ExactText(filter.text)] = filter
      codes.append(ReasonCode(rawValue: subscription.qos.rawValue))
      if Self.replays(subscription, filter, isKnown: isKnown),
        let terms = DeliveryTerms(CollectionOfOne(entry))
      {
        replays.append((filter, terms))
      }
    }
    plans.removeAll(keepingCapacity: true)
    if session.version == .v3_1_1 {
      codes = codes.map { $0.isError ? .unspecifiedError : $0 }
    }
    effects.append(
      .send(.subAck(SubAck(subscribe.packetIdentifier, codes)), session.version, to: link.id))
    for replay in replays {
      for message in retained.matching(replay.filter, now: now) {
        guard session.link === link else { return }
        _ = offer(
          message, to: session, replay.terms, from: nil, isReplay: true, now: now, into: &effects)
      }
    }
  }

  /// Whether the retained messages go to this subscription ([MQTT-3.3.1-9] to [MQTT-3.3.1-11],
  /// [MQTT-4.8.2] for the shared).
  private static func replays(
    _ subscription: Subscription, _ filter: TopicFilter, isKnown: Bool
  ) -> Bool {
    if filter.shareName != nil { return false }
    return switch subscription.retainHandling {
    case .sendAtSubscribe: true
    case .sendIfNewSubscription: !isKnown
    case .doNotSend: false
    }
  }

  func receive(
    _ unsubscribe: Unsubscribe, _ link: ClientLink, _ session: ClientSession,
    into effects: inout [BrokerEffect]
  ) {
    var codes: [ReasonCode] = []
    for text in unsubscribe.filters {
      guard let filter = session.subscriptions.removeValue(forKey: ExactText(text)) else {
        codes.append((try? TopicFilter(text)) == nil ? .topicFilterInvalid : .noSubscriptionFound)
        continue
      }
      _ = tree.remove(filter.filter, share: filter.shareName, session.number)
      codes.append(.success)
    }
    plans.removeAll(keepingCapacity: true)
    if session.version == .v3_1_1 { codes = [] }
    effects.append(
      .send(.unsubAck(UnsubAck(unsubscribe.packetIdentifier, codes)), session.version, to: link.id))
  }
}
