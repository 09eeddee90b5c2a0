/// The chart of a number over time; on the dashboard, beside detail.
package struct HistoryPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "History" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" c charts a number", row: 0, StyleID(.hint))
  }
}
