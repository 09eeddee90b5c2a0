/// The selected frame as a tree of fields; selects `workspace.selection.fieldBytes`.
package struct DecodedPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Decoded" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" no frame selected", row: 0, StyleID(.hint))
  }
}
