import Text

/// What a terminal is to show: `rows` times `columns` cells and the cursor.
package struct CellGrid: Equatable, Sendable {
  package let size: Size
  /// Row after row.
  package private(set) var cells: [Cell]
  /// Where the terminal's own cursor stands, on the selection or in a prompt; nil hides it.
  package var cursor: Position?

  package init(_ size: Size) {
    self.size = size
    cells = Array(repeating: .blank(), count: size.rows * size.columns)
  }

  /// The cells of one row, which must be one of the grid.
  package func row(_ row: Int) -> ArraySlice<Cell> {
    cells[(row * size.columns)..<((row + 1) * size.columns)]
  }

  /// Outside of the grid it reads a blank.
  package subscript(row: Int, column: Int) -> Cell {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return .blank() }
    return cells[row * size.columns + column]
  }

  /// Puts a cell of one column, or the left half of a wide one with its continuation. Halves of wide
  /// cells that this cuts become blanks; what does not fit into the row becomes a blank.
  mutating func put(_ cell: Cell, row: Int, column: Int) {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns, cell.width > 0 else { return }
    let index = row * size.columns + column
    let isLast = column == size.columns - 1
    if cells[index].width == 0 { cells[index - 1] = .blank(cells[index - 1].style) }
    let isWide = cell.width == 2 && !isLast
    let last = isWide ? index + 1 : index
    if cells[last].width == 2, (last + 1) % size.columns != 0 {
      cells[last + 1] = .blank(cells[last + 1].style)
    }
    cells[index] = cell.width == 2 && isLast ? .blank(cell.style) : cell
    if isWide { cells[index + 1] = .continuation(cell.style) }
  }

  /// Changes the looks of part of a row and leaves the text.
  mutating func restyle(row: Int, columns: Range<Int>, _ change: (StyleID) -> StyleID) {
    guard row >= 0, row < size.rows else { return }
    for column in columns.clamped(to: 0..<size.columns) {
      let index = row * size.columns + column
      cells[index].style = change(cells[index].style)
    }
  }
}

extension CellGrid {
  /// What is wrong with the grid, or nil: every frame of every model passes this.
  package var brokenInvariant: String? {
    if cells.count != size.rows * size.columns { return "\(cells.count) cells" }
    if let cursor, !Rectangle(size).contains(cursor) { return "cursor outside at \(cursor)" }
    for row in 0..<size.rows {
      var isContinuationDue = false
      for column in 0..<size.columns {
        let cell = self[row, column]
        let place = "row \(row), column \(column)"
        if (cell.width == 0) != isContinuationDue { return "half of a wide cell at \(place)" }
        isContinuationDue = cell.width == 2
        let marks = [cell.firstMark, cell.secondMark].compactMap { $0 }
        if ([cell.base] + marks).contains(where: Sanitiser.isUnsafe) { return "unsafe scalar at \(place)" }
        if marks.contains(where: { ScalarWidth.columns($0) != 0 }) { return "mark with a width at \(place)" }
        if cell.width > 0, ScalarWidth.columns(cell.base) != Int(cell.width) {
          return "wrong width at \(place)"
        }
      }
      if isContinuationDue { return "row \(row) is too wide" }
    }
    return nil
  }

  /// The text of a row, trailing blanks included.
  package func text(row: Int) -> String {
    var text = String.UnicodeScalarView()
    for cell in self.row(row) where cell.width > 0 {
      text.append(cell.base)
      if let mark = cell.firstMark { text.append(mark) }
      if let mark = cell.secondMark { text.append(mark) }
    }
    return String(text)
  }

  /// All rows, each with a line feed.
  package var text: String {
    (0..<size.rows).map { text(row: $0) + "\n" }.joined()
  }
}
