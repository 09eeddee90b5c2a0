/// The last lines: the keys that matter here, each of which a click runs.
struct FooterLine {
  private struct Item {
    var key: String
    var hint: String
    var action: Action?
    var position: Position
    var columns: Int
  }

  private let items: [Item]
  private let note: Note?
  private let area: Rectangle

  init(_ model: Model, _ layout: Layout) {
    area = layout.footer
    note = NoteLines(model: model, layout: layout).freshNote
    if let overlay = model.overlay {
      items = Self.flow(overlay.hints.map { ($0.key, $0.text, nil) }, area, gap: 2, joint: " ") ?? []
      return
    }
    let isNarrow = area.columns < 60
    var actions = isNarrow ? [.help, .filter, .palette, .quit] : Self.actions(for: model.view)
    let drops = model.view == .wire ? [.pause, .palette, .filter] + Self.drops : Self.drops
    var flowed: [Item]?
    while flowed == nil {
      let hints = actions.map { Self.hint($0, model.configuration.keys, isNarrow) }
      flowed = Self.flow(hints, area, gap: isNarrow ? 1 : 2, joint: isNarrow ? "" : " ")
      if flowed == nil {
        guard let drop = drops.first(where: actions.contains) ?? actions.last else { break }
        actions.removeAll { $0 == drop }
      }
    }
    items = flowed ?? []
  }

  func action(at position: Position) -> Action? {
    items.first {
      position.row == $0.position.row && position.column >= $0.position.column
        && position.column < $0.position.column + $0.columns
    }?.action
  }

  func draw(on canvas: Canvas) {
    if let note {
      canvas.part(area).text(" \(note.level.name)  \(note.text)", row: 0, StyleID(note.level.role))
      return
    }
    for item in items {
      var column = item.position.column
      column += canvas.text(item.key, row: item.position.row, column: column, StyleID(.hintKey))
      let rest = item.columns - (column - item.position.column)
      canvas.textEnding(
        item.hint, row: item.position.row, end: column + rest, start: column, StyleID(.hint))
    }
  }

  private static func actions(for view: ViewID) -> [Action] {
    switch view {
    case .topics, .messages:
      [
        .filter, .help, .palette, .nextPane, .open, .pause, .publish, .record, .diff, .format, .chart, .copy,
        .zoom, .toggleMouse, .suspend, .quit,
      ]
    case .wire:
      [.nextPane, .left, .open, .zoom, .copy, .export, .pause, .filter, .palette, .help, .quit]
    case .health: [.webSocketPing, .reconnect, .errorDetail, .stopSubscriptions, .palette, .help, .quit]
    case .publish: [.send, .editPayload, .nextField, .previousDraft, .back]
    }
  }

  /// What goes first where there is no room.
  private static let drops: [Action] = [
    .zoom, .suspend, .toggleMouse, .stopSubscriptions, .errorDetail, .pause, .record, .publish, .chart,
    .format, .diff, .copy, .open, .left, .export, .nextPane, .webSocketPing, .previousDraft,
  ]

  private static func hint(
    _ action: Action, _ keys: KeyMap, _ isNarrow: Bool
  ) -> (key: String, text: String, action: Action?) {
    let definition = ActionTable.definition(of: action)
    var key = keys.shortText(of: action)
    if action == .left { key += "/" + keys.shortText(of: .right) }
    let text = isNarrow && action == .palette ? "cmd" : definition.hint
    // A key of a name needs its blank.
    return (
      isNarrow && key.unicodeScalars.count > 1 || key == "q" && isNarrow ? key + " " : key, text, action
    )
  }

  /// Lines of items from the left, or nil when they do not fit.
  private static func flow(
    _ hints: [(key: String, text: String, action: Action?)], _ area: Rectangle, gap: Int, joint: String
  ) -> [Item]? {
    var items: [Item] = []
    var position = Position(row: area.row, column: 1)
    for hint in hints where !(hint.key.isEmpty && hint.action != nil) {
      let separator = hint.key.isEmpty ? "" : joint
      let columns = hint.key.unicodeScalars.count + separator.utf8.count + hint.text.unicodeScalars.count
      if position.column + columns > area.columns, position.column > 1 {
        position = Position(row: position.row + 1, column: 1)
      }
      guard position.row < area.endRow else { return nil }
      items.append(
        Item(key: hint.key, hint: hint.text, action: hint.action, position: position, columns: columns))
      position.column += columns + gap
    }
    return items
  }
}
