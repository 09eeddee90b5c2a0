import Text

/// The chart of a number over time; on the dashboard, beside detail.
package struct HistoryPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String {
    context.workspace.charted.map { "History  \($0.path.text)" } ?? "History"
  }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    guard let series = context.workspace.charted else {
      canvas.text(" c charts the number selected in Detail", row: 0, StyleID(.hint))
      return
    }
    let upper = Rectangle(row: 0, column: 0, rows: canvas.rows - 1, columns: canvas.columns)
    ChartRenderer(canvas.part(upper), series).draw()
    let figures = series.statistics
    var text = " n \(Human.grouped(figures.count))"
    if figures.count > 0 {
      text += "  min \(Figures.number(figures.minimum))  mean \(Figures.number(figures.mean))"
      text += "  max \(Figures.number(figures.maximum))  last \(Figures.number(figures.last))"
    }
    canvas.text(text, row: canvas.rows - 1, StyleID(.secondary))
  }
}

extension Workspace {
  /// The chart of the selected topic: the last that was pinned.
  var charted: NumericSeries? {
    guard let topic = selection.topic else { return nil }
    return store.series.last { $0.topic.hasSameBytes(as: topic) }
  }
}
