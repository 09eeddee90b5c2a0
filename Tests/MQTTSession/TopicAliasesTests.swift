import MQTTPackets
import Testing

@testable import MQTTSession

/// "é" as one scalar and as two: the same `String` to Swift, two topics to MQTT.
private let composed = "caf\u{E9}"
private let decomposed = "cafe\u{301}"

@Suite("Topics that differ in bytes only")
struct ExactTopicTests {
  @Test("get aliases of their own")
  func aliases() {
    var aliases = TopicAliases(outgoingMaximum: 2)
    var sent: [(topic: String, alias: UInt16?)] = []
    for topic in [composed, decomposed, composed, decomposed] {
      var publish = Publish(message: Message(topic: topic))
      aliases.shorten(&publish)
      sent.append((publish.message.topic, publish.message.properties.topicAlias))
    }
    #expect(sent.map(\.alias) == [1, 2, 1, 2])
    #expect(sent.map { Array($0.topic.utf8) } == [Array(composed.utf8), Array(decomposed.utf8), [], []])
  }

  @Test("are two filters")
  func filters() throws {
    #expect(try TopicFilter(composed) != TopicFilter(decomposed))
    #expect(try Set([TopicFilter(composed), TopicFilter(decomposed), TopicFilter(composed)]).count == 2)
  }
}
