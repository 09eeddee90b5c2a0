import MQTTPackets

/// A moment of the real-time clock, in nanoseconds since 1970-01-01T00:00:00Z.
package struct WallTime: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (left: WallTime, right: WallTime) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Rounded down.
  package var seconds: Int64 { (nanoseconds - Int64(subsecond)) / 1_000_000_000 }

  /// Nanoseconds since the second began.
  var subsecond: Int {
    let rest = Int(nanoseconds % 1_000_000_000)
    return rest < 0 ? rest + 1_000_000_000 : rest
  }
}

/// A message as it arrived: what every message format prints.
package struct ReceivedMessage: Equatable, Sendable {
  /// Its topic is resolved from topic aliases.
  package var publish: Publish
  package var receivedAt: WallTime
  /// 1, 2, 3 … over the run.
  package var sequence: UInt64

  package init(_ publish: Publish, receivedAt: WallTime, sequence: UInt64) {
    self.publish = publish
    self.receivedAt = receivedAt
    self.sequence = sequence
  }
}
