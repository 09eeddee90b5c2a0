import Client
import MQTTSession
import Presentation
import Text

/// The list of frames; selects `workspace.selection.frame`.
package struct FramesPane: Pane {
  private var window = ListWindow()
  private var isFollowing = true

  package init() {}

  package func title(_ context: PaneContext) -> String {
    let wire = context.workspace.store.shownWire
    var title = "Frames \(Human.grouped(wire.shown.count))"
    if wire.evicted > 0 { title += " (evicted \(Human.count(wire.evicted)))" }
    if context.workspace.pause == nil { title += isFollowing ? "  follow on" : "  follow off (f or G)" }
    return title
  }

  private func rows(_ workspace: Workspace) -> ArraySlice<Int> { workspace.store.shownWire.shown }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    let rows = rows(context.workspace)
    guard !rows.isEmpty else {
      canvas.text(" no frames yet", row: 0, StyleID(.hint))
      return
    }
    let heading = "  No.     Time          Dir WS          Len  MQTT          Info"
    canvas.text(heading, row: 0, StyleID(.secondary))
    for (line, index) in window.visible(count: rows.count, rows: canvas.rows - 1).enumerated() {
      let number = rows[rows.startIndex + index]
      draw(number, line: line + 1, on: canvas, context.workspace)
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
    guard let item = wire.item(number) else { return }
    let summary = WireText.summary(item, wire)
    if summary.isViolation { canvas.glyph("!", row: line, column: 0, StyleID(.error)) }
    canvas.text("\(number)", row: line, column: 2, width: 7)
    let clock = workspace.clock(of: workspace.wall(of: item.time)).milliseconds
    canvas.text(clock, row: line, column: 10, width: 12, StyleID(.secondary))
    if let direction = summary.direction {
      canvas.text(direction == .sent ? "->" : "<-", row: line, column: 24)
    }
    canvas.text(summary.frame, row: line, column: 28, width: 10)
    if let length = summary.length {
      canvas.textEnding(Human.grouped(length), row: line, end: 43, start: 36)
    }
    canvas.text(summary.packet, row: line, column: 45, width: 13, StyleID(.name))
    canvas.text(summary.info, row: line, column: 59, StyleID(summary.isViolation ? .error : .plain))
  }

  // MARK: - Actions

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    let rows = rows(workspace)
    switch action {
    case .follow: isFollowing.toggle()
    case .open: return openCounterpart(workspace.selection.frame, &workspace)
    case .copy: return WireActions.copy(workspace.selection.frame, &workspace)
    case .export: return WireActions.export(workspace.selection.frame, &workspace)
    default:
      guard window.move(action, count: rows.count, rows: size.rows - 1) else { return false }
      isFollowing = action == .last
      select(rows, &workspace)
    }
    refresh(&workspace, size: size)
    return true
  }

  private func openCounterpart(_ number: UInt64?, _ workspace: inout Workspace) -> Bool {
    guard let number, let other = workspace.store.shownWire.counterpart(of: Int(clamping: number)) else {
      workspace.requests.append(.focus(.decoded))
      return true
    }
    workspace.requests.append(.goTo(.frames, UInt64(clamping: other)))
    return true
  }

  private func select(_ rows: ArraySlice<Int>, _ workspace: inout Workspace) {
    guard window.cursor < rows.count else { return }
    let number = UInt64(clamping: rows[rows.startIndex + window.cursor])
    guard workspace.selection.frame != number else { return }
    workspace.selection.frame = number
    workspace.selection.fieldBytes = nil
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    let rows = rows(workspace)
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
    select(rows, &workspace)
  }

  package mutating func goTo(_ number: UInt64, _ workspace: inout Workspace, size: Size) -> Bool {
    let rows = rows(workspace)
    guard let index = rows.firstIndex(where: { $0 >= Int(clamping: number) }) else { return false }
    window.cursor = index - rows.startIndex
    isFollowing = false
    select(rows, &workspace)
    refresh(&workspace, size: size)
    return rows[index] == Int(clamping: number)
  }

  package mutating func find(
    _ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size
  ) -> Bool {
    let rows = rows(workspace)
    var index = window.cursor
    while true {
      index += forwards ? 1 : -1
      guard index >= 0, index < rows.count else { return false }
      let number = rows[rows.startIndex + index]
      guard let item = workspace.store.shownWire.item(number) else { continue }
      let summary = WireText.summary(item, workspace.store.shownWire)
      guard search.matches(text: "\(summary.packet) \(summary.info)") else { continue }
      window.cursor = index
      isFollowing = false
      select(rows, &workspace)
      refresh(&workspace, size: size)
      return true
    }
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    // Who looks at a field wants the frame to stay.
    if workspace.selection.fieldBytes != nil { isFollowing = false }
    let rows = rows(workspace)
    if isFollowing, workspace.pause == nil {
      window.cursor = rows.count - 1
    } else if let selected = workspace.selection.frame {
      // What was let go in front of the selection moves it up.
      let index = rows.partitioningIndex { $0 >= Int(clamping: selected) }
      window.cursor = index - rows.startIndex
    }
    window.fit(count: rows.count, rows: size.rows - 1)
    if !rows.isEmpty { select(rows, &workspace) }
  }
}

extension ArraySlice<Int> {
  /// The first index whose element, and all behind it, `belongs`.
  fileprivate func partitioningIndex(_ belongs: (Int) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
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
