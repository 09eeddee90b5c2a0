extension Model {
  mutating func press(_ key: Key) -> [Command] {
    guard let action = configuration.keys.action(for: key) else { return [] }
    return perform(action)
  }

  mutating func perform(_ action: Action) -> [Command] {
    let layout = layout
    guard !call(.perform(action), on: focused, in: layout) else { return drainRequests() }
    switch action {
    case .quit, .interrupt: return [.quit]
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .viewTopics: show(.topics)
    case .viewMessages: show(.messages)
    case .viewWire: show(.wire)
    case .viewHealth: show(.health)
    case .viewPublish: show(.publish)
    case .nextPane: moveFocus(by: 1)
    case .previousPane: moveFocus(by: -1)
    case .zoom: choices[view, default: Layout.Choice()].isZoomed.toggle()
    case .nextLayout: choices[view, default: Layout.Choice()].isTurned.toggle()
    default: break
    }
    return drainRequests()
  }

  mutating func show(_ view: ViewID) {
    self.view = view
    refresh()
  }

  /// Through the panes on the screen, or those of the view where one is shown at a time.
  private mutating func moveFocus(by step: Int) {
    let visible = layout.visible
    let panes = visible.count > 1 ? visible : view.panes
    guard let index = panes.firstIndex(of: focused) else { return }
    focus[view] = panes[(index + step + panes.count) % panes.count]
    refresh()
  }

  mutating func drainRequests() -> [Command] {
    var commands: [Command] = []
    while !workspace.requests.isEmpty {
      let requests = workspace.requests
      workspace.requests.removeAll()
      for request in requests {
        switch request {
        case .command(let command): commands.append(command)
        case .note(let note): add(note)
        case .focus(let pane): focus[view] = pane
        case .show(let view): show(view)
        case .publish, .applyFilter, .confirm: break
        }
      }
    }
    return commands
  }
}
