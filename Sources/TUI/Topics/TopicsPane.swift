import Text

/// The tree or list of topics; selects `workspace.selection.topic`.
package struct TopicsPane: Pane {
  private var top: TopicRow?
  private var cursor: TopicRow?

  package init() {}

  package func title(_ context: PaneContext) -> String {
    let store = context.workspace.store
    var parts = [
      "Topics \(Human.grouped(store.topics.topicCount))",
      "msgs \(Human.grouped(store.shownTotals.messages))",
    ]
    if store.order != .name { parts.append("by \(store.order.name)") }
    if store.isFlat { parts.append("flat") }
    if store.topics.evicted > 0 { parts.append("evicted \(Human.count(store.topics.evicted))") }
    return parts.joined(separator: " \(context.glyphs.dot) ")
  }

  // MARK: - Drawing

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    let topics = context.workspace.store.topics
    let rows = topics.rows(from: top, count: canvas.rows)
    if rows.isEmpty {
      let text = context.workspace.filter.isOn ? " no topic passes the filter" : " no topics yet"
      canvas.text(text, row: 0, StyleID(.hint))
    }
    for (line, row) in rows.enumerated() {
      TopicRowRenderer(canvas, context.workspace.store, line).draw(row)
      guard row == cursor else { continue }
      canvas.glyph(">", row: line, column: 0, StyleID(.strong))
      if context.isFocused {
        canvas.select(row: line)
        canvas.setCursor(row: line, column: 0)
      }
    }
  }

  package func selectionText(_ context: PaneContext, size: Size) -> String? {
    let topics = context.workspace.store.topics
    guard let cursor, let topic = topics.topic(of: cursor.id),
      let content = topics.content(of: cursor, at: 0, sparks: 0)
    else { return nil }
    let label = content.label.utf8.count + 2 * content.depth
    return label > size.columns - 24 || content.depth > 0 ? topic : nil
  }

  // MARK: - Actions

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    if let step = action.rowStep(rows: size.rows) {
      move(by: step, &workspace)
    } else if let cursor {
      guard perform(action, on: cursor, &workspace) ?? arrange(action, &workspace) else { return false }
    } else {
      guard arrange(action, &workspace) else { return false }
    }
    refresh(&workspace, size: size)
    return true
  }

  /// Nil for an action that is not about one row.
  private mutating func perform(_ action: Action, on row: TopicRow, _ workspace: inout Workspace) -> Bool? {
    switch action {
    case .open: open(row, &workspace)
    case .right: expand(row, &workspace)
    case .left: collapse(row, &workspace)
    case .openBelow: workspace.store.topics.setAllExpanded(below: row, true)
    case .closeBelow: workspace.store.topics.setAllExpanded(below: row, false)
    case .pin: togglePin(row, &workspace)
    case .resetRates: workspace.store.topics.reset(below: row, at: workspace.store.second)
    case .clearRetained: clearRetained(row, &workspace)
    default: return nil
    }
    return true
  }

  private mutating func arrange(_ action: Action, _ workspace: inout Workspace) -> Bool {
    switch action {
    case .openAll: workspace.store.topics.setAllExpanded(below: nil, true)
    case .closeAll:
      workspace.store.topics.setAllExpanded(below: nil, false)
    case .sort:
      let all = TopicOrder.allCases
      let index = all.firstIndex(of: workspace.store.order) ?? 0
      workspace.store.setOrder(all[(index + 1) % all.count])
    case .flat: workspace.store.setFlat(!workspace.store.isFlat)
    default: return false
    }
    return true
  }

  private mutating func move(by step: Int, _ workspace: inout Workspace) {
    let topics = workspace.store.topics
    switch step {
    case .min: cursor = topics.firstRow
    case .max: cursor = topics.lastRow
    default:
      for _ in 0..<abs(step) {
        guard let row = cursor,
          let next = step < 0 ? topics.row(before: row) : topics.row(after: row)
        else { break }
        cursor = next
      }
    }
    select(&workspace)
  }

  private func select(_ workspace: inout Workspace) {
    guard let cursor else { return }
    workspace.selection.topic = workspace.store.topics.topic(of: cursor.id)
    workspace.selection.message = nil
    workspace.selection.isFollowed = false
  }

  private func isBranch(_ row: TopicRow, _ workspace: Workspace) -> Bool {
    workspace.store.topics.content(of: row, at: 0, sparks: 0)?.isBranch ?? false
  }

  private func isExpanded(_ row: TopicRow, _ workspace: Workspace) -> Bool {
    workspace.store.topics.content(of: row, at: 0, sparks: 0)?.isExpanded ?? false
  }

  private mutating func open(_ row: TopicRow, _ workspace: inout Workspace) {
    if isBranch(row, workspace) {
      workspace.store.topics.setExpanded(row, !isExpanded(row, workspace))
    } else {
      select(&workspace)
      workspace.requests.append(.focus(.detail))
    }
  }

  private mutating func expand(_ row: TopicRow, _ workspace: inout Workspace) {
    guard isBranch(row, workspace) else { return }
    if isExpanded(row, workspace) {
      move(by: 1, &workspace)
    } else {
      workspace.store.topics.setExpanded(row, true)
    }
  }

  private mutating func collapse(_ row: TopicRow, _ workspace: inout Workspace) {
    if isBranch(row, workspace), isExpanded(row, workspace) {
      workspace.store.topics.setExpanded(row, false)
    } else if let parent = workspace.store.topics.parentRow(of: row) {
      cursor = parent
      select(&workspace)
    }
  }

  private func togglePin(_ row: TopicRow, _ workspace: inout Workspace) {
    let isPinned = workspace.store.topics.content(of: row, at: 0, sparks: 0)?.isPinned ?? false
    workspace.store.topics.setPinned(row.id, !isPinned)
  }

  private func clearRetained(_ row: TopicRow, _ workspace: inout Workspace) {
    guard !workspace.isReadOnly else {
      workspace.requests.append(.note(Note(.warning, "clearing retained messages is off with --read-only")))
      return
    }
    let topics = workspace.store.topics.retainedTopics(below: row)
    guard let first = topics.first else {
      workspace.requests.append(.note(Note(.information, "no retained message was received here")))
      return
    }
    let count = topics.count
    var lines = ["An empty retained message goes to \(Human.plural(count, "topic")) at the broker:"]
    lines += topics.prefix(4).map { "  \($0)" }
    if count > 4 { lines.append("  and \(count - 4) more") }
    lines.append("Type \(count) to do it.")
    workspace.requests.append(
      .confirm(
        Confirmation(
          title: count == 1 ? "Clear retained \(first)" : "Clear retained", lines: lines,
          typed: "\(count)", command: .clearRetained(topics: topics))))
  }

  // MARK: - Mouse, search, refresh

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp: move(by: -3, &workspace)
    case .wheelDown: move(by: 3, &workspace)
    case .press, .doubleClick:
      let rows = workspace.store.topics.rows(from: top, count: size.rows)
      guard rows.indices.contains(mouse.position.row) else { return }
      let row = rows[mouse.position.row]
      cursor = row
      select(&workspace)
      let depth = workspace.store.topics.content(of: row, at: 0, sparks: 0)?.depth ?? 0
      if mouse.kind == .doubleClick || mouse.position.column == 1 + 2 * depth { open(row, &workspace) }
    case .release, .drag: return
    }
    refresh(&workspace, size: size)
  }

  /// Rows that one search looks at, at most.
  private static let searchLimit = 50_000

  package mutating func find(
    _ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size
  ) -> Bool {
    guard let found = Self.first(search, behind: cursor, forwards, in: workspace.store.topics) else {
      return false
    }
    cursor = found
    select(&workspace)
    refresh(&workspace, size: size)
    return true
  }

  /// In a function of its own: another reference to the index would make the changes that follow copy it.
  private static func first(
    _ search: Search, behind row: TopicRow?, _ forwards: Bool, in topics: TopicIndex
  ) -> TopicRow? {
    Search.first(
      behind: row, limit: searchLimit,
      next: { forwards ? topics.row(after: $0) : topics.row(before: $0) },
      where: { row in topics.topic(of: row.id).map { search.matches(text: $0) } ?? false })
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    // Before the index is looked at: a second reference to it would make a change copy it.
    if let cursor { workspace.store.topics.keepFresh(cursor.id) }
    let topics = workspace.store.topics
    if let row = cursor, !topics.isShown(row) {
      var parent = topics.parentRow(of: row)
      while let candidate = parent, !topics.isShown(candidate) { parent = topics.parentRow(of: candidate) }
      cursor = parent
    }
    if cursor == nil {
      cursor = topics.firstRow
    }
    if workspace.leader == .topics, !showsSelection(workspace) { select(&workspace) }
    scroll(topics, rows: size.rows)
  }

  private func showsSelection(_ workspace: Workspace) -> Bool {
    guard let cursor, let topic = workspace.store.topics.topic(of: cursor.id) else { return true }
    return workspace.selection.topic.map { $0.hasSameBytes(as: topic) } ?? false
  }

  /// Moves the window as little as shows the cursor, and fills it.
  private mutating func scroll(_ topics: TopicIndex, rows: Int) {
    guard let cursor, rows > 0 else {
      top = self.cursor
      return
    }
    if top.map({ !topics.isShown($0) }) ?? true { top = cursor }
    let shown = topics.rows(from: top, count: rows)
    if !shown.contains(cursor) {
      top = isAbove(cursor, topics, rows) ? cursor : back(from: cursor, rows - 1, topics)
    }
    let filled = topics.rows(from: top, count: rows).count
    if filled < rows, let first = top { top = back(from: first, rows - filled, topics) }
  }

  /// Whether the row is at most a page above the window.
  private func isAbove(_ row: TopicRow, _ topics: TopicIndex, _ rows: Int) -> Bool {
    var next = top
    for _ in 0...rows {
      guard let current = next else { return true }
      if current == row { return true }
      next = topics.row(before: current)
    }
    return false
  }

  private func back(from row: TopicRow, _ steps: Int, _ topics: TopicIndex) -> TopicRow {
    var row = row
    for _ in 0..<max(0, steps) {
      guard let previous = topics.row(before: row) else { break }
      row = previous
    }
    return row
  }
}
