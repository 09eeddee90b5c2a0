import Presentation

/// The form that publishes a message.
package struct PublishPane: Pane {
  package init() {}

  package func title(_ context: PaneContext) -> String { "Publish" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    canvas.text(" Topic", row: 0, StyleID(.hint))
  }

  mutating func type(_ key: Key, _ workspace: Workspace) -> Bool { false }
  mutating func paste(_ bytes: [UInt8]) {}
  mutating func prefill(topic: String?, payload: [UInt8]?) {}
  mutating func setPayload(_ bytes: [UInt8]) {}
  mutating func fileWasRead(_ path: String, _ bytes: [UInt8]) {}
  mutating func finished(
    _ identifier: Int, isSuccess: Bool, text: String, after: Duration?, wall: WallTime
  ) {}
}
