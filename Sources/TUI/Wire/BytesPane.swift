import Text

/// The selected frame's bytes, with the selected field marked.
package struct BytesPane: Pane {
  private var top = 0
  private var byte = 0
  private var frame: UInt64?
  private var field: Range<Int>?

  package init() {}

  package func title(_ context: PaneContext) -> String {
    guard let number = context.workspace.selection.frame else { return "Bytes" }
    let dump = WireDump(Int(clamping: number), context.workspace.store.shownWire)
    var title = "Bytes \(Human.grouped(dump.bytes.count)) on the wire"
    if dump.missing > 0 { title += " (\(Human.grouped(dump.missing)) more are not kept)" }
    return title + " \(context.glyphs.dot) [ ] = selected field"
  }

  private static func perRow(_ columns: Int) -> Int { columns >= 75 ? 16 : 8 }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    guard let number = context.workspace.selection.frame else {
      canvas.text(" no frame selected", row: 0, StyleID(.hint))
      return
    }
    let dump = WireDump(Int(clamping: number), context.workspace.store.shownWire)
    let width = Self.perRow(canvas.columns)
    for line in 0..<canvas.rows {
      let start = (top + line) * width
      guard start < dump.bytes.count else { return }
      canvas.text(HexRow.offset(start), row: line, column: 1, StyleID(.secondary))
      for offset in 0..<min(width, dump.bytes.count - start) {
        draw(start + offset, offset, line, width, dump, on: canvas)
      }
    }
    if context.isFocused { canvas.setCursor(row: byte / width - top, column: Self.column(byte % width)) }
  }

  /// Where the two digits of a byte begin.
  private static func column(_ offset: Int) -> Int { 7 + 3 * offset + (offset >= 8 ? 1 : 0) }

  private func draw(
    _ index: Int, _ offset: Int, _ line: Int, _ width: Int, _ dump: WireDump, on canvas: Canvas
  ) {
    let isSecret = dump.secrets.contains { $0.contains(index) }
    let value = dump.bytes[index]
    let isSelected = field?.contains(index) ?? false
    let style = StyleID(isSelected ? .field : .plain)
    let column = Self.column(offset)
    canvas.text(isSecret ? "**" : PayloadText.hex(value), row: line, column: column, style)
    if let field, isSelected {
      if index == field.lowerBound { canvas.glyph("[", row: line, column: column - 1, style) }
      if index == field.upperBound - 1 { canvas.glyph("]", row: line, column: column + 2, style) }
    }
    let isPrintable = value >= 0x20 && value < 0x7F
    let character = isSecret ? "*" : isPrintable ? Unicode.Scalar(value) : "."
    canvas.glyph(character, row: line, column: Self.column(width) + 1 + offset, style)
  }

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    guard let number = workspace.selection.frame else { return false }
    let dump = WireDump(Int(clamping: number), workspace.store.shownWire)
    let width = Self.perRow(size.columns)
    switch action {
    case .left: byte -= 1
    case .right: byte += 1
    case .first: byte = 0
    case .last: byte = dump.bytes.count - 1
    case .copy: return WireActions.copy(number, &workspace)
    case .export: return WireActions.export(number, &workspace)
    default:
      guard let step = action.rowStep(rows: size.rows) else { return false }
      byte += step * width
    }
    byte = max(0, min(byte, dump.bytes.count - 1))
    if let row = dump.row(over: byte) {
      field = dump.rows[row].range
      workspace.selection.fieldBytes = field
    }
    scroll(width, size.rows)
    return true
  }

  private mutating func scroll(_ width: Int, _ rows: Int) {
    let row = byte / width
    if row < top { top = row }
    if rows > 0, row >= top + rows { top = row - rows + 1 }
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {
    let selection = workspace.selection
    if frame != selection.frame {
      frame = selection.frame
      top = 0
      byte = 0
      field = nil
    }
    if field != selection.fieldBytes {
      field = selection.fieldBytes
      if let field, !field.isEmpty { byte = field.lowerBound }
      scroll(Self.perRow(size.columns), size.rows)
    }
  }
}
