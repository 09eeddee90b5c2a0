/// Clients by when their next message is due: a binary heap.
struct DueQueue {
  struct Entry {
    var due: Int64
    var client: Int
  }

  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var index = entries.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      if entries[parent].due <= entries[index].due { return }
      entries.swapAt(parent, index)
      index = parent
    }
  }

  mutating func removeFirst() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var index = 0
    while true {
      var smallest = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < entries.count && entries[child].due < entries[smallest].due {
        smallest = child
      }
      if smallest == index { return first }
      entries.swapAt(index, smallest)
      index = smallest
    }
  }
}

/// Times of the running interval, and of all intervals before it.
struct LatencyTally {
  private(set) var interval = LatencyHistogram()
  private(set) var total = LatencyHistogram()

  @inline(__always)
  mutating func record(_ nanoseconds: Int64) { interval.record(nanoseconds) }

  /// Begins a new interval.
  mutating func roll() {
    if interval.isEmpty { return }
    total.add(interval)
    interval.reset()
  }
}
