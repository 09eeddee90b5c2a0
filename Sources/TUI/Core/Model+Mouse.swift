extension Model {
  mutating func click(_ mouse: Mouse) -> [Command] {
    if overlay != nil { return clickOverlay(mouse) }
    let layout = layout
    guard !layout.isTooSmall else { return [] }
    switch mouse.kind {
    case .release:
      drag = nil
      return []
    case .drag:
      dragBorder(to: mouse.position)
      return []
    case .press:
      if let command = clickChrome(mouse.position, layout) { return command }
    case .doubleClick:
      if let title = layout.placements.first(where: { Self.isTitle($0, mouse.position) }) {
        focus[view] = title.pane
        return perform(.zoom)
      }
    case .wheelUp, .wheelDown: break
    }
    return clickPane(mouse, layout)
  }

  private mutating func clickPane(_ mouse: Mouse, _ layout: Layout) -> [Command] {
    guard let hit = layout.placements.first(where: { $0.content.contains(mouse.position) }) else {
      return []
    }
    if mouse.kind == .press || mouse.kind == .doubleClick { focus[view] = hit.pane }
    var inside = mouse
    inside.position.row -= hit.content.row
    inside.position.column -= hit.content.column
    call(.mouse(inside), on: hit.pane, in: layout)
    return []
  }

  /// Tabs, footer hints, titles and borders.
  private mutating func clickChrome(_ position: Position, _ layout: Layout) -> [Command]? {
    if position.row == layout.tabRow, let tab = TabLine(view).hit(column: position.column) {
      show(tab)
      return []
    }
    if layout.footer.contains(position) {
      let footer = FooterLine(self, layout)
      return footer.action(at: position).map { perform($0) } ?? []
    }
    let isTitle = layout.placements.first { Self.isTitle($0, position) }
    if let divider = layout.dividers.first(where: { $0.cells.contains(position) }) { drag = divider }
    if let title = isTitle {
      let wasFocused = focused == title.pane
      focus[view] = title.pane
      return wasFocused && title.pane == .topics && drag == nil ? perform(.sort) : []
    }
    return drag == nil ? nil : []
  }

  private mutating func dragBorder(to position: Position) {
    guard let divider = drag, let index = layout.dividers.firstIndex(of: divider) else {
      drag = nil
      return
    }
    choices[view, default: Layout.Choice()].drag(divider, to: position)
    let moved = layout.dividers
    drag = moved.indices.contains(index) ? moved[index] : nil
  }

  private static func isTitle(_ placement: Layout.Placement, _ position: Position) -> Bool {
    position.row == placement.titleRow && position.column >= placement.content.column
      && position.column < placement.content.endColumn
  }

  /// A press on a row of a list runs it; one outside closes; the wheel moves.
  private mutating func clickOverlay(_ mouse: Mouse) -> [Command] {
    switch mouse.kind {
    case .wheelUp: return press(Key(.up))
    case .wheelDown: return press(Key(.down))
    case .press, .doubleClick: break
    case .release, .drag: return []
    }
    guard let overlay, let area = OverlayRenderer.listArea(overlay, size) else { return [] }
    guard area.frame.contains(mouse.position) else {
      self.overlay = nil
      return []
    }
    let row = mouse.position.row - area.list.row
    guard row >= 0, row < area.list.rows else { return [] }
    let index = area.first + row
    switch overlay {
    case .help(var list) where index < list.found.count:
      list.choose(index)
      self.overlay = .help(list)
      return press(Key(.enter))
    case .palette(var palette) where index < palette.found.count:
      palette.choose(index)
      self.overlay = .palette(palette)
      return palette.selected?.arguments.isEmpty == true ? press(Key(.enter)) : press(Key(.tab))
    case .menu(let menu, _) where index < menu.entries.count:
      self.overlay = .menu(menu, index: index)
      return press(Key(.enter))
    default: return []
    }
  }
}
