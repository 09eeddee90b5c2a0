import Presentation
import Text

/// Draws what lies over the panes.
struct OverlayRenderer {
  private let overlay: Overlay
  private let model: Model
  private let canvas: Canvas

  init(_ overlay: Overlay, _ model: Model, _ canvas: Canvas) {
    self.overlay = overlay
    self.model = model
    self.canvas = canvas
  }

  func draw() {
    switch overlay {
    case .help(let list): draw(list)
    case .palette(let palette): draw(palette)
    case .prompt(let prompt): PromptRenderer(prompt).draw(on: canvas)
    case .confirm(let question, let editor): draw(question, editor)
    case .menu(let menu, let index): draw(menu, index)
    case .error(let diagnosis): draw(diagnosis)
    }
  }

  /// The box of a list, the rows of its entries, and which entry is in the first of them.
  static func listArea(
    _ overlay: Overlay, _ size: Size
  ) -> (frame: Rectangle, list: Rectangle, first: Int)? {
    switch overlay {
    case .help(let list):
      let frame = box(size, rows: size.rows * 3 / 4, columns: 76)
      return area(frame, top: 2, bottom: 2, list.choice, list.found.count)
    case .palette(let palette):
      let rows = max(9, min(palette.found.count + 5, size.rows / 2 + 2))
      let frame = box(size, rows: rows, columns: size.columns >= 120 ? 80 : 60, top: size.rows * 5 / 24)
      return area(frame, top: 2, bottom: 2, palette.choice, palette.found.count)
    case .menu(let menu, let index):
      var choice = ListChoice()
      choice.choose(index, count: menu.entries.count)
      let frame = box(size, rows: menu.entries.count + 2, columns: 50)
      return area(frame, top: 1, bottom: 1, choice, menu.entries.count)
    case .confirm, .error:
      return (box(size, rows: size.rows, columns: size.columns), Rectangle(Size(rows: 0, columns: 0)), 0)
    case .prompt: return nil
    }
  }

  private static func area(
    _ frame: Rectangle, top: Int, bottom: Int, _ choice: ListChoice, _ count: Int
  ) -> (frame: Rectangle, list: Rectangle, first: Int) {
    let list = frame.inset(top: top, left: 1, bottom: bottom, right: 1)
    return (frame, list, choice.window(count: count, rows: list.rows).lowerBound)
  }

  /// In the middle, and never larger than the screen.
  private static func box(_ size: Size, rows: Int, columns: Int, top: Int? = nil) -> Rectangle {
    let rows = min(rows, size.rows)
    let columns = min(columns, size.columns)
    let row = min(top ?? (size.rows - rows) / 2, size.rows - rows)
    return Rectangle(row: row, column: (size.columns - columns) / 2, rows: rows, columns: columns)
  }

  private func draw(_ list: HelpList) {
    guard let area = Self.listArea(overlay, canvas.size) else { return }
    let box = canvas.part(area.frame)
    box.box("Help: \(model.focused)")
    list.editor.draw(on: box, row: 1, column: 5, width: box.columns - 8, StyleID(.input), hasCursor: true)
    box.text("/", row: 1, column: 3, StyleID(.strong))
    let window = list.choice.window(count: list.found.count, rows: area.list.rows)
    let lines = canvas.part(area.list)
    for (row, index) in window.enumerated() {
      let entry = list.found[index]
      let isSelected = index == list.choice.index
      lines.text(isSelected ? "> " : "  ", row: row, StyleID(.strong))
      lines.text(list.keyText(entry), row: row, column: 2, width: 14, StyleID(.hintKey))
      lines.text(entry.help, row: row, column: 17, width: lines.columns - 18)
      if isSelected { lines.select(row: row) }
    }
    if list.found.isEmpty { lines.text("  nothing like that", row: 0, StyleID(.hint)) }
    let text = "type to search \(box.glyphs.dot) Enter run \(box.glyphs.dot) Esc close"
    box.text(text, row: box.rows - 2, column: 2, width: box.columns - 22, StyleID(.hint))
    box.textEnding(
      "\(list.found.count) of \(list.total)", row: box.rows - 2, end: box.columns - 4, StyleID(.hint))
  }

  private func draw(_ palette: Palette) {
    guard let area = Self.listArea(overlay, canvas.size) else { return }
    let box = canvas.part(area.frame)
    box.box("Commands")
    box.text(">", row: 1, column: 2, StyleID(.strong))
    palette.editor.draw(on: box, row: 1, column: 4, width: box.columns - 6, StyleID(.input), hasCursor: true)
    let lines = canvas.part(area.list)
    let window = palette.choice.window(count: palette.found.count, rows: lines.rows)
    for (row, index) in window.enumerated() {
      draw(palette.found[index], on: lines, row, isSelected: index == palette.choice.index)
    }
    if let number = UInt64(palette.editor.text) {
      lines.clear()
      lines.text(" go to number \(number)", row: 0, fills: true)
    } else if palette.found.isEmpty {
      lines.text(" nothing like that", row: 0, StyleID(.hint))
    }
    let text = "type to search \(box.glyphs.dot) Enter run \(box.glyphs.dot) Esc close"
    box.text(text, row: box.rows - 2, column: 2, width: box.columns - 18, StyleID(.hint))
    box.textEnding(
      "\(palette.found.count) of \(palette.total)", row: box.rows - 2, end: box.columns - 4, StyleID(.hint))
  }

  private func draw(_ entry: PaletteEntry, on lines: Canvas, _ row: Int, isSelected: Bool) {
    let name = entry.arguments.isEmpty ? entry.name : "\(entry.name) \(entry.arguments)"
    let keyColumn = min(32, lines.columns / 2)
    lines.text(isSelected ? ">" : " ", row: row, column: 1, StyleID(.strong))
    lines.text(name, row: row, column: 3, width: keyColumn - 4)
    if let action = entry.keyAction {
      let key = model.configuration.keys.shortText(of: action)
      lines.text(key, row: row, column: keyColumn, width: 6, StyleID(.hintKey))
    }
    lines.text(entry.help, row: row, column: keyColumn + 5, width: lines.columns - keyColumn - 6)
    if isSelected { lines.select(row: row) }
  }

  private func draw(_ question: Confirmation, _ editor: LineEditor) {
    let widest = question.lines.map { canvas.measure($0) }.max() ?? 0
    let frame = Self.box(
      canvas.size, rows: question.lines.count + 4, columns: max(44, min(76, widest + 4)))
    let box = canvas.part(frame)
    box.box(question.title, StyleID(.warning))
    for (row, line) in question.lines.enumerated() {
      box.text(line, row: row + 1, column: 2, width: box.columns - 4)
    }
    let row = box.rows - 2
    if let typed = question.typed {
      let used = box.text("type \(typed): ", row: row, column: 2, width: box.columns - 4, StyleID(.strong))
      editor.draw(
        on: box, row: row, column: 2 + used, width: box.columns - used - 4, StyleID(.input), hasCursor: true)
    } else {
      box.text("y = yes   n = no", row: row, column: 2, width: box.columns - 4, StyleID(.strong))
      box.setCursor(row: row, column: 2)
    }
  }

  private func draw(_ menu: Menu, _ index: Int) {
    guard let area = Self.listArea(overlay, canvas.size) else { return }
    canvas.part(area.frame).box(menu.title)
    let lines = canvas.part(area.list)
    for row in 0..<lines.rows where area.first + row < menu.entries.count {
      let entry = menu.entries[area.first + row]
      lines.text("\(entry.letter)", row: row, column: 1, StyleID(.hintKey))
      lines.text(entry.label, row: row, column: 4, width: lines.columns - 5)
      if area.first + row == index {
        lines.select(row: row)
        lines.setCursor(row: row, column: 1)
      }
    }
  }

  private func draw(_ diagnosis: Diagnosis) {
    let columns = min(canvas.columns, 100)
    let lines = ErrorText.lines(diagnosis, columns: columns - 4, asciiOnly: !canvas.capabilities.unicode)
    let frame = Self.box(canvas.size, rows: lines.count + 4, columns: columns)
    let box = canvas.part(frame)
    box.box("\(diagnosis.layer) failed", StyleID(.error))
    for (row, line) in lines.enumerated() where row + 3 < box.rows {
      box.text(line, row: row + 1, column: 2, width: box.columns - 4)
    }
    box.text("^R try again now   Esc close", row: box.rows - 2, column: 2, StyleID(.hint))
    box.setCursor(row: box.rows - 2, column: 2)
  }
}
