import Presentation
import Text

/// The log of messages; selects `workspace.selection.message` and its topic.
package struct MessagesPane: Pane {
  /// What the columns before the topic say.
  enum Columns: Int, CaseIterable, Sendable {
    case numberAndTime
    case delta
    case none
  }

  private var top: UInt64 = 0
  private var cursor: UInt64?
  private var isFollowing = true
  private var columns = Columns.numberAndTime
  /// The message that detail was told to show; nil while another list leads it.
  private var told: UInt64?

  package init() {}

  package func title(_ context: PaneContext) -> String {
    let store = context.workspace.store
    var title = "Messages"
    if context.workspace.filter.isOn {
      title += " \(Human.grouped(store.shownCount)) pass"
      if let progress = store.filterProgress, progress < 1 { title += " (\(Int(progress * 100)) % searched)" }
    }
    if context.workspace.pause == nil { title += isFollowing ? "  follow on" : "  follow off (f or G)" }
    return title
  }

  // MARK: - Drawing

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    let store = context.workspace.store
    guard store.firstShown != nil else {
      let text = context.workspace.filter.isOn ? " no message passes the filter" : " no messages yet"
      canvas.text(text, row: 0, StyleID(.hint))
      return
    }
    let renderer = MessageRowRenderer(canvas, context.workspace, columns)
    renderer.drawHeading()
    var position = store.shown(atOrAfter: top)
    var before = position.flatMap { store.shown(before: $0) }
    for line in 1..<max(1, canvas.rows) {
      guard let current = position else { break }
      renderer.draw(current, after: before, line: line)
      if current == cursor {
        canvas.glyph(">", row: line, column: 0, StyleID(.strong))
        if context.isFocused {
          canvas.select(row: line)
          canvas.setCursor(row: line, column: 0)
        }
      }
      before = current
      position = store.shown(after: current)
    }
    drawSampling(on: canvas, context)
  }

  /// Where more comes in a second than rows can show, that is said.
  private func drawSampling(on canvas: Canvas, _ context: PaneContext) {
    guard isFollowing, context.workspace.pause == nil, canvas.rows >= 6 else { return }
    let rate = context.workspace.store.rate
    guard rate > Double(20 * (canvas.rows - 1)) else { return }
    let shown = canvas.rows - 2
    let text =
      " showing \(shown) of \(Human.grouped(Int(rate))) msg in the last second (view sampled; counters are exact)"
    canvas.text(text, row: canvas.rows - 1, StyleID(.hint), fills: true)
  }

  package func selectionText(_ context: PaneContext, size: Size) -> String? {
    cursor.flatMap { context.workspace.store.message(at: $0, payloadPrefix: 0)?.topic }
  }

  // MARK: - Actions

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    let rows = size.rows - 1
    switch action {
    case .follow:
      isFollowing.toggle()
    case .open:
      workspace.requests.append(.focus(.detail))
    case .left: columns = Columns(rawValue: columns.rawValue - 1) ?? columns
    case .right: columns = Columns(rawValue: columns.rawValue + 1) ?? columns
    default:
      guard let step = action.rowStep(rows: rows) else { return false }
      move(by: step, &workspace)
    }
    refresh(&workspace, size: size)
    return true
  }

  private mutating func move(by step: Int, _ workspace: inout Workspace) {
    let store = workspace.store
    switch step {
    case .min:
      cursor = store.firstShown
      isFollowing = false
    case .max:
      cursor = store.lastShown
      isFollowing = true
    default:
      if step < 0 { isFollowing = false }
      for _ in 0..<abs(step) {
        guard let current = cursor,
          let next = step < 0 ? store.shown(before: current) : store.shown(after: current)
        else { break }
        cursor = next
      }
    }
    select(&workspace)
  }

  private mutating func select(_ workspace: inout Workspace) {
    guard let cursor, let message = workspace.store.message(at: cursor, payloadPrefix: 0) else { return }
    workspace.selection.message = message.number
    told = message.number
    workspace.selection.topic = message.topic
    workspace.selection.isFollowed = isFollowing && workspace.pause == nil
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp: move(by: -3, &workspace)
    case .wheelDown: move(by: 3, &workspace)
    case .press, .doubleClick:
      var position = workspace.store.shown(atOrAfter: top)
      for _ in 1..<max(1, mouse.position.row) {
        position = position.flatMap { workspace.store.shown(after: $0) }
      }
      guard mouse.position.row > 0, let position else { return }
      cursor = position
      isFollowing = false
      select(&workspace)
      if mouse.kind == .doubleClick { workspace.requests.append(.focus(.detail)) }
    case .release, .drag: return
    }
    refresh(&workspace, size: size)
  }

  package mutating func goTo(_ number: UInt64, _ workspace: inout Workspace, size: Size) -> Bool {
    guard let position = workspace.store.position(ofNumber: number) else { return false }
    cursor = position
    isFollowing = false
    select(&workspace)
    refresh(&workspace, size: size)
    return workspace.store.number(at: position) == number
  }

  /// Messages that one search looks at, at most; it goes on from there with the next n.
  private static let searchLimit = 200_000

  package mutating func find(
    _ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size
  ) -> Bool {
    let store = workspace.store
    let found = Search.first(
      behind: cursor ?? store.firstShown, limit: Self.searchLimit,
      next: { forwards ? store.shown(after: $0) : store.shown(before: $0) },
      where: { store.matches(search, at: $0) })
    guard let found else { return false }
    cursor = found
    isFollowing = false
    select(&workspace)
    refresh(&workspace, size: size)
    return true
  }

  // MARK: - Following

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    // Detail was moved to another message: what is looked at there must not be taken away.
    let isLeading = workspace.leader == .messages
    if isLeading, let told, workspace.selection.message != told { isFollowing = false }
    if !isFollowing || workspace.pause != nil { workspace.selection.isFollowed = false }
    let old = cursor
    moveCursor(workspace)
    if isLeading, told == nil || cursor != old { select(&workspace) }
    told = isLeading ? workspace.selection.message : nil
    guard let cursor, let last = workspace.store.lastShown else { return }
    scroll(workspace.store, cursor, last, max(1, size.rows - 1))
  }

  private mutating func moveCursor(_ workspace: Workspace) {
    let store = workspace.store
    guard let last = store.lastShown else {
      cursor = nil
      return
    }
    if isFollowing, workspace.pause == nil || cursor == nil {
      cursor = last
    } else if let current = cursor {
      cursor = store.shown(atOrAfter: current) ?? last
    } else {
      cursor = last
    }
  }

  private mutating func scroll(_ store: Store, _ cursor: UInt64, _ last: UInt64, _ rows: Int) {
    if cursor < top {
      top = cursor
      return
    }
    // The page that ends with the cursor begins at the latest here.
    let page = store.shown(endingAt: cursor, count: rows)
    if let first = page.first, top < first { top = first }
    let lastPage = store.shown(endingAt: last, count: rows)
    if let first = lastPage.first, top > first { top = first }
  }
}
