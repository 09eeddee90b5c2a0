/// The tree or list of topics; selects `workspace.selection.topic`.
package struct TopicsPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Topics" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" no topics yet", row: 0, StyleID(.hint))
  }
}
