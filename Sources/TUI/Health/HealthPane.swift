/// What the connection does: the ten most important lines, and where there is room the rest of it.
package struct HealthPane: Pane {
  /// Below so many columns or rows only the summary is shown.
  private static let whole = Size(rows: 14, columns: 60)
  private static let labelColumns = 10

  private var offset = 0

  package init() {}

  package func title(_ context: PaneContext) -> String { "Health" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    let summary = HealthSummary(workspace: context.workspace).lines
    guard Self.isWhole(canvas.size) else {
      draw(summary[...], on: canvas)
      if context.isFocused { canvas.setCursor(row: 0, column: 1) }
      return
    }
    let rest = HealthSections(workspace: context.workspace).lines
    if canvas.columns >= 120 {
      let middle = canvas.columns / 2
      let left = canvas.part(Rectangle(row: 0, column: 0, rows: canvas.rows, columns: middle - 1))
      let right = canvas.part(
        Rectangle(row: 0, column: middle, rows: canvas.rows, columns: canvas.columns - middle))
      let (first, second) = Self.columns(summary, rest, rows: canvas.rows)
      draw(window(first, canvas.rows), on: left)
      draw(window(second, canvas.rows), on: right)
    } else {
      draw(window(summary + rest, canvas.rows), on: canvas)
    }
    if context.isFocused { canvas.setCursor(row: 0, column: 1) }
  }

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    let total = lineCount(workspace, size)
    switch action {
    case .down: offset += 1
    case .up: offset -= 1
    case .halfPageDown: offset += size.rows / 2
    case .halfPageUp: offset -= size.rows / 2
    case .pageDown: offset += size.rows
    case .pageUp: offset -= size.rows
    case .first: offset = 0
    case .last: offset = total
    default: return false
    }
    offset = max(0, min(offset, total - size.rows))
    return true
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp: _ = perform(.up, &workspace, size: size)
    case .wheelDown: _ = perform(.down, &workspace, size: size)
    default: break
    }
  }

  private static func isWhole(_ size: Size) -> Bool {
    size.rows >= whole.rows && size.columns >= whole.columns
  }

  /// Groups that fit go under the summary, the others into the second column.
  private static func columns(
    _ summary: [HealthLine], _ rest: [HealthLine], rows: Int
  ) -> ([HealthLine], [HealthLine]) {
    let headings = rest.indices.filter { rest[$0].isHeading } + [rest.count]
    let room = rows - summary.count
    let fitting = headings.last { $0 <= max(0, room) } ?? 0
    return (summary + rest[..<fitting], Array(rest[fitting...]))
  }

  private func lineCount(_ workspace: Workspace, _ size: Size) -> Int {
    let summary = HealthSummary(workspace: workspace).lines
    guard Self.isWhole(size) else { return summary.count }
    let rest = HealthSections(workspace: workspace).lines
    guard size.columns >= 120 else { return summary.count + rest.count }
    let (first, second) = Self.columns(summary, rest, rows: size.rows)
    return max(first.count, second.count)
  }

  private func window(_ lines: [HealthLine], _ rows: Int) -> ArraySlice<HealthLine> {
    let start = max(0, min(offset, lines.count - rows))
    return lines[start...].prefix(rows)
  }

  private func draw(_ lines: ArraySlice<HealthLine>, on canvas: Canvas) {
    for (row, line) in lines.prefix(canvas.rows).enumerated() {
      if line.isHeading {
        let used = canvas.text(" \(line.label) ", row: row, StyleID(.title))
        let glyph = canvas.glyphs.line(up: false, down: false, left: true, right: true)
        canvas.fill(
          row: row, columns: (used + 0)..<max(used, canvas.columns - 2), StyleID(.border), with: glyph)
        continue
      }
      let used = canvas.text(" \(line.label)", row: row, StyleID(.secondary))
      canvas.text(
        line.text, row: row, column: max(Self.labelColumns, used + 1),
        width: canvas.columns - max(Self.labelColumns, used + 1), StyleID(line.role))
    }
  }
}
