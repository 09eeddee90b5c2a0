/// Finds the child of a topic node by the bytes of its level: open addressing with linear probing over
/// numbers of nodes, which know their parent and their level themselves. The hash is seeded per process,
/// so that no peer can choose topics that collide.
struct LevelTable: Sendable {
  private struct Slot {
    var hash: UInt32
    var node: Int32
  }

  private static let empty: Int32 = -1
  private var slots = [Slot](repeating: Slot(hash: 0, node: empty), count: 64)
  private(set) var count = 0

  var allocated: Int { slots.capacity * MemoryLayout<Slot>.stride }

  @inline(__always)
  static func hash(parent: Int32, level: UnsafeRawBufferPointer) -> UInt32 {
    var hasher = Hasher()
    hasher.combine(parent)
    hasher.combine(bytes: level)
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  /// The node with this hash that `matches`.
  @inline(__always)
  func find(_ hash: UInt32, _ matches: (Int32) -> Bool) -> Int32? {
    let mask = slots.count - 1
    var index = Int(hash) & mask
    while slots[index].node != Self.empty {
      if slots[index].hash == hash, matches(slots[index].node) { return slots[index].node }
      index = (index + 1) & mask
    }
    return nil
  }

  mutating func insert(_ node: Int32, _ hash: UInt32) {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    place(Slot(hash: hash, node: node))
    count += 1
  }

  private mutating func place(_ slot: Slot) {
    let mask = slots.count - 1
    var index = Int(slot.hash) & mask
    while slots[index].node != Self.empty { index = (index + 1) & mask }
    slots[index] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(hash: 0, node: Self.empty), count: old.count * 2)
    for slot in old where slot.node != Self.empty { place(slot) }
  }

  mutating func remove(_ node: Int32, _ hash: UInt32) {
    let mask = slots.count - 1
    var hole = Int(hash) & mask
    while slots[hole].node != node {
      if slots[hole].node == Self.empty { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    // Move back what only stands later because the hole was taken.
    var next = (hole + 1) & mask
    while slots[next].node != Self.empty {
      let home = Int(slots[next].hash) & mask
      if (next - home) & mask >= (next - hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    slots[hole].node = Self.empty
  }
}
