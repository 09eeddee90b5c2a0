/// Control sequences that move, erase and shift.
extension TerminalScreen {
  mutating func perform(_ final: UInt8, _ text: String) {
    if text.hasPrefix("?") {
      guard final == UInt8(ascii: "h") || final == UInt8(ascii: "l") else {
        return violate("CSI \(text) \(final)")
      }
      return setModes(text.dropFirst(), final == UInt8(ascii: "h"))
    }
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    let first = numbers.first ?? nil
    let second = numbers.count > 1 ? numbers[1] : nil
    let count = max(first ?? 1, 1)
    switch Unicode.Scalar(final) {
    case "H", "f", "d", "G", "A", "B", "C", "D": move(Unicode.Scalar(final), count, second)
    case "J": eraseDisplay(first ?? 0)
    case "K": eraseLine(first ?? 0)
    case "X": for index in column..<min(columns, column + count) { cells[row][index] = " " }
    case "b": repeatLast(count)
    case "@": shift(by: count)
    case "P": shift(by: -count)
    case "L": moveLines(from: row, by: -count)
    case "M": moveLines(from: row, by: count)
    case "S": scroll(by: count)
    case "T": scroll(by: -count)
    case "r":
      top = min(count, rows) - 1
      bottom = min(second ?? rows, rows) - 1
      (row, column) = (0, 0)
    case "h", "l": if first == 4 { inserts = final == UInt8(ascii: "h") }
    case "m", "t": break
    default: violate("CSI \(text) \(final)")
    }
  }

  private mutating func move(_ final: Unicode.Scalar, _ count: Int, _ second: Int?) {
    switch final {
    case "d": row = min(count, rows) - 1
    case "G": column = min(count, columns) - 1
    case "A": row = max(0, row - count)
    case "B": row = min(rows - 1, row + count)
    case "C": column = min(columns - 1, column + count)
    case "D": column = max(0, min(column, columns - 1) - count)
    default:
      row = min(count, rows) - 1
      column = min(max(second ?? 1, 1), columns) - 1
    }
  }

  private var blank: [String] { Array(repeating: " ", count: columns) }

  mutating func erase(all: Bool) {
    for index in cells.indices where all || index > row { cells[index] = blank }
  }

  private mutating func eraseDisplay(_ part: Int) {
    if part == 2 || part == 0 && row == 0 && column == 0 { erasures += 1 }
    if part == 0 { eraseLine(0) }
    if part == 1 {
      eraseLine(1)
      for index in 0..<row { cells[index] = blank }
    } else {
      erase(all: part == 2)
    }
  }

  private mutating func eraseLine(_ part: Int) {
    for index in 0..<columns where part == 2 || (part == 0 ? index >= column : index <= column) {
      cells[row][index] = " "
    }
  }

  /// The rest of the row to the right, or to the left with a negative count.
  mutating func shift(by count: Int) {
    for _ in 0..<min(abs(count), columns) {
      if count > 0 {
        cells[row].insert(" ", at: min(column, columns - 1))
        cells[row].removeLast()
      } else {
        cells[row].remove(at: min(column, columns - 1))
        cells[row].append(" ")
      }
    }
  }

  mutating func scroll(by count: Int) { moveLines(from: top, by: count) }

  /// The lines from `first` to the end of the region, up or with a negative count down.
  private mutating func moveLines(from first: Int, by count: Int) {
    guard first >= top, first <= bottom else { return }
    for _ in 0..<min(abs(count), bottom - first + 1) {
      cells.remove(at: count > 0 ? first : bottom)
      cells.insert(blank, at: count > 0 ? bottom : first)
    }
  }
}
