import MQTTPackets

/// What is wrong with a filter that was typed; in words.
package struct SubscriptionTextError: Error, Equatable, Sendable {
  package let message: String
}

/// `plant/#` or `plant/# 1`: a topic filter, and the QoS to ask for behind a blank.
package struct SubscriptionText: Equatable, Sendable {
  package let filter: String
  package let qos: QoS

  package init(_ text: String) throws(SubscriptionTextError) {
    var filter = text
    var qos = QoS.atMostOnce
    if let blank = text.lastIndex(of: " "), let number = UInt8(text[text.index(after: blank)...]) {
      guard let given = QoS(rawValue: number) else {
        throw SubscriptionTextError(message: "QoS is 0, 1 or 2")
      }
      qos = given
      filter = String(text[..<blank])
    }
    do throws(TopicError) {
      _ = try TopicFilter(filter)
    } catch {
      throw SubscriptionTextError(message: "the topic filter \(error.reason.words)")
    }
    self.filter = filter
    self.qos = qos
  }
}
