import Client
import MQTTSession
import Presentation
import Text

/// The list of frames; selects `workspace.selection.frame`.
package struct FramesPane: Pane {
  private var window = ListWindow()
  private var isFollowing = true
  /// Nil shows all.
  private var filter: WireFilter?
  private var rows = FrameRows.all(0..<0)

  package init() {}

  package func title(_ context: PaneContext) -> String {
    let wire = context.workspace.store.shownWire
    var title = "Frames \(Human.grouped(wire.shown.count))"
    if filter != nil {
      title = "Frames \(Human.grouped(rows.count)) of \(Human.grouped(wire.shown.count)) pass"
    }
    if wire.evicted > 0 { title += " (evicted \(Human.count(wire.evicted)))" }
    if context.workspace.pause == nil { title += isFollowing ? "  follow on" : "  follow off (f or G)" }
    return title
  }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    guard rows.count > 0 else {
      canvas.text(filter == nil ? " no frames yet" : " no frame passes the filter", row: 0, StyleID(.hint))
      return
    }
    let wide = extraDigits
    let heading =
      "  No.  \(String(repeating: " ", count: wide))  Time          Dir WS         Len  MQTT         Info"
    canvas.text(heading, row: 0, StyleID(.secondary))
    for (line, index) in window.visible(count: rows.count, rows: canvas.rows - 1).enumerated() {
      draw(rows[index], line: line + 1, on: canvas, context.workspace)
      guard index == window.cursor else { continue }
      canvas.glyph(">", row: line + 1, column: 0, StyleID(.strong))
      if context.isFocused {
        canvas.select(row: line + 1)
        canvas.setCursor(row: line + 1, column: 0)
      }
    }
  }

  private func draw(_ number: Int, line: Int, on canvas: Canvas, _ workspace: Workspace) {
    let wire = workspace.store.shownWire
    guard let item = wire.item(ofRow: number) else { return }
    let summary = WireText.summary(item, row: number, wire)
    if summary.isViolation { canvas.glyph("!", row: line, column: 0, StyleID(.error)) }
    canvas.text("\(number)", row: line, column: 2)
    let start = 9 + extraDigits
    let clock = workspace.clock(of: workspace.wall(of: item.time)).milliseconds
    canvas.text(clock, row: line, column: start, width: 12, StyleID(.secondary))
    if let direction = summary.direction {
      canvas.text(direction == .sent ? "->" : "<-", row: line, column: start + 14)
    }
    canvas.text(summary.frame, row: line, column: start + 18, width: 10)
    if let length = summary.length {
      let text = length < 100_000 ? "\(length)" : Human.count(length)
      canvas.textEnding(text, row: line, end: start + 32, start: start + 27)
    }
    canvas.text(summary.packet, row: line, column: start + 34, width: 12, StyleID(.name))
    canvas.text(
      summary.info, row: line, column: start + 47, StyleID(summary.isViolation ? .error : .plain))
  }

  /// Of the numbers, beyond the five that the columns are made for.
  private var extraDigits: Int {
    max(0, String(rows.count > 0 ? rows[rows.count - 1] : 0).utf8.count - 5)
  }

  // MARK: - Actions

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    switch action {
    case .follow: isFollowing.toggle()
    case .open: return openCounterpart(workspace.selection.frame, &workspace)
    case .copy: return WireActions.copy(workspace.selection.frame, &workspace)
    case .export: return WireActions.export(workspace.selection.frame, &workspace)
    default:
      guard window.move(action, count: rows.count, rows: size.rows - 1) else { return false }
      isFollowing = action == .last
      select(&workspace)
    }
    refresh(&workspace, size: size)
    return true
  }

  private func openCounterpart(_ number: UInt64?, _ workspace: inout Workspace) -> Bool {
    guard let number, let other = workspace.store.shownWire.counterpart(ofRow: Int(clamping: number)) else {
      workspace.requests.append(.focus(.decoded))
      return true
    }
    workspace.requests.append(.goTo(.frames, UInt64(clamping: other)))
    return true
  }

  private func select(_ workspace: inout Workspace) {
    guard window.cursor < rows.count else { return }
    let number = UInt64(clamping: rows[window.cursor])
    guard workspace.selection.frame != number else { return }
    workspace.selection.frame = number
    workspace.selection.fieldBytes = nil
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp: for _ in 0..<3 { _ = window.move(.up, count: rows.count, rows: size.rows - 1) }
    case .wheelDown: for _ in 0..<3 { _ = window.move(.down, count: rows.count, rows: size.rows - 1) }
    case .press, .doubleClick:
      let index = window.top + mouse.position.row - 1
      guard mouse.position.row > 0, index < rows.count else { return }
      window.cursor = index
    case .release, .drag: return
    }
    isFollowing = false
    select(&workspace)
  }

  package mutating func goTo(_ number: UInt64, _ workspace: inout Workspace, size: Size) -> Bool {
    update(workspace)
    guard workspace.store.shownWire.shown.contains(Int(clamping: number)) else { return false }
    let index = rows.index(atOrAfter: Int(clamping: number))
    guard index < rows.count else { return false }
    window.cursor = index
    isFollowing = false
    select(&workspace)
    refresh(&workspace, size: size)
    return rows[index] == Int(clamping: number)
  }

  package mutating func find(
    _ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size
  ) -> Bool {
    var index = window.cursor
    while true {
      index += forwards ? 1 : -1
      guard index >= 0, index < rows.count else { return false }
      let number = rows[index]
      guard let item = workspace.store.shownWire.item(ofRow: number) else { continue }
      let summary = WireText.summary(item, row: number, workspace.store.shownWire)
      guard search.matches(text: "\(summary.packet) \(summary.info)") else { continue }
      window.cursor = index
      isFollowing = false
      select(&workspace)
      refresh(&workspace, size: size)
      return true
    }
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    // Who looks at a field wants the frame to stay.
    if workspace.selection.fieldBytes != nil { isFollowing = false }
    update(workspace)
    if isFollowing, workspace.pause == nil {
      window.cursor = rows.count - 1
    } else if let selected = workspace.selection.frame {
      // What was let go in front of the selection moves it up.
      window.cursor = rows.index(atOrAfter: Int(clamping: selected))
    }
    window.fit(count: rows.count, rows: size.rows - 1)
    if rows.count > 0 { select(&workspace) }
  }

  private mutating func update(_ workspace: Workspace) {
    let wire = workspace.store.shownWire
    guard let expression = workspace.filter.active else {
      filter = nil
      rows = .all(wire.shown)
      return
    }
    if filter?.expression.text != expression.text { filter = WireFilter(expression) }
    filter?.advance(wire, workspace)
    rows = .some(filter?.rows ?? [])
  }
}

/// The numbers of the rows in the list, in order.
private enum FrameRows {
  case all(Range<Int>)
  case some([Int])

  var count: Int {
    switch self {
    case .all(let range): range.count
    case .some(let rows): rows.count
    }
  }

  subscript(_ index: Int) -> Int {
    switch self {
    case .all(let range): range.lowerBound + index
    case .some(let rows): rows[index]
    }
  }

  /// Of the first row with this number or a later one; `count` when there is none.
  func index(atOrAfter number: Int) -> Int {
    switch self {
    case .all(let range): return max(0, min(number - range.lowerBound, range.count))
    case .some(let rows):
      var low = 0
      var high = rows.count
      while low < high {
        let middle = (low + high) / 2
        if rows[middle] < number { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}

extension Workspace {
  /// The wall clock's time at a moment of the connection's clock.
  func wall(of moment: MonotonicTime) -> WallTime {
    let back = time.duration(since: moment).components
    return WallTime(
      nanoseconds: wall.nanoseconds &- back.seconds &* 1_000_000_000 &- back.attoseconds / 1_000_000_000)
  }
}
