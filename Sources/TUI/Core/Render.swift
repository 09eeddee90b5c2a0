/// The frame for a model: pure, and as cheap as the rows that fit.
package func render(_ model: Model, size: Size, capabilities: Capabilities) -> CellGrid {
  let canvas = Canvas(size, capabilities)
  let layout = model.layout(for: size)
  guard !layout.isTooSmall else {
    let need = "need \(Layout.smallest.columns)x\(Layout.smallest.rows)"
    canvas.text("window \(size.columns)x\(size.rows), \(need)", row: 0)
    return canvas.grid
  }
  let frame = FrameRenderer(model: model, layout: layout, canvas: canvas)
  frame.draw()
  return canvas.grid
}

/// Draws what is around the panes, and has the panes drawn.
struct FrameRenderer {
  let model: Model
  let layout: Layout
  let canvas: Canvas

  func draw() {
    drawHeader()
    drawTabs()
    drawBorders()
    for placement in layout.placements { draw(placement) }
    drawNotes()
    drawFooter()
  }

  private func draw(_ placement: Layout.Placement) {
    let isFocused = placement.pane == model.focused
    let context = PaneContext(workspace: model.workspace, isFocused: isFocused, visible: layout.visible)
    let pane = model.pane(placement.pane)
    let style = StyleID(isFocused ? .focusedTitle : .title)
    let content = placement.content
    canvas.text(
      " \(pane.title(context)) ", row: placement.titleRow, column: content.column + 1,
      width: content.columns - 2, style)
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
    if layout.bottomRow < layout.footer.row {
      borders.addHorizontal(row: layout.bottomRow, columns: 0..<canvas.columns)
    }
    for divider in layout.dividers { borders.addVertical(column: divider.column, rows: divider.rows) }
    borders.draw(on: canvas)
  }
}
