import Text

/// The selected frame as a tree of fields; selects `workspace.selection.fieldBytes`.
package struct DecodedPane: Pane {
  private var window = ListWindow()
  private var frame: UInt64?
  private var rows: [WireDump.Row] = []
  private var packetCount = 0

  package init() {}

  package func title(_ context: PaneContext) -> String {
    context.workspace.selection.frame.map { "Decoded  frame \($0)" } ?? "Decoded"
  }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    guard !rows.isEmpty else {
      canvas.text(" no frame selected", row: 0, StyleID(.hint))
      return
    }
    for (line, index) in window.visible(count: rows.count, rows: canvas.rows).enumerated() {
      draw(rows[index], line, on: canvas)
      guard index == window.cursor else { continue }
      canvas.glyph(">", row: line, column: 0, StyleID(.strong))
      if context.isFocused {
        canvas.select(row: line)
        canvas.setCursor(row: line, column: 0)
      }
    }
  }

  private func draw(_ row: WireDump.Row, _ line: Int, on canvas: Canvas) {
    let start = min(1 + 2 * row.depth, canvas.columns / 2)
    let range = "[\(row.range.lowerBound)..\(row.range.upperBound))"
    let end = canvas.columns - 1 - (row.range.isEmpty ? 0 : range.utf8.count + 1)
    if row.isBranch || row.depth == 0 {
      canvas.glyph(canvas.glyphs.expanded, row: line, column: start, StyleID(.secondary))
    }
    if row.isDamaged { canvas.glyph("!", row: line, column: start, StyleID(.error)) }
    var column = start + 2
    let style = StyleID(row.isDamaged ? .error : .name)
    column += canvas.text(row.name, row: line, column: column, width: max(0, end - column), style) + 2
    var value = row.value
    if row.isDamaged, let rule = row.rule { value += "  \(rule)" }
    canvas.text(value, row: line, column: column, width: max(0, end - column))
    if !row.range.isEmpty {
      canvas.textEnding(range, row: line, end: canvas.columns - 1, StyleID(.secondary))
    }
  }

  package func selectionText(_ context: PaneContext, size: Size) -> String? {
    guard rows.indices.contains(window.cursor) else { return nil }
    let row = rows[window.cursor]
    let rule = row.rule.map { "  \($0)" } ?? ""
    return "\(row.name)  \(row.value)\(rule)"
  }

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    switch action {
    case .applyAsFilter:
      guard rows.indices.contains(window.cursor), let text = WireActions.filter(rows[window.cursor]) else {
        workspace.requests.append(.note(Note(.information, "the filter language has no word for this field")))
        return true
      }
      workspace.requests.append(.applyFilter(text))
    case .open:
      guard let number = workspace.selection.frame,
        let other = workspace.store.wire.counterpart(of: Int(clamping: number))
      else { return true }
      workspace.requests.append(.goTo(.frames, UInt64(clamping: other)))
    case .copy: return WireActions.copy(workspace.selection.frame, &workspace)
    default:
      guard window.move(action, count: rows.count, rows: size.rows) else { return false }
      if rows.indices.contains(window.cursor) { workspace.selection.fieldBytes = rows[window.cursor].range }
    }
    return true
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp: _ = perform(.up, &workspace, size: size)
    case .wheelDown: _ = perform(.down, &workspace, size: size)
    case .press, .doubleClick:
      let index = window.top + mouse.position.row
      guard rows.indices.contains(index) else { return }
      window.cursor = index
      workspace.selection.fieldBytes = rows[index].range
    case .release, .drag: return
    }
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    let selection = workspace.selection
    let packets = selection.frame.map { workspace.store.wire.packets(of: Int(clamping: $0)).count } ?? 0
    if frame != selection.frame || packetCount != packets {
      frame = selection.frame
      packetCount = packets
      rows = selection.frame.map { WireDump(Int(clamping: $0), workspace.store.wire).rows } ?? []
      window = ListWindow()
    }
    if let range = selection.fieldBytes, rows.indices.contains(window.cursor),
      rows[window.cursor].range != range, let index = rows.lastIndex(where: { $0.range == range })
    {
      window.cursor = index
    }
    window.fit(count: rows.count, rows: size.rows)
  }
}
