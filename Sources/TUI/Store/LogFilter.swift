import Expression

/// Which messages of the log pass a filter. The log is searched from its newest message backwards while new
/// ones are checked as they come, a bounded number a frame.
struct LogFilter: Sendable {
  /// Hits that are kept, the newest.
  static let maximumHits = 1 << 18

  let expression: Expression
  /// Positions, the newest first.
  private var older: [UInt64] = []
  /// Positions, the oldest first.
  private var newer: [UInt64] = []
  private var newerStart = 0
  /// The next new position to check, and the position after the next old one.
  private(set) var front: UInt64
  private(set) var back: UInt64

  init(_ expression: Expression, end: UInt64) {
    self.expression = expression
    front = end
    back = end
  }

  var count: Int { older.count + newer.count - newerStart }

  /// - Returns: whether there is more to check.
  mutating func advance(_ log: MessageLog, steps: Int, _ matches: (UInt64) -> Bool) -> Bool {
    forgetEvicted(before: log.start)
    var steps = steps
    front = max(front, log.start)
    while steps > 0, front < log.end {
      if matches(front) { newer.append(front) }
      front += 1
      steps -= 1
    }
    while steps > 0, back > log.start {
      back = count < Self.maximumHits ? back - 1 : log.start
      if matches(back) { older.append(back) }
      steps -= 1
    }
    while count > Self.maximumHits { dropOldest() }
    return front < log.end || back > log.start
  }

  /// The share of the log that was checked, 0 to 1.
  func progress(_ log: MessageLog) -> Double {
    let all = Double(log.end - log.start)
    let open = Double(log.end - min(front, log.end)) + Double(max(back, log.start) - log.start)
    return all > 0 ? 1 - open / all : 1
  }

  private mutating func forgetEvicted(before start: UInt64) {
    while let oldest = self[0], oldest < start { dropOldest() }
    back = max(back, start)
  }

  private mutating func dropOldest() {
    if older.popLast() != nil { return }
    newerStart += 1
    if newerStart > 1024, newerStart * 2 > newer.count {
      newer.removeFirst(newerStart)
      newerStart = 0
    }
  }

  /// Positions in order, the oldest first.
  subscript(_ index: Int) -> UInt64? {
    guard index >= 0, index < count else { return nil }
    if index < older.count { return older[older.count - 1 - index] }
    return newer[newerStart + index - older.count]
  }

  /// How many hits lie before `position`.
  func rank(of position: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if let hit = self[middle], hit < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
