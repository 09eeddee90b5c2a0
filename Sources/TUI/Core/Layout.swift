/// Where everything stands for a view, a terminal size and what the user made of them.
package struct Layout: Equatable, Sendable {
  package struct Placement: Equatable, Sendable {
    package var pane: PaneID
    /// Without the title, which is in the row above.
    package var content: Rectangle

    var titleRow: Int { content.row - 1 }
  }

  /// A border that can be dragged.
  struct Divider: Equatable, Sendable {
    /// A vertical line moves sideways.
    var isVertical: Bool
    /// The cells that take the mouse.
    var cells: Rectangle
    /// What the share is of.
    var extent: Int
  }

  package static let smallest = Size(rows: 10, columns: 40)

  package let size: Size
  package private(set) var placements: [Placement] = []
  /// nil where there is no room for it.
  package private(set) var tabRow: Int?
  /// The closing border of the panes.
  package private(set) var bottomRow = 0
  package private(set) var notes = Rectangle(row: 0, column: 0, rows: 0, columns: 0)
  package private(set) var footer = Rectangle(row: 0, column: 0, rows: 0, columns: 0)
  /// Vertical lines.
  private(set) var verticals: [Rectangle] = []
  private(set) var dividers: [Divider] = []
  package let isCompact: Bool

  /// Nothing but one line fits.
  package var isTooSmall: Bool {
    size.rows < Self.smallest.rows || size.columns < Self.smallest.columns
  }

  package init(_ view: ViewID, _ size: Size, _ choice: Choice = Choice(), focused: PaneID? = nil) {
    self.size = size
    isCompact = size.columns < 60 || size.rows < 16
    guard !isTooSmall else { return }
    tabRow = isCompact ? nil : 1
    let isList = view == .topics || view == .messages
    let footerRows = isCompact || !isList || size.columns >= 120 || size.rows < 22 ? 1 : 2
    let noteRows = isCompact ? 0 : isList ? 3 : view == .publish || size.rows >= 30 ? 2 : 0
    footer = Rectangle(row: size.rows - footerRows, column: 0, rows: footerRows, columns: size.columns)
    notes = Rectangle(row: footer.row - noteRows, column: 0, rows: noteRows, columns: size.columns)
    // Where the footer follows the panes at once, no line parts them, unless all is compact.
    bottomRow = noteRows == 0 && !isCompact ? notes.row : notes.row - 1
    let top = isCompact ? 2 : 3
    let area = Rectangle(row: top, column: 0, rows: bottomRow - top, columns: size.columns)
    if isCompact || choice.isZoomed {
      placements = [Placement(pane: focused ?? view.panes[0], content: area)]
    } else {
      place(view, area, choice)
    }
  }

  package func placement(of pane: PaneID) -> Placement? { placements.first { $0.pane == pane } }
  package var visible: [PaneID] { placements.map(\.pane) }
  var hasBottomLine: Bool { bottomRow < footer.row && !isTooSmall }

  private mutating func place(_ view: ViewID, _ area: Rectangle, _ choice: Choice) {
    switch view {
    case .topics, .messages:
      let arrangements = Arrangement.all(for: view, size)
      switch arrangements[choice.arrangement % arrangements.count] {
      case .dashboard: placeDashboard(area, choice)
      case .three: placeThree(area, choice)
      case .sideBySide:
        let (left, right) = sideBySide(area, share: 38.0 / 80, choice)
        add(view.panes[0], left)
        add(.detail, right)
      case .stacked:
        let (upper, lower) = stacked(area, share: 0.6, choice)
        add(view.panes[0], upper)
        add(.detail, lower)
      }
    case .wire: placeWire(area, choice)
    case .health: add(.health, area)
    case .publish: add(.form, area)
    }
  }

  private mutating func placeThree(_ area: Rectangle, _ choice: Choice) {
    let (left, right) = sideBySide(area, share: 44.0 / 140, choice)
    add(.topics, left)
    let (upper, lower) = stacked(right, share: 0.5, choice)
    add(.messages, upper)
    add(.detail, lower)
  }

  private mutating func placeDashboard(_ area: Rectangle, _ choice: Choice) {
    let (main, bottom) = stacked(area, share: 20.0 / 32, choice)
    let (left, right) = sideBySide(main, share: 44.0 / 140, choice)
    add(.topics, left)
    let (log, below) = stacked(right, share: 12.0 / 20, nil)
    add(.messages, log)
    let (detail, history) = sideBySide(below, share: 0.5, nil)
    add(.detail, detail)
    add(.history, history)
    let (health, rest) = sideBySide(bottom, share: 44.0 / 140, choice)
    add(.health, health)
    let (decoded, bytes) = sideBySide(rest, share: 0.5, nil)
    add(.decoded, decoded)
    add(.bytes, bytes)
  }

  private mutating func placeWire(_ area: Rectangle, _ choice: Choice) {
    let (frames, below) = stacked(area, share: 7.0 / 20, choice)
    add(.frames, frames)
    if (size.columns >= 200) == choice.arrangement.isMultiple(of: 2) {
      let (decoded, bytes) = sideBySide(below, share: 0.5, choice)
      add(.decoded, decoded)
      add(.bytes, bytes)
    } else {
      let (decoded, bytes) = stacked(below, share: 7.0 / 11, nil)
      add(.decoded, decoded)
      add(.bytes, bytes)
    }
  }

  private mutating func add(_ pane: PaneID, _ content: Rectangle) {
    placements.append(Placement(pane: pane, content: content))
  }

  /// `choice` moves the border; nil for one that stays at its share.
  private mutating func sideBySide(
    _ area: Rectangle, share: Double, _ choice: Choice?
  ) -> (left: Rectangle, right: Rectangle) {
    let wanted = Self.part(area.columns, share + (choice?.columnShift ?? 0))
    let columns = min(max(wanted, 10), max(10, area.columns - 11))
    let line = Rectangle(row: area.row, column: area.column + columns, rows: area.rows, columns: 1)
    verticals.append(line)
    if choice != nil { dividers.append(Divider(isVertical: true, cells: line, extent: area.columns)) }
    return (
      Rectangle(row: area.row, column: area.column, rows: area.rows, columns: columns),
      Rectangle(
        row: area.row, column: area.column + columns + 1, rows: area.rows,
        columns: area.columns - columns - 1)
    )
  }

  /// The row between them is the lower one's title.
  private mutating func stacked(
    _ area: Rectangle, share: Double, _ choice: Choice?
  ) -> (upper: Rectangle, lower: Rectangle) {
    let wanted = Self.part(area.rows, share + (choice?.rowShift ?? 0))
    let rows = min(max(wanted, 2), max(2, area.rows - 3))
    if choice != nil {
      let cells = Rectangle(row: area.row + rows, column: area.column, rows: 1, columns: area.columns)
      dividers.append(Divider(isVertical: false, cells: cells, extent: area.rows))
    }
    return (
      Rectangle(row: area.row, column: area.column, rows: rows, columns: area.columns),
      Rectangle(
        row: area.row + rows + 1, column: area.column, rows: area.rows - rows - 1, columns: area.columns)
    )
  }

  private static func part(_ whole: Int, _ share: Double) -> Int {
    Int((Double(whole) * min(1, max(0, share)) + 0.0001).rounded(.down))
  }
}
