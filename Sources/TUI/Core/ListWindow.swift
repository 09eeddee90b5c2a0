/// Which part of a list of known rows is on the screen, so that the selected one is.
struct ListWindow: Equatable, Sendable {
  private(set) var top = 0
  var cursor = 0

  /// Keeps the cursor on a row and the window full.
  mutating func fit(count: Int, rows: Int) {
    cursor = min(max(0, cursor), max(0, count - 1))
    if cursor < top { top = cursor }
    if rows > 0, cursor >= top + rows { top = cursor - rows + 1 }
    top = max(0, min(top, count - max(1, rows)))
  }

  func visible(count: Int, rows: Int) -> Range<Int> { top..<min(count, top + max(0, rows)) }

  /// False for an action that moves nothing.
  mutating func move(_ action: Action, count: Int, rows: Int) -> Bool {
    guard let step = action.rowStep(rows: rows) else { return false }
    let (sum, overflow) = cursor.addingReportingOverflow(step)
    cursor = overflow ? (step < 0 ? 0 : count) : sum
    fit(count: count, rows: rows)
    return true
  }
}

extension Action {
  /// Rows that the action moves by in a list that shows `rows`; nil when it is no such action.
  func rowStep(rows: Int) -> Int? {
    switch self {
    case .up: -1
    case .down: 1
    case .halfPageUp: -max(1, rows / 2)
    case .halfPageDown: max(1, rows / 2)
    case .pageUp: -max(1, rows - 1)
    case .pageDown: max(1, rows - 1)
    case .first: .min
    case .last: .max
    default: nil
    }
  }
}
