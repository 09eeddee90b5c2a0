/// The selected frame's bytes, with the selected field marked.
package struct BytesPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Bytes" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" no frame selected", row: 0, StyleID(.hint))
  }
}
