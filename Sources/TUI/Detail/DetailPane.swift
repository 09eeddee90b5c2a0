/// One message: its facts, its payload in some form, or a diff, and where there is room a chart.
package struct DetailPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Detail" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" nothing selected", row: 0, StyleID(.hint))
  }
}
