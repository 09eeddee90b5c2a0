/// A rectangle of a grid to draw into; what falls outside is cut off. Canvases of one frame share its
/// grid. Text goes through the sanitiser, whoever wrote it.
package struct Canvas {
  /// The grid while it is drawn.
  private final class Frame {
    var grid: CellGrid
    /// The row that is being laid out; kept for its capacity.
    var line: [Cell] = []

    init(_ grid: CellGrid) { self.grid = grid }
  }

  package enum Elision: Sendable {
    /// `plant/line1/te…`
    case end
    /// `plant/…/temp`; for topics, whose ends tell them apart.
    case middle
  }

  private let frame: Frame
  /// In the grid's coordinates, and inside the grid.
  package let area: Rectangle
  package let capabilities: Capabilities

  package init(_ size: Size, _ capabilities: Capabilities) {
    frame = Frame(CellGrid(size))
    area = Rectangle(size)
    self.capabilities = capabilities
  }

  private init(_ frame: Frame, _ area: Rectangle, _ capabilities: Capabilities) {
    self.frame = frame
    self.area = area
    self.capabilities = capabilities
  }

  package var size: Size { area.size }
  package var rows: Int { area.rows }
  package var columns: Int { area.columns }
  package var glyphs: Glyphs { Glyphs(unicode: capabilities.unicode) }
  /// What has been drawn so far.
  package var grid: CellGrid { frame.grid }

  /// The part of this canvas that `rectangle`, in this canvas's coordinates, covers.
  package func part(_ rectangle: Rectangle) -> Canvas {
    let moved = Rectangle(
      row: area.row + rectangle.row, column: area.column + rectangle.column, rows: rectangle.rows,
      columns: rectangle.columns)
    return Canvas(frame, moved.intersection(area), capabilities)
  }

  /// Draws one line of text and returns the columns that it took. Text that is wider than `width` is
  /// cut with an ellipsis; `fills` blanks the rest of `width` in the same style.
  @discardableResult
  package func text(
    _ text: String, row: Int, column: Int = 0, width: Int = .max, _ style: StyleID = .plain,
    elision: Elision = .end, fills: Bool = false
  ) -> Int {
    var text = text
    return text.withUTF8 {
      bytes(
        UnsafeRawBufferPointer($0), row: row, column: column, width: width, style, elision: elision,
        fills: fills)
    }
  }

  /// The same for bytes that may not be UTF-8.
  @discardableResult
  package func bytes(
    _ bytes: UnsafeRawBufferPointer, row: Int, column: Int = 0, width: Int = .max,
    _ style: StyleID = .plain, elision: Elision = .end, fills: Bool = false
  ) -> Int {
    let room = min(width, columns - column)
    guard row >= 0, row < rows, column >= 0, room > 0 else { return 0 }
    frame.line.removeAll(keepingCapacity: true)
    let limit = elision == .end ? room : .max
    Cell.append(
      bytes, style: style, asciiOnly: !capabilities.unicode, limit: limit, to: &frame.line)
    if frame.line.count > room { elide(to: room, elision, style) }
    let used = frame.line.count
    for (offset, cell) in frame.line.enumerated() where cell.width > 0 {
      frame.grid.put(cell, row: area.row + row, column: area.column + column + offset)
    }
    if fills, used < room { fill(row: row, columns: (column + used)..<(column + room), style) }
    return used
  }

  /// Text whose last column is before `end`; as much of it as fits behind `start`.
  @discardableResult
  package func textEnding(
    _ text: String, row: Int, end: Int, start: Int = 0, _ style: StyleID = .plain
  ) -> Int {
    let width = min(measure(text), max(0, end - start))
    return self.text(text, row: row, column: end - width, width: width, style)
  }

  /// The columns that text takes when it is drawn.
  package func measure(_ text: String) -> Int {
    frame.line.removeAll(keepingCapacity: true)
    var text = text
    text.withUTF8 {
      Cell.append(
        UnsafeRawBufferPointer($0), style: .plain, asciiOnly: !capabilities.unicode, to: &frame.line)
    }
    return frame.line.count
  }

  /// One sign of our own.
  package func glyph(_ scalar: Unicode.Scalar, row: Int, column: Int, _ style: StyleID = .plain) {
    guard row >= 0, row < rows, column >= 0, column < columns else { return }
    frame.grid.put(Cell(trusted: scalar, style), row: area.row + row, column: area.column + column)
  }

  /// Blanks, or a sign of our own, over part of a row; all of it by default.
  package func fill(
    row: Int, columns range: Range<Int>? = nil, _ style: StyleID = .plain, with scalar: Unicode.Scalar = " "
  ) {
    guard row >= 0, row < rows else { return }
    let cell = Cell(trusted: scalar, style)
    for column in (range ?? 0..<columns).clamped(to: 0..<columns) {
      frame.grid.put(cell, row: area.row + row, column: area.column + column)
    }
  }

  package func clear(_ style: StyleID = .plain) {
    for row in 0..<rows { fill(row: row, style) }
  }

  /// Changes the looks of what stands in part of a row; all of it by default.
  package func restyle(row: Int, columns range: Range<Int>? = nil, _ change: (StyleID) -> StyleID) {
    guard row >= 0, row < rows else { return }
    let part = (range ?? 0..<columns).clamped(to: 0..<columns)
    frame.grid.restyle(
      row: area.row + row, columns: (area.column + part.lowerBound)..<(area.column + part.upperBound), change)
  }

  /// Marks a whole row as the selected one.
  package func select(row: Int) { restyle(row: row) { $0.selected() } }

  /// Puts the terminal's cursor, which screen readers follow, if the place is inside.
  package func setCursor(row: Int, column: Int) {
    guard row >= 0, row < rows, column >= 0, column < columns else { return }
    frame.grid.cursor = Position(row: area.row + row, column: area.column + column)
  }

  /// A frame around the whole canvas, with a title in its upper line, and blanks inside.
  package func box(_ title: String, _ style: StyleID = StyleID(.overlay)) {
    guard rows >= 2, columns >= 2 else { return }
    for row in 0..<rows {
      let isTop = row == 0
      let isEdge = isTop || row == rows - 1
      let inner = isEdge ? glyphs.line(up: false, down: false, left: true, right: true) : " "
      fill(row: row, columns: 1..<(columns - 1), style, with: inner)
      for (column, isLeft) in [(0, true), (columns - 1, false)] {
        let corner = glyphs.line(
          up: !isTop, down: row < rows - 1, left: isEdge && !isLeft, right: isEdge && isLeft)
        glyph(corner, row: row, column: column, style)
      }
    }
    guard columns > 6, !title.isEmpty else { return }
    text(" \(title) ", row: 0, column: 2, width: columns - 4, StyleID(.title))
  }

  private func elide(to room: Int, _ elision: Elision, _ style: StyleID) {
    let ellipsis = Cell(trusted: glyphs.ellipsis, style)
    switch elision {
    case .end:
      var end = room - 1
      while end > 0, frame.line[end].width == 0 { end -= 1 }
      frame.line.removeSubrange(end...)
      frame.line.append(ellipsis)
    case .middle:
      var head = room / 2
      while head > 0, frame.line[head].width == 0 { head -= 1 }
      var tail = frame.line.count - (room - head - 1)
      while tail < frame.line.count, frame.line[tail].width == 0 { tail += 1 }
      frame.line.replaceSubrange(head..<tail, with: CollectionOfOne(ellipsis))
    }
  }
}
