/// The form that publishes a message.
package struct PublishPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Publish" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" Topic", row: 0, StyleID(.hint))
  }
}
