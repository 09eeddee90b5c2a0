/// The lines between panes. Which corner or crossing a cell shows follows from the lines that meet there.
struct BorderMap {
  private let size: Size
  /// Bits: 1 up, 2 down, 4 left, 8 right.
  private var links: [UInt8]

  init(_ size: Size) {
    self.size = size
    links = Array(repeating: 0, count: size.rows * size.columns)
  }

  mutating func addHorizontal(row: Int, columns: Range<Int>) {
    for column in columns {
      let isFirst = column == columns.lowerBound && column > 0
      let isLast = column == columns.upperBound - 1 && column < size.columns - 1
      add((isFirst ? 0 : 4) | (isLast ? 0 : 8), row, column)
    }
  }

  /// The line goes on into the border rows above and below the rows.
  mutating func addVertical(column: Int, rows: Range<Int>) {
    add(2, rows.lowerBound - 1, column)
    for row in rows { add(3, row, column) }
    add(1, rows.upperBound, column)
  }

  func draw(on canvas: Canvas) {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let bits = links[row * size.columns + column]
        guard bits != 0 else { continue }
        let glyph = canvas.glyphs.line(
          up: bits & 1 != 0, down: bits & 2 != 0, left: bits & 4 != 0, right: bits & 8 != 0)
        canvas.glyph(glyph, row: row, column: column, StyleID(.border))
      }
    }
  }

  private mutating func add(_ bits: UInt8, _ row: Int, _ column: Int) {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return }
    links[row * size.columns + column] |= bits
  }
}
