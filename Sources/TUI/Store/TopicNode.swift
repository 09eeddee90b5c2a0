import MQTTPackets

/// One level of a topic, with what was counted for it and everything below it.
struct TopicNode: Sendable {
  static let none: Int32 = -1

  var parent: Int32
  /// Differs for each topic that takes this place in the index.
  var serial: UInt32
  /// Exact bytes; beyond the deepest level that the tree splits, the rest of the topic with its slashes.
  var level: String
  /// Children in the index.
  var childCount: Int32 = 0
  /// Topics with messages here and below.
  var topicCount: Int32 = 0
  /// Topics that were below and were let go.
  var evictedTopics: UInt32 = 0
  /// The place in the history pool; `none` without messages of its own.
  var history = TopicNode.none
  /// Messages of this very topic.
  var ownMessages: UInt64 = 0
  /// Messages here and below, also of topics that were let go.
  var messages: UInt64 = 0
  /// Payload bytes here and below.
  var bytes: UInt64 = 0
  /// The number of the last message here or below.
  var lastNumber: UInt64 = 0
  var meter: RateMeter
  var flags: Flags = []
  var depth: UInt8

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt16
    static let expanded = Flags(rawValue: 1)
    static let pinned = Flags(rawValue: 2)
    /// Pinned itself or below something pinned.
    static let exempt = Flags(rawValue: 4)
    /// A retained message was received for it.
    static let retained = Flags(rawValue: 8)
    /// Waits for the outline to look at it.
    static let dirty = Flags(rawValue: 16)
    /// Feeds a chart.
    static let charted = Flags(rawValue: 32)
    /// In the list of its parent in the outline.
    static let listed = Flags(rawValue: 64)
    /// Passes the filter itself.
    static let matching = Flags(rawValue: 128)
    static let alive = Flags(rawValue: 256)
    /// The QoS of its last message.
    static let qos1 = Flags(rawValue: 512)
    static let qos2 = Flags(rawValue: 1024)
  }

  var qos: QoS { flags.contains(.qos2) ? .exactlyOnce : flags.contains(.qos1) ? .atLeastOnce : .atMostOnce }

  mutating func setQoS(_ qos: QoS) {
    flags.subtract([.qos1, .qos2])
    if qos == .atLeastOnce { flags.insert(.qos1) } else if qos == .exactlyOnce { flags.insert(.qos2) }
  }

  /// What a longer level keeps outside of the node.
  var levelCost: Int { level.utf8.count > 15 ? level.utf8.count + 48 : 0 }
}

/// A topic of the index that a view may hold on to: invalid as soon as the topic was let go.
package struct TopicID: Hashable, Sendable {
  let node: Int32
  let serial: UInt32
}
