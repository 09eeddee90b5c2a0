import MQTTPackets

/// What `pub --replay` was asked to do with each message of a recording, checked and complete.
struct ReplayPlan: Equatable {
  var speed = ReplaySchedule.Speed.factor(1)
  /// The first one that matches counts.
  var remaps: [TopicRemap] = []
  /// How often the recording is replayed; nil is for ever.
  var passes: Int? = 1
  /// Nil keeps what was recorded.
  var qos: QoS?
  var retain: Bool?
  /// In place of recorded ones of the same kind; user properties are added.
  var properties: Properties = []

  func topic(for recorded: String) -> String {
    for remap in remaps { if let topic = remap.topic(for: recorded) { return topic } }
    return recorded
  }

  /// What is published for a recorded message. What belonged to the connection that it was recorded on
  /// (topic alias, subscription identifiers) is left out.
  func message(_ recorded: Message) -> Message {
    var message = recorded
    message.topic = topic(for: recorded.topic)
    message.qos = qos ?? recorded.qos
    message.retain = retain ?? recorded.retain
    let replaced = Set(properties.elements.map(\.identifier)).subtracting([.userProperty])
    message.properties.elements.removeAll { property in
      switch property.identifier {
      case .topicAlias, .subscriptionIdentifier: true
      case let identifier: replaced.contains(identifier)
      }
    }
    message.properties.elements += properties.elements
    return message
  }
}
