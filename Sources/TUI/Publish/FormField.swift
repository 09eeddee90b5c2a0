/// The fields of the publish form, in the order of Tab.
enum FormField: Int, CaseIterable, Sendable {
  case topic, qos, retain, expiry, responseTopic, correlation, contentType, userProperties
  case repeatCount, repeatInterval, topicAlias, isText, payloadKind, payload

  var label: String {
    switch self {
    case .topic: "Topic"
    case .qos: "QoS"
    case .retain: "Retain"
    case .expiry: "Expiry s"
    case .responseTopic: "Resp topic"
    case .correlation: "Correlation"
    case .contentType: "Content"
    case .userProperties: "User props"
    case .repeatCount: "Repeat"
    case .repeatInterval: "every"
    case .topicAlias: "Alias"
    case .isText: "UTF-8"
    case .payloadKind: "Payload"
    case .payload: ""
    }
  }

  /// Whether 3.1.1 has nothing of the kind.
  var needsVersion5: Bool {
    switch self {
    case .expiry, .responseTopic, .correlation, .contentType, .userProperties, .topicAlias, .isText: true
    default: false
    }
  }

  func next(_ step: Int) -> FormField {
    let count = Self.allCases.count
    return FormField(rawValue: (rawValue + step + count) % count) ?? .topic
  }
}
