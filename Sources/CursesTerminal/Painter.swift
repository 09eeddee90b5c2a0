import CNcurses
import Glibc
import TUI

/// Turns cells into curses' cells, those that differ from the last grid.
struct Painter {
  private let theme: Theme
  private let usesColour: Bool
  private var shown: CellGrid?
  /// Curses' colour pairs by foreground and background, made when they are first needed.
  private var pairs: [ColourPair: CShort] = [:]
  /// What each style is for curses.
  private var looks: [(attributes: attr_t, pair: CShort)?] = Array(repeating: nil, count: 256)

  private struct ColourPair: Hashable {
    var foreground: Colour?
    var background: Colour?
  }

  init(_ theme: Theme, usesColour: Bool) {
    self.theme = theme
    self.usesColour = usesColour
  }

  mutating func forget() { shown = nil }

  mutating func paint(_ grid: CellGrid) {
    let rows = min(grid.size.rows, Int(curses_rows()))
    let columns = min(grid.size.columns, Int(curses_columns()))
    let old = shown?.size == grid.size ? shown : nil
    for row in 0..<rows {
      let cells = grid.row(row)
      let oldCells = old?.row(row)
      if let oldCells, oldCells == cells { continue }
      for column in 0..<columns {
        let index = cells.startIndex + column
        let cell = cells[index]
        // The left half of a wide cell draws both.
        guard cell.width > 0, column + Int(cell.width) <= columns else { continue }
        if let oldCells, oldCells[index] == cell { continue }
        put(cell, row, column)
      }
    }
    placeCursor(grid.cursor)
    shown = grid
    wrefresh(curses_standard_window())
  }

  private mutating func placeCursor(_ position: Position?) {
    curs_set(position == nil ? 0 : 1)
    if let position { wmove(curses_standard_window(), CInt(position.row), CInt(position.column)) }
  }

  private mutating func put(_ cell: Cell, _ row: Int, _ column: Int) {
    let look = look(of: cell.style)
    let base = wchar_t(bitPattern: cell.base.value)
    // Where the system's table of widths differs from ours, curses would shift the rest of the row.
    guard wcwidth(base) == Int(cell.width) else {
      for offset in 0..<Int(cell.width) {
        curses_put(
          CInt(row), CInt(column + offset), wchar_t(UInt8(ascii: "?")), 0, 0, look.attributes, look.pair)
      }
      return
    }
    curses_put(
      CInt(row), CInt(column), base, mark(cell.firstMark), mark(cell.secondMark), look.attributes, look.pair)
  }

  private func mark(_ scalar: Unicode.Scalar?) -> wchar_t {
    guard let scalar else { return 0 }
    let mark = wchar_t(bitPattern: scalar.value)
    return wcwidth(mark) == 0 ? mark : 0
  }

  // MARK: - Looks

  private mutating func look(of id: StyleID) -> (attributes: attr_t, pair: CShort) {
    if let look = looks[Int(id.rawValue)] { return look }
    let style = theme.style(id)
    var attributes: attr_t = 0
    if style.isBold { attributes |= curses_bold() }
    if style.isReverse { attributes |= curses_reverse() }
    if style.isUnderlined { attributes |= curses_underline() }
    let pair = usesColour ? pair(style.foreground, style.background) : 0
    looks[Int(id.rawValue)] = (attributes, pair)
    return (attributes, pair)
  }

  private mutating func pair(_ foreground: Colour?, _ background: Colour?) -> CShort {
    guard foreground != nil || background != nil else { return 0 }
    let key = ColourPair(foreground: foreground, background: background)
    if let pair = pairs[key] { return pair }
    let pair = CShort(pairs.count + 1)
    guard CInt(pair) < curses_colour_pairs(), init_pair(pair, number(foreground), number(background)) == OK
    else { return 0 }
    pairs[key] = pair
    return pair
  }

  private func number(_ colour: Colour?) -> CShort {
    switch colour {
    case nil: -1
    case .red: 1
    case .green: 2
    case .yellow: 3
    case .blue: 4
    case .magenta: 5
    case .cyan: 6
    case .indexed(let index): CShort(index)
    }
  }
}
