import MQTTPackets

/// One row of the tree of topics: a node in the tree, or in the part of a pinned one above the tree.
package struct TopicRow: Hashable, Sendable {
  package let id: TopicID
  /// The pinned node that the row stands under; nil in the tree itself.
  let section: TopicID?
}

/// What a row of the tree shows.
package struct TopicRowContent: Equatable, Sendable {
  /// One level, or the whole topic in a flat list and at the head of a pinned part; not yet sanitised.
  package var label: String
  /// Columns of indentation are two for each.
  package var depth: Int
  /// Has rows below it, shown or not.
  package var isBranch: Bool
  package var isExpanded: Bool
  package var isPinned: Bool
  /// Topics below it that hold messages, itself not counted.
  package var topicsBelow: Int
  /// Topics that were below it and were let go.
  package var evictedTopics: Int
  /// Of its own last message; nil for a level without messages.
  package var qos: QoS?
  package var isRetained: Bool
  /// With all below it, as are all the counts.
  package var messages: UInt64
  package var bytes: UInt64
  /// Messages a second.
  package var rate: Double
  /// As `RateMeter.sparkline`.
  package var sparkline: [UInt8]
}
