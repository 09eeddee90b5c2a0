import Client
import TUI

/// What was taken out of the mailbox and goes into the model part by part: a key waits for a part at most,
/// however much came.
struct WatchIntake {
  /// Messages of one part, and bytes of the wire.
  private static let messagesPerPart = 500
  private static let wireBytesPerPart = 64 << 10

  private(set) var content = WatchMailbox.Content()
  /// How much of the content was given out.
  private var wireCount = 0
  private var messageCount = 0

  /// Whether there is nothing left to give out.
  var isEmpty: Bool { wireCount == content.wire.count && messageCount == content.messages.count }

  /// Takes everything that waits; what was taken before must have been removed.
  mutating func take(from mailbox: WatchMailbox) { mailbox.take(&content) }

  /// Keeps the memory for the next time.
  mutating func removeAll() {
    content.removeAll()
    (wireCount, messageCount) = (0, 0)
  }

  /// The next part; nil when there is none.
  mutating func next() -> Event? {
    if wireCount < content.wire.count {
      let start = wireCount
      var bytes = 0
      while wireCount < content.wire.count, bytes < Self.wireBytesPerPart {
        bytes += WatchMailbox.byteCount(content.wire[wireCount])
        wireCount += 1
      }
      return .wire(Array(content.wire[start..<wireCount]))
    }
    guard messageCount < content.messages.count else { return nil }
    let end = min(messageCount + Self.messagesPerPart, content.messages.count)
    defer { messageCount = end }
    var counters = content.counters
    // The view and its pause count what they have been given, and not what is still to come.
    counters.messagesReceived &-= UInt64(content.messages.count - end)
    return .batch(IngestBatch(messages: content.messages, part: messageCount..<end, counters: counters))
  }
}
