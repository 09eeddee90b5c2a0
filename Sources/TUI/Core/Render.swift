/// The frame for a model: pure, and as cheap as the rows that fit.
package func render(_ model: Model, size: Size, capabilities: Capabilities) -> CellGrid {
  let canvas = Canvas(size, capabilities)
  let layout = model.layout(for: size)
  guard !layout.isTooSmall else {
    let need = "need \(Layout.smallest.columns)x\(Layout.smallest.rows)"
    canvas.text("window \(size.columns)x\(size.rows), \(need)", row: 0)
    return canvas.grid
  }
  FrameRenderer(model: model, layout: layout, canvas: canvas).draw()
  return canvas.grid
}

/// Draws what is around the panes, and has the panes drawn.
struct FrameRenderer {
  let model: Model
  let layout: Layout
  let canvas: Canvas

  func draw() {
    HeaderLine(model: model, layout: layout).draw(on: canvas)
    if let row = layout.tabRow { TabLine(model.view).draw(on: canvas, row: row, model) }
    drawBorders()
    for placement in layout.placements { draw(placement) }
    NoteLines(model: model, layout: layout).draw(on: canvas)
    FooterLine(model, layout).draw(on: canvas)
    if let overlay = model.overlay { OverlayRenderer(overlay, model, canvas).draw() }
  }

  private func draw(_ placement: Layout.Placement) {
    let isFocused = placement.pane == model.focused
    let context = model.context(isFocused: isFocused && model.overlay == nil, layout, canvas.glyphs)
    let pane = model.pane(placement.pane)
    let content = placement.content
    let title = canvas.part(
      Rectangle(row: placement.titleRow, column: content.column + 1, rows: 1, columns: content.columns - 2))
    var text = pane.title(context)
    if placement.pane == layout.visible.first, let pause = model.workspace.pause {
      let paused = pause.text(model.workspace, canvas.glyphs)
      // That it stands still matters more than what it counts.
      let isTight = canvas.measure("\(text)  \(paused)") + 2 > title.columns
      text = "\(isTight ? String(text.prefix { $0 != " " }) : text)  \(paused)"
    }
    title.text(" \(text) ", row: 0, StyleID(isFocused ? .focusedTitle : .title))
    pane.draw(on: canvas.part(content), context)
  }

  private func drawBorders() {
    var borders = BorderMap(canvas.size)
    for placement in layout.placements {
      let content = placement.content
      // One further at each side where a divider runs, so that they meet.
      let left = max(0, content.column - 1)
      let right = min(canvas.columns, content.endColumn + 1)
      borders.addHorizontal(row: placement.titleRow, columns: left..<right)
    }
    if layout.hasBottomLine { borders.addHorizontal(row: layout.bottomRow, columns: 0..<canvas.columns) }
    for line in layout.verticals { borders.addVertical(column: line.column, rows: line.row..<line.endRow) }
    borders.draw(on: canvas)
  }
}

extension Model {
  func context(isFocused: Bool, _ layout: Layout, _ glyphs: Glyphs) -> PaneContext {
    PaneContext(workspace: workspace, isFocused: isFocused, visible: layout.visible, glyphs: glyphs)
  }
}
