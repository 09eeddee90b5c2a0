/// A part of the screen with state of its own: its selection, scrolling and modes. What panes share is in
/// the `Workspace`. All of a pane is pure: what it wants done it puts into `workspace.requests`.
package protocol Pane: Sendable {
  /// What the border above the pane says, without the spaces around.
  func title(_ context: PaneContext) -> String

  /// Draws into a blank canvas of exactly the pane's content. Only the rows that fit may cost anything.
  func draw(on canvas: Canvas, _ context: PaneContext)

  /// The whole of what the selected row had to cut, such as a long topic; shown below the panes.
  func selectionText(_ context: PaneContext, size: Size) -> String?

  /// False for an action that means nothing here; the model then tries what is valid everywhere.
  /// `size` is the content's, for pages.
  mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool

  /// A press, double click or wheel inside the content, in its coordinates. The pane has the focus already.
  mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size)

  /// `:N`; false when there is no such row here.
  mutating func goTo(_ number: UInt64, _ workspace: inout Workspace, size: Size) -> Bool

  /// Search with n and N: the next match after (or before) the selection becomes selected. False when
  /// there is none.
  mutating func find(_ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size) -> Bool

  /// Called after every event, so it must be cheap where nothing changed: keep the selection valid and
  /// follow what is new.
  mutating func refresh(_ workspace: inout Workspace, size: Size)
}

extension Pane {
  package func selectionText(_ context: PaneContext, size: Size) -> String? { nil }
  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool { false }
  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {}
  package mutating func goTo(_ number: UInt64, _ workspace: inout Workspace, size: Size) -> Bool { false }
  package mutating func find(
    _ search: Search, forwards: Bool, _ workspace: inout Workspace, size: Size
  ) -> Bool { false }
  package mutating func refresh(_ workspace: inout Workspace, size: Size) {}
}

/// What a pane may look at while it draws.
package struct PaneContext {
  package let workspace: Workspace
  /// Whether keys go to this pane; its selection is drawn reversed then, else only with its sign.
  package let isFocused: Bool
  /// The panes on the screen, so that detail draws its own chart only where no history pane does.
  package let visible: [PaneID]
  /// The signs of titles.
  package let glyphs: Glyphs
}
