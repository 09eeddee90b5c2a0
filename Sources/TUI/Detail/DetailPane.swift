import Presentation
import Text

/// One message: its facts, its payload in some form, or a diff, and where there is room a chart.
package struct DetailPane: Pane {
  /// What the lines were made of; they are made anew when it changes.
  private struct Source: Equatable {
    var number: UInt64
    var compared: UInt64?
    var form: PayloadForm
    var columns: Int
  }

  private var source: Source?
  private var message: StoredMessage?
  private var compared: StoredMessage?
  private var lines: [DetailLine] = []
  private var window = ListWindow()
  /// Rows about the message, if there is room for all of them.
  private var factCount = 2
  /// Nil takes what the payload seems to be.
  private var chosenForm: PayloadForm?
  private var isDiff = false
  private var isWrapped = false
  private var path: ValuePath?
  private var topic: String?

  package init() {}

  package func title(_ context: PaneContext) -> String {
    guard let selected = context.workspace.selection.topic else { return "Detail" }
    let topic = message?.topic ?? selected
    if !topic.hasSameBytes(as: selected) { return "\(topic) \(context.glyphs.dot) newest below" }
    guard isDiff, let compared else { return topic }
    return
      "\(topic)  diff vs \(isMarked(compared, context.workspace) ? "mark" : "previous") #\(compared.number)"
  }

  // MARK: - Drawing

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    guard let message else {
      drawWithoutMessage(on: canvas, context)
      return
    }
    let facts = MessageFacts(
      message, previous: previous(context.workspace), source?.form ?? .text, context.workspace)
    var row = 0
    for line in facts.lines.prefix(Self.factRows(facts.lines.count, canvas.size)) {
      canvas.text(" \(line)", row: row, StyleID(.secondary))
      row += 1
    }
    let bottom = bottomRows(context.workspace, context.visible, canvas.size)
    let body = Rectangle(row: row, column: 0, rows: canvas.rows - row - bottom, columns: canvas.columns)
    drawBody(on: canvas.part(body), context)
    drawBottom(on: canvas, rows: bottom, context)
  }

  private func drawWithoutMessage(on canvas: Canvas, _ context: PaneContext) {
    guard context.workspace.selection.topic != nil else {
      canvas.text(" nothing selected", row: 0, StyleID(.hint))
      return
    }
    canvas.text(" no message of it is kept", row: 0, StyleID(.hint))
  }

  private func drawBody(on canvas: Canvas, _ context: PaneContext) {
    var row = 0
    for index in window.visible(count: lines.count, rows: canvas.rows) {
      guard row < canvas.rows else { return }
      let rows = draw(lines[index], row: row, on: canvas)
      if index == window.cursor, context.isFocused {
        for line in row..<min(row + rows, canvas.rows) { canvas.select(row: line) }
        canvas.setCursor(row: row, column: 0)
      }
      row += rows
    }
  }

  /// - Returns: the rows that it took.
  private func draw(_ line: DetailLine, row: Int, on canvas: Canvas) -> Int {
    let sign: Unicode.Scalar? =
      line.change == .added ? "+" : line.change == .removed ? "-" : nil
    let changed: Role? = line.change == .added ? .added : line.change == .removed ? .removed : nil
    if let sign, let changed { canvas.glyph(sign, row: row, column: 0, StyleID(changed)) }
    let start = min(1 + 2 * line.indent, max(1, canvas.columns / 2))
    guard isWrapped else {
      var column = start
      for part in line.parts where column < canvas.columns {
        column += canvas.text(part.text, row: row, column: column, StyleID(changed ?? part.role))
      }
      return 1
    }
    let width = max(1, canvas.columns - start)
    let rows = WrappedText(Sanitiser.line(line.text), width: width).rows
    for (offset, text) in rows.enumerated() {
      canvas.text(text, row: row + offset, column: start, StyleID(changed ?? .plain))
    }
    return rows.count
  }

  /// The history line, and above it a chart where no pane of its own has it.
  private func bottomRows(_ workspace: Workspace, _ visible: [PaneID], _ size: Size) -> Int {
    guard size.rows >= 8 else { return 0 }
    guard workspace.charted != nil, !visible.contains(.history), size.rows >= 14 else { return 1 }
    return 1 + min(8, size.rows / 2)
  }

  /// Of the rows about the message, those that leave room for the message.
  private static func factRows(_ count: Int, _ size: Size) -> Int { min(count, max(2, size.rows / 3)) }

  private func drawBottom(on canvas: Canvas, rows: Int, _ context: PaneContext) {
    guard rows > 0, let topic = context.workspace.selection.topic else { return }
    let last = canvas.rows - 1
    if let use = context.workspace.store.historyUse(of: topic) {
      let text =
        " history \(Human.grouped(use.count))/\(Human.grouped(TopicHistory.maximumCount))  evicted \(Human.grouped(Int(clamping: use.evicted)))"
      canvas.text(text, row: last, StyleID(.secondary))
    }
    guard rows > 2, let series = context.workspace.charted else { return }
    let top = canvas.rows - rows
    let line = canvas.glyphs.line(up: false, down: false, left: true, right: true)
    canvas.fill(row: top, StyleID(.border), with: line)
    let figures = series.statistics
    let name = series.path.text.isEmpty ? "value" : series.path.text
    let text =
      figures.count == 0
      ? name
      : "\(name)  min \(Figures.number(figures.minimum))  max \(Figures.number(figures.maximum))  last \(Figures.number(figures.last))"
    canvas.text(text, row: top, column: 1, width: canvas.columns - 2, StyleID(.title))
    let area = Rectangle(row: top + 1, column: 1, rows: rows - 2, columns: canvas.columns - 1)
    ChartRenderer(canvas.part(area), series).draw()
  }

  package func selectionText(_ context: PaneContext, size: Size) -> String? {
    guard lines.indices.contains(window.cursor) else { return nil }
    let line = lines[window.cursor]
    let isCut = line.text.utf8.count + 2 * line.indent + 1 > size.columns
    return isCut && !isWrapped ? line.text : nil
  }

  // MARK: - Actions

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    switch action {
    case .format:
      let all = PayloadForm.allCases
      let index = all.firstIndex(of: source?.form ?? .json) ?? 0
      chosenForm = all[(index + 1) % all.count]
    case .diff:
      // The value that the diff pointed at stays selected.
      if isDiff, path == nil, lines.indices.contains(window.cursor) { path = lines[window.cursor].path }
      isDiff.toggle()
    case .wrap: isWrapped.toggle()
    case .older: browse(-1, &workspace)
    case .newer: browse(1, &workspace)
    case .chart: chart(&workspace, onlyAdding: false)
    case .open: chart(&workspace, onlyAdding: true)
    default:
      guard window.move(action, count: lines.count, rows: bodyRows(workspace, size)) else {
        return DetailActions.perform(action, message, &workspace)
      }
      path = lines.indices.contains(window.cursor) ? lines[window.cursor].path : nil
    }
    refresh(&workspace, size: size)
    return true
  }

  private func bodyRows(_ workspace: Workspace, _ size: Size) -> Int {
    max(1, size.rows - Self.factRows(factCount, size) - bottomRows(workspace, workspace.visible, size))
  }

  private func browse(_ step: Int, _ workspace: inout Workspace) {
    guard let message else { return }
    if let next = workspace.store.message(of: message.topic, from: message.number, offset: step) {
      workspace.selection.message = next.number
    } else if step > 0 {
      workspace.selection.message = nil
    }
  }

  private mutating func chart(_ workspace: inout Workspace, onlyAdding: Bool) {
    guard let topic = workspace.selection.topic else { return }
    let selected = lines.indices.contains(window.cursor) ? lines[window.cursor] : nil
    let line = selected?.isNumber == true ? selected : lines.first { $0.isNumber }
    guard !onlyAdding || selected?.isNumber == true, let path = line?.path else {
      if !onlyAdding {
        workspace.requests.append(.note(Note(.information, "there is no number to chart in this payload")))
      }
      return
    }
    if workspace.store.series(topic: topic, path: path) == nil {
      workspace.store.addSeries(topic: topic, path: path)
    } else {
      workspace.store.removeSeries(topic: topic, path: path)
    }
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    switch mouse.kind {
    case .wheelUp:
      for _ in 0..<3 { _ = window.move(.up, count: lines.count, rows: bodyRows(workspace, size)) }
    case .wheelDown:
      for _ in 0..<3 { _ = window.move(.down, count: lines.count, rows: bodyRows(workspace, size)) }
    default: return
    }
    path = lines.indices.contains(window.cursor) ? lines[window.cursor].path : nil
  }

  package mutating func find(
    _ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size
  ) -> Bool {
    let order =
      forwards
      ? Array(lines.indices.dropFirst(window.cursor + 1))
      : Array(lines.indices.prefix(window.cursor)).reversed()
    guard let index = order.first(where: { search.matches(text: lines[$0].text) }) else { return false }
    window.cursor = index
    path = lines[index].path
    refresh(&workspace, size: size)
    return true
  }

  // MARK: - Following

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    let selection = workspace.selection
    if topic != selection.topic {
      topic = selection.topic
      window = ListWindow()
      path = nil
    }
    message = selectedMessage(workspace)
    guard let message else {
      lines = []
      source = nil
      return
    }
    compared = isDiff ? comparison(message, workspace) : nil
    let form = chosenForm ?? sourceForm(message)
    let now = Source(number: message.number, compared: compared?.number, form: form, columns: size.columns)
    if now != source {
      source = now
      factCount = MessageFacts.count(message)
      lines = PayloadLines.lines(of: message, as: form, columns: size.columns)
      if let compared {
        let old = PayloadLines.lines(of: compared, as: form, columns: size.columns)
        lines = LineDiff.lines(from: old, to: lines)
      }
      // The same value in the next message keeps the selection.
      if let path, let index = lines.firstIndex(where: { $0.path == path && $0.change != .removed }) {
        window.cursor = index
      } else if path == nil, let change = firstChange {
        window.cursor = change
      }
    }
    window.fit(count: lines.count, rows: bodyRows(workspace, size))
  }

  /// What the first change made of a line: a chart has to leave room for it.
  private var firstChange: Int? {
    guard let first = lines.firstIndex(where: { $0.change != .same }) else { return nil }
    let end = lines[first...].firstIndex { $0.change == .same } ?? lines.endIndex
    return lines[first..<end].firstIndex { $0.change == .added } ?? first
  }

  private func sourceForm(_ message: StoredMessage) -> PayloadForm {
    if let source, source.number == message.number { return source.form }
    return PayloadLines.form(of: message)
  }

  private func selectedMessage(_ workspace: Workspace) -> StoredMessage? {
    guard let topic = workspace.selection.topic else { return nil }
    guard let number = workspace.selection.message else {
      if let message, workspace.store.newestNumber(of: topic) == message.number,
        message.topic.hasSameBytes(as: topic)
      {
        return message
      }
      return workspace.store.newestMessage(of: topic) ?? workspace.store.newestMessage(below: topic)
    }
    // A selected message stays although the store may let it go.
    if let message, message.number == number { return message }
    return workspace.store.message(number: number, topic: topic)
  }

  private func previous(_ workspace: Workspace) -> StoredMessage? {
    message.flatMap { workspace.store.message(of: $0.topic, from: $0.number, offset: -1) }
  }

  /// The marked message, if one is marked that is not this one, else the one before.
  private func comparison(_ message: StoredMessage, _ workspace: Workspace) -> StoredMessage? {
    let marks = workspace.marks.sorted { $0.key.value < $1.key.value }
    for (_, mark) in marks where mark.pane != .frames && mark.number != message.number {
      if let marked = workspace.store.message(number: mark.number, topic: message.topic),
        marked.topic.hasSameBytes(as: message.topic)
      {
        return marked
      }
    }
    return workspace.store.message(of: message.topic, from: message.number, offset: -1)
  }

  private func isMarked(_ message: StoredMessage, _ workspace: Workspace) -> Bool {
    workspace.marks.values.contains { $0.pane != .frames && $0.number == message.number }
  }
}
