/// What the connection does: state, round trips, traffic, queues, memory.
package struct HealthPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Health" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" not connected yet", row: 0, StyleID(.hint))
  }
}
