/// What the topics counted at the moment of a pause: the figures of those that changed since, each saved
/// before its first change. When that takes too much room, the rest go on changing, and it says so.
struct FrozenTopics: Sendable {
  /// Topics with this serial or a later one are newer than the pause.
  let serial: UInt32
  let second: UInt32
  private let capacity: Int
  private var saved: [Int32: TopicNode] = [:]
  private(set) var isIncomplete = false

  init(serial: UInt32, second: UInt32, limit: Int) {
    self.serial = serial
    self.second = second
    // A dictionary has up to twice the slots it needs.
    capacity = MemoryBudget.frozen(of: limit) / (2 * (MemoryLayout<TopicNode>.stride + 8))
  }

  mutating func save(_ node: Int32, _ nodes: [TopicNode]) {
    guard nodes[Int(node)].serial < serial, saved[node] == nil else { return }
    if saved.count < capacity { saved[node] = nodes[Int(node)] } else { isIncomplete = true }
  }

  /// Nil for a topic that did not change.
  subscript(_ node: Int32, serial serial: UInt32) -> TopicNode? {
    guard let node = saved[node], node.serial == serial else { return nil }
    return node
  }
}
