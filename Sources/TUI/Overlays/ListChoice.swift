/// The selected row of a short list in an overlay, and the part of it that is shown.
struct ListChoice: Sendable, Equatable {
  private(set) var index = 0

  /// False for a key that does not move.
  mutating func move(_ key: Key, count: Int, page: Int) -> Bool {
    let step: Int
    switch (key.code, key.modifiers) {
    case (.up, []), (.character("p"), .control): step = -1
    case (.down, []), (.character("n"), .control): step = 1
    case (.pageUp, []): step = -max(1, page)
    case (.pageDown, []): step = max(1, page)
    default: return false
    }
    move(by: step, count: count)
    return true
  }

  mutating func move(by step: Int, count: Int) { index = max(0, min(count - 1, index + step)) }

  mutating func reset() { index = 0 }

  mutating func choose(_ new: Int, count: Int) { index = max(0, min(count - 1, new)) }

  /// The rows to show of so many, with the selected one among them.
  func window(count: Int, rows: Int) -> Range<Int> {
    guard rows > 0, count > 0 else { return 0..<0 }
    let start = max(0, min(index - rows / 2, count - rows))
    return start..<min(count, start + rows)
  }
}
