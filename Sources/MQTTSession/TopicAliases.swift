import MQTTPackets

/// The topic aliases of one connection, MQTT 5.0 section 3.3.2.3.4: they end with it, so each new
/// connection starts with a new value.
package struct TopicAliases: Sendable {
  private var incomingTopics: [String?] = []
  private var outgoingAliases: [ExactText: UInt16] = [:]
  /// The highest alias that the peer may use.
  package let incomingMaximum: UInt16
  /// The highest alias that we may use.
  package let outgoingMaximum: UInt16

  /// The rule that an incoming alias above the maximum breaks.
  private let maximumRule: String

  /// `isServer` tells whose rules the peer is held to.
  package init(incomingMaximum: UInt16 = 0, outgoingMaximum: UInt16 = 0, isServer: Bool = false) {
    maximumRule = isServer ? "[MQTT-3.3.2-9]" : "[MQTT-3.3.2-11]"
    self.incomingMaximum = incomingMaximum
    self.outgoingMaximum = outgoingMaximum
  }

  /// Puts the topic that `publish` means into it, and remembers a new alias. The property stays.
  package mutating func resolve(_ publish: inout Publish) throws(ProtocolViolation) {
    guard !publish.message.properties.isEmpty, let alias = publish.message.properties.topicAlias else {
      if publish.message.topic.isEmpty {
        throw ProtocolViolation(
          .protocolError, .publish, rule: "[MQTT-4.7.3-1]", detail: "empty topic without a topic alias")
      }
      return
    }
    guard alias != 0, alias <= incomingMaximum else {
      throw ProtocolViolation(
        .topicAliasInvalid, .publish, rule: alias == 0 ? "[MQTT-3.3.2-8]" : maximumRule,
        detail: "topic alias \(alias), maximum \(incomingMaximum)")
    }
    let index = Int(alias) - 1
    if publish.message.topic.isEmpty {
      guard index < incomingTopics.count, let topic = incomingTopics[index] else {
        throw ProtocolViolation(
          .topicAliasInvalid, .publish, rule: "[MQTT5 3.3.2.3.4]",
          detail: "topic alias \(alias) was never set on this connection")
      }
      publish.message.topic = topic
    } else {
      while incomingTopics.count <= index { incomingTopics.append(nil) }
      incomingTopics[index] = publish.message.topic
    }
  }

  /// Shortens `publish` by an alias: first come, first served until the maximum, then none.
  package mutating func shorten(_ publish: inout Publish) {
    let topic = ExactText(publish.message.topic)
    if let alias = outgoingAliases[topic] {
      publish.message.topic = ""
      publish.message.properties.append(.topicAlias(alias))
    } else if outgoingAliases.count < Int(outgoingMaximum) {
      let alias = UInt16(outgoingAliases.count + 1)
      outgoingAliases[topic] = alias
      publish.message.properties.append(.topicAlias(alias))
    }
  }
}
