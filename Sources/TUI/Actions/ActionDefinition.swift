/// All that is known of one action, from which key map, footer, help, palette and the manual are made.
package struct ActionDefinition: Sendable {
  package enum Group: String, CaseIterable, Sendable {
    case global, move, filter, topics, detail, copy, publish
  }

  /// Where the keys of an action count.
  package enum Scope: Sendable, Equatable {
    /// In the publish form without the keys that type something.
    case everywhere
    case panes([PaneID])

    package func contains(_ pane: PaneID) -> Bool {
      switch self {
      case .everywhere: true
      case .panes(let panes): panes.contains(pane)
      }
    }

    /// Whether some pane knows both.
    func overlaps(_ other: Scope) -> Bool {
      PaneID.allCases.contains { contains($0) && other.contains($0) }
    }
  }

  package let action: Action
  package let group: Group
  /// As it comes: `/`, `Ctrl-P`, `Ctrl-W w`. The first is shown in hints.
  package let keys: [String]
  /// What the mouse does for it.
  package let mouse: String
  package let scope: Scope
  /// In the footer.
  package let hint: String
  /// In help, palette and manual.
  package let help: String

  init(
    _ action: Action, _ group: Group, _ keys: [String], mouse: String = "", in scope: Scope = .everywhere,
    hint: String = "", _ help: String
  ) {
    self.action = action
    self.group = group
    self.keys = keys
    self.mouse = mouse
    self.scope = scope
    self.hint = hint.isEmpty ? action.rawValue : hint
    self.help = help
  }
}
