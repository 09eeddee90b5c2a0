/// The log of messages; selects `workspace.selection.message` and its topic.
package struct MessagesPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Messages" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" no messages yet", row: 0, StyleID(.hint))
  }
}
