/// The list of frames; selects `workspace.selection.frame`.
package struct FramesPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Frames" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" no frames yet", row: 0, StyleID(.hint))
  }
}
