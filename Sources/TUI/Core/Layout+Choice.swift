extension Layout {
  /// What the user chose for a view. Shares are kept, so that they outlive a change of the terminal's size.
  package struct Choice: Equatable, Sendable {
    package var isZoomed = false
    /// Counts up; modulo the arrangements that the size allows.
    package var arrangement = 0
    /// Added to the share of the left pane, and of the upper one.
    package var columnShift = 0.0
    package var rowShift = 0.0

    package init() {}

    /// Makes the focused pane larger or smaller by moving the borders beside it.
    mutating func resize(_ layout: Layout, focused: PaneID, columns: Int, rows: Int) {
      guard let content = layout.placement(of: focused)?.content else { return }
      for divider in layout.dividers where divider.extent > 0 {
        if divider.isVertical, columns != 0 {
          let isLeft = content.column < divider.cells.column
          columnShift += Self.share(isLeft ? columns : -columns, of: divider.extent)
          return
        }
        if !divider.isVertical, rows != 0 {
          let isUpper = content.row < divider.cells.row
          rowShift += Self.share(isUpper ? rows : -rows, of: divider.extent)
          return
        }
      }
    }

    /// Moves a border to where it was dragged.
    mutating func drag(_ divider: Divider, to position: Position) {
      guard divider.extent > 0 else { return }
      if divider.isVertical {
        columnShift += Self.share(position.column - divider.cells.column, of: divider.extent)
      } else {
        rowShift += Self.share(position.row - divider.cells.row, of: divider.extent)
      }
      columnShift = min(1, max(-1, columnShift))
      rowShift = min(1, max(-1, rowShift))
    }

    private static func share(_ cells: Int, of extent: Int) -> Double { Double(cells) / Double(extent) }
  }

  /// How the panes of the lists can stand.
  enum Arrangement {
    case dashboard, three, sideBySide, stacked

    /// The default first.
    static func all(for view: ViewID, _ size: Size) -> [Arrangement] {
      // The log needs its columns more than its rows.
      let two: [Arrangement] = view == .messages ? [.stacked, .sideBySide] : [.sideBySide, .stacked]
      if size.columns >= 140, size.rows >= 36 { return [.dashboard, .three] + two }
      return size.columns >= 120 ? [.three] + two : two
    }
  }
}
