import Text

/// The selected frame as a tree of fields; selects `workspace.selection.fieldBytes`.
package struct DecodedPane: Pane {
  private var window = ListWindow()
  private var frame: UInt64?
  /// All of the frame, and those that no folded branch hides.
  private var all: [WireDump.Row] = []
  private var rows: [WireDump.Row] = []
  private var packetCount = 0
  /// The row that was chosen, for the frames that have it.
  private var path: String?
  /// Branches that were folded or unfolded, by path: it holds for every frame.
  private var folds: [String: Bool] = [:]

  package init() {}

  package func title(_ context: PaneContext) -> String {
    context.workspace.selection.frame.map { "Decoded \(context.glyphs.dot) frame \($0)" } ?? "Decoded"
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
    let start = indent(row, canvas.columns)
    let range = "[\(row.range.lowerBound)..\(row.range.upperBound))"
    let end = canvas.columns - 1 - (row.range.isEmpty ? 0 : range.utf8.count + 1)
    if row.isBranch {
      let sign = isFolded(row) ? canvas.glyphs.collapsed : canvas.glyphs.expanded
      canvas.glyph(sign, row: line, column: start, StyleID(.secondary))
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

  private func indent(_ row: WireDump.Row, _ columns: Int) -> Int { min(1 + 2 * row.depth, columns / 2) }

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
    case .open: open(&workspace)
    case .left: collapse(&workspace)
    case .right:
      if let row = selected, row.isBranch, isFolded(row) { fold(row, false) }
    case .export: return WireActions.export(workspace.selection.frame, &workspace)
    case .copy: return WireActions.copy(workspace.selection.frame, &workspace)
    default:
      guard window.move(action, count: rows.count, rows: size.rows) else { return false }
      selectBytes(&workspace)
    }
    window.fit(count: rows.count, rows: size.rows)
    return true
  }

  // MARK: - Branches

  private var selected: WireDump.Row? { rows.indices.contains(window.cursor) ? rows[window.cursor] : nil }

  private func isFolded(_ row: WireDump.Row) -> Bool { folds[row.path] ?? row.isFoldedAtFirst }

  private mutating func fold(_ row: WireDump.Row, _ isFolded: Bool) {
    folds[row.path] = isFolded
    showUnfolded()
  }

  private mutating func showUnfolded() {
    var hidden = Int.max
    rows = all.filter { row in
      guard row.depth <= hidden else { return false }
      hidden = row.isBranch && isFolded(row) ? row.depth : .max
      return true
    }
  }

  /// A branch opens or closes; any other row goes to the other packet of the exchange, if there is one.
  private mutating func open(_ workspace: inout Workspace) {
    if let row = selected, row.isBranch { return fold(row, !isFolded(row)) }
    guard let number = workspace.selection.frame,
      let other = selected?.target ?? workspace.store.shownWire.counterpart(ofRow: Int(clamping: number))
    else { return }
    workspace.requests.append(.goTo(.frames, UInt64(clamping: other)))
  }

  private mutating func collapse(_ workspace: inout Workspace) {
    guard let row = selected else { return }
    if row.isBranch, !isFolded(row) { return fold(row, true) }
    guard let parent = rows[..<window.cursor].lastIndex(where: { $0.depth < row.depth }) else { return }
    window.cursor = parent
    selectBytes(&workspace)
  }

  private mutating func selectBytes(_ workspace: inout Workspace) {
    guard let row = selected else { return }
    workspace.selection.fieldBytes = row.range
    path = row.path
  }

  // MARK: - Mouse and following

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp: _ = perform(.up, &workspace, size: size)
    case .wheelDown: _ = perform(.down, &workspace, size: size)
    case .press, .doubleClick:
      let index = window.top + mouse.position.row
      guard rows.indices.contains(index) else { return }
      window.cursor = index
      selectBytes(&workspace)
      let row = rows[index]
      let isSign = mouse.position.column == indent(row, size.columns)
      if row.isBranch, isSign || mouse.kind == .doubleClick { fold(row, !isFolded(row)) }
    case .release, .drag: return
    }
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    let selection = workspace.selection
    let packets =
      selection.frame.map { workspace.store.shownWire.packetNumbers(ofRow: Int(clamping: $0)).count } ?? 0
    if frame != selection.frame || packetCount != packets {
      frame = selection.frame
      packetCount = packets
      all = selection.frame.map { WireDump(Int(clamping: $0), workspace.store.shownWire).rows } ?? []
      showUnfolded()
      // The same field of the next frame keeps the selection.
      window = ListWindow()
      window.cursor = rows.firstIndex { $0.path == path } ?? 0
    }
    if let range = selection.fieldBytes, let row = selected, row.range != range {
      window.cursor = innermost(around: range) ?? window.cursor
    }
    window.fit(count: rows.count, rows: size.rows)
  }

  /// The row of a field, or of the branch that hides it.
  private func innermost(around range: Range<Int>) -> Int? {
    if let index = rows.lastIndex(where: { $0.range == range }) { return index }
    let around = rows.indices.filter {
      rows[$0].range.lowerBound <= range.lowerBound && rows[$0].range.upperBound >= range.upperBound
    }
    return around.min { rows[$0].range.count < rows[$1].range.count }
  }
}
