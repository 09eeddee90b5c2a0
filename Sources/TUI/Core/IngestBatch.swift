/// Exact totals since the start, whatever the views have dropped.
package struct TrafficCounters: Equatable, Sendable {
  package var messagesReceived: UInt64 = 0
  package var messagesSent: UInt64 = 0
  package var payloadBytesReceived: UInt64 = 0
  package var payloadBytesSent: UInt64 = 0
  package var packetsReceived: UInt64 = 0
  package var packetsSent: UInt64 = 0
  package var framesReceived: UInt64 = 0
  package var framesSent: UInt64 = 0
  /// On the wire below TLS.
  package var bytesReceived: UInt64 = 0
  package var bytesSent: UInt64 = 0
  /// Messages that were counted and recorded but kept from the views by `--overload drop`.
  package var viewDrops: UInt64 = 0

  package init() {}
}

/// What came in since the last batch, in order.
package struct IngestBatch: Sendable {
  package let messages: MessageBatch
  /// Which of the messages come in now.
  package let part: Range<Int>
  package let counters: TrafficCounters

  /// - Parameter part: nil for all of the messages.
  package init(
    messages: MessageBatch = MessageBatch(), part: Range<Int>? = nil,
    counters: TrafficCounters = TrafficCounters()
  ) {
    self.messages = messages
    self.part = (part ?? 0..<messages.count).clamped(to: 0..<messages.count)
    self.counters = counters
  }
}
