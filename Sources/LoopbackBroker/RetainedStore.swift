import MQTTPackets
import MQTTSession

/// The retained message of each topic, bounded in number and bytes.
package struct RetainedStore {
  private struct Entry {
    var message: Message
    var expires: MonotonicTime?
    /// The place in the order of arrival.
    var order: UInt64
  }

  private let maximumCount: Int
  private let maximumBytes: Int
  private var entries: [ExactText: Entry] = [:]
  private var arrivals: UInt64 = 0
  /// Bytes of topics and payloads.
  package private(set) var bytes = 0

  package init(maximumCount: Int, maximumBytes: Int) {
    self.maximumCount = maximumCount
    self.maximumBytes = maximumBytes
  }

  package var count: Int { entries.count }

  /// Replaces what the topic had; an empty payload only removes it ([MQTT-3.3.1-6], [MQTT-3.3.1-7]).
  /// - Returns: false when there is no room; the topic then keeps what it had.
  package mutating func store(_ message: Message, now: MonotonicTime) -> Bool {
    let key = ExactText(message.topic)
    let before = entries[key].map { Self.size($0.message) } ?? 0
    guard message.payload.readableBytes > 0 else {
      if entries.removeValue(forKey: key) != nil { bytes -= before }
      return true
    }
    let size = Self.size(message)
    if bytes - before + size > maximumBytes || (before == 0 && entries.count >= maximumCount) {
      dropExpired(now: now)
      let left = entries[key].map { Self.size($0.message) } ?? 0
      guard bytes - left + size <= maximumBytes, left > 0 || entries.count < maximumCount else {
        return false
      }
      bytes -= left
    } else {
      bytes -= before
    }
    arrivals += 1
    entries[key] = Entry(
      message: message.compacted(), expires: message.expiry(from: now), order: arrivals)
    bytes += size
    return true
  }

  /// What a new subscription gets, oldest first, with the time left in each Message Expiry Interval
  /// ([MQTT-3.3.2-6]).
  package func matching(_ filter: TopicFilter, now: MonotonicTime) -> [Message] {
    if !filter.filter.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
      guard let entry = entries[ExactText(filter.filter)] else { return [] }
      return entry.message.aged(until: entry.expires, now: now).map { [$0] } ?? []
    }
    return entries.values.filter { filter.matches($0.message.topic) }
      .sorted { $0.order < $1.order }
      .compactMap { $0.message.aged(until: $0.expires, now: now) }
  }

  private mutating func dropExpired(now: MonotonicTime) {
    for (key, entry) in entries {
      guard let expires = entry.expires, expires <= now else { continue }
      bytes -= Self.size(entry.message)
      entries[key] = nil
    }
  }

  private static func size(_ message: Message) -> Int {
    message.topic.utf8.count + message.payload.readableBytes
  }
}
