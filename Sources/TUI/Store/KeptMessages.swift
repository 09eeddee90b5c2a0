/// Copies of marked messages, which stay when the log lets the originals go. Above their share of the
/// memory the ones that were kept first go.
struct KeptMessages: Sendable {
  let limit: Int
  private var messages: [StoredMessage] = []
  private(set) var bytes = 0
  private(set) var evicted = 0

  init(limit: Int) { self.limit = limit }

  func message(_ number: UInt64) -> StoredMessage? { messages.first { $0.number == number } }

  mutating func keep(_ message: StoredMessage) {
    guard self.message(message.number) == nil else { return }
    messages.append(message)
    bytes += Self.cost(message)
    while bytes > limit, messages.count > 1 {
      bytes -= Self.cost(messages.removeFirst())
      evicted += 1
    }
  }

  mutating func release(_ number: UInt64) {
    guard let index = messages.firstIndex(where: { $0.number == number }) else { return }
    bytes -= Self.cost(messages.remove(at: index))
  }

  private static func cost(_ message: StoredMessage) -> Int {
    var properties: [UInt8] = []
    _ = PropertyBytes.append(message.properties, limit: .max, to: &properties)
    return MemoryLayout<StoredMessage>.stride + message.topic.utf8.count + message.payload.count
      + message.properties.elements.count * 64 + properties.count + 64
  }
}
