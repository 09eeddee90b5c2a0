import MQTTPackets

/// Watches what one end sends as the sender of messages, and what it gets back.
struct WireRules {
  enum Stage { case published, received, released }

  let window: Int
  private(set) var problems: [String] = []
  private var stages: [UInt16: Stage] = [:]
  private var topics: [UInt16: String] = [:]
  /// Exchanges that this connection has seen.
  private var onWire: Set<UInt16> = []

  init(window: Int) { self.window = window }

  mutating func connectionClosed() { onWire = [] }

  mutating func sessionLost() {
    stages = [:]
    onWire = []
  }

  mutating func sent(_ packet: Packet) {
    switch packet {
    case .publish(let publish):
      guard let id = publish.packetIdentifier else { return }
      if publish.isDuplicate {
        check(stages[id] == .published, "PUBLISH \(id) sent again in stage \(String(describing: stages[id]))")
        check(topics[id] == publish.message.topic, "PUBLISH \(id) sent again with another topic")
        check(!onWire.contains(id), "PUBLISH \(id) sent twice on one connection")
      } else {
        check(stages[id] == nil, "identifier \(id) reused in flight")
        stages[id] = .published
        topics[id] = publish.message.topic
      }
      onWire.insert(id)
      check(onWire.count <= window, "\(onWire.count) in flight, Receive Maximum \(window)")
    case .pubRel(let ack):
      let id = ack.packetIdentifier
      if ack.reasonCode == .packetIdentifierNotFound { return }
      check(stages[id] == .received || stages[id] == .released, "PUBREL \(id) before PUBREC")
      stages[id] = .released
      onWire.insert(id)
    default: break
    }
  }

  mutating func got(_ packet: Packet) {
    switch packet {
    case .pubAck(let ack), .pubComp(let ack):
      stages[ack.packetIdentifier] = nil
      onWire.remove(ack.packetIdentifier)
    case .pubRec(let ack) where stages[ack.packetIdentifier] == .published:
      stages[ack.packetIdentifier] = .received
    default: break
    }
  }

  private mutating func check(_ holds: Bool, _ problem: String) {
    if !holds { problems.append(problem) }
  }
}
