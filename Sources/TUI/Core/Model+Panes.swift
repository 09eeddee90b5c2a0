/// A call of a pane as a value, so that one switch finds the pane for all of them.
enum PaneCall {
  case perform(Action)
  case mouse(Mouse)
  case goTo(UInt64)
  case find(Search, forwards: Bool)
  case refresh
}

extension Model {
  func pane(_ id: PaneID) -> any Pane {
    switch id {
    case .topics: topics
    case .messages: messages
    case .detail: detail
    case .history: history
    case .frames: frames
    case .decoded: decoded
    case .bytes: bytes
    case .health: health
    case .form: form
    }
  }

  /// False when the pane had no use for it, or is not on the screen.
  @discardableResult
  mutating func call(_ call: PaneCall, on id: PaneID, in layout: Layout) -> Bool {
    guard let size = layout.placement(of: id)?.content.size else { return false }
    switch id {
    case .topics: return Self.apply(call, to: &topics, &workspace, size)
    case .messages: return Self.apply(call, to: &messages, &workspace, size)
    case .detail: return Self.apply(call, to: &detail, &workspace, size)
    case .history: return Self.apply(call, to: &history, &workspace, size)
    case .frames: return Self.apply(call, to: &frames, &workspace, size)
    case .decoded: return Self.apply(call, to: &decoded, &workspace, size)
    case .bytes: return Self.apply(call, to: &bytes, &workspace, size)
    case .health: return Self.apply(call, to: &health, &workspace, size)
    case .form: return Self.apply(call, to: &form, &workspace, size)
    }
  }

  private static func apply<P: Pane>(
    _ call: PaneCall, to pane: inout P, _ workspace: inout Workspace, _ size: Size
  ) -> Bool {
    switch call {
    case .perform(let action): return pane.perform(action, &workspace, size: size)
    case .mouse(let mouse):
      pane.mouse(mouse, &workspace, size: size)
      return true
    case .goTo(let number): return pane.goTo(number, &workspace, size: size)
    case .find(let search, let forwards):
      return pane.find(search, forwards: forwards, &workspace, size: size)
    case .refresh:
      pane.refresh(&workspace, size: size)
      return true
    }
  }

  /// The list that had the focus last leads detail, as long as it is on the screen.
  mutating func chooseLeader() {
    let lists = layout.visible.filter { $0 == .topics || $0 == .messages }
    if lists.contains(focused) {
      workspace.leader = focused
    } else if let first = lists.first, !lists.contains(workspace.leader) {
      workspace.leader = first
    }
  }

  /// Lets every pane on the screen catch up with the workspace.
  mutating func refresh() {
    let layout = layout
    workspace.visible = layout.visible
    if layout.visible.contains(.decoded), !layout.visible.contains(.frames), !view.panes.contains(.frames) {
      // Beside the other panes, the wire shows what detail does.
      let frame = workspace.selectedRow.map { UInt64(clamping: $0) }
      if frame != workspace.selection.frame {
        workspace.selection.frame = frame
        workspace.selection.fieldBytes = nil
      }
    }
    for id in layout.visible { call(.refresh, on: id, in: layout) }
  }
}
