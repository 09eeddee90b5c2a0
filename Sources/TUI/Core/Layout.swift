/// Where everything stands for a view, a terminal size and what the user made of them.
package struct Layout: Equatable, Sendable {
  package struct Placement: Equatable, Sendable {
    package var pane: PaneID
    /// Without the title, which is in the row above.
    package var content: Rectangle

    var titleRow: Int { content.row - 1 }
  }

  /// What the user chose.
  package struct Choice: Equatable, Sendable {
    package var isZoomed = false
    /// Panes below each other instead of side by side, or the other way round.
    package var isTurned = false
    /// Added to the columns of the left pane and the rows of the upper one.
    package var columnShift = 0
    package var rowShift = 0

    package init() {}
  }

  package static let smallest = Size(rows: 10, columns: 40)

  package private(set) var size: Size
  package private(set) var placements: [Placement] = []
  /// nil where there is no room for it.
  package private(set) var tabRow: Int?
  /// The closing border of the panes.
  package private(set) var bottomRow = 0
  package private(set) var notes = Rectangle(row: 0, column: 0, rows: 0, columns: 0)
  package private(set) var footer = Rectangle(row: 0, column: 0, rows: 0, columns: 0)
  /// Columns where a vertical line stands, and the rows it passes.
  package private(set) var dividers: [(column: Int, rows: Range<Int>)] = []

  /// Nothing but one line fits.
  package var isTooSmall: Bool {
    size.rows < Self.smallest.rows || size.columns < Self.smallest.columns
  }

  package static func == (left: Layout, right: Layout) -> Bool {
    left.size == right.size && left.placements == right.placements && left.notes == right.notes
      && left.footer == right.footer
  }

  package init(_ view: ViewID, _ size: Size, _ choice: Choice = Choice(), focused: PaneID? = nil) {
    self.size = size
    guard !isTooSmall else { return }
    let isCompact = size.columns < 60 || size.rows < 16
    tabRow = isCompact ? nil : 1
    let isList = view == .topics || view == .messages
    let footerRows = isCompact || !isList || size.columns >= 120 || size.rows < 22 ? 1 : 2
    let noteRows = isCompact ? 0 : isList ? 3 : view == .publish || size.rows >= 30 ? 2 : 0
    footer = Rectangle(row: size.rows - footerRows, column: 0, rows: footerRows, columns: size.columns)
    notes = Rectangle(row: footer.row - noteRows, column: 0, rows: noteRows, columns: size.columns)
    // Where footer follows the panes at once, they need no line below them, unless all is compact.
    bottomRow = noteRows == 0 && !isCompact ? notes.row : notes.row - 1
    let top = isCompact ? 2 : 3
    let area = Rectangle(row: top, column: 0, rows: bottomRow - top, columns: size.columns)
    let main = focused ?? view.panes[0]
    if isCompact || choice.isZoomed {
      placements = [Placement(pane: main, content: area)]
    } else {
      place(view, area, choice)
    }
  }

  package func placement(of pane: PaneID) -> Placement? { placements.first { $0.pane == pane } }
  package var visible: [PaneID] { placements.map(\.pane) }

  private mutating func place(_ view: ViewID, _ area: Rectangle, _ choice: Choice) {
    switch view {
    case .topics, .messages:
      if size.columns >= 140, size.rows >= 36, !choice.isTurned {
        placeDashboard(area, choice)
      } else if size.columns >= 120 {
        placeThree(area, choice)
      } else if (view == .topics) != choice.isTurned {
        let (left, right) = sideBySide(area, leftColumns: area.columns * 38 / 80 + choice.columnShift)
        add(view.panes[0], left)
        add(.detail, right)
      } else {
        let (upper, lower) = stacked(area, upperRows: area.rows * 3 / 5 + choice.rowShift)
        add(view.panes[0], upper)
        add(.detail, lower)
      }
    case .wire: placeWire(area, choice)
    case .health: add(.health, area)
    case .publish: add(.form, area)
    }
  }

  private mutating func placeThree(_ area: Rectangle, _ choice: Choice) {
    let (left, right) = sideBySide(area, leftColumns: area.columns * 44 / 140 + choice.columnShift)
    add(.topics, left)
    let (upper, lower) = stacked(right, upperRows: right.rows / 2 + choice.rowShift)
    add(.messages, upper)
    add(.detail, lower)
  }

  private mutating func placeDashboard(_ area: Rectangle, _ choice: Choice) {
    let (main, bottom) = stacked(area, upperRows: area.rows * 20 / 32 + choice.rowShift)
    let leftColumns = area.columns * 44 / 140 + choice.columnShift
    let (left, right) = sideBySide(main, leftColumns: leftColumns)
    add(.topics, left)
    let (log, below) = stacked(right, upperRows: right.rows * 12 / 20)
    add(.messages, log)
    let (detail, history) = sideBySide(below, leftColumns: below.columns / 2)
    add(.detail, detail)
    add(.history, history)
    let (health, rest) = sideBySide(bottom, leftColumns: leftColumns)
    add(.health, health)
    let (decoded, bytes) = sideBySide(rest, leftColumns: rest.columns / 2)
    add(.decoded, decoded)
    add(.bytes, bytes)
  }

  private mutating func placeWire(_ area: Rectangle, _ choice: Choice) {
    let (frames, below) = stacked(area, upperRows: area.rows * 7 / 20 + choice.rowShift)
    add(.frames, frames)
    if (size.columns >= 200) != choice.isTurned {
      let (decoded, bytes) = sideBySide(below, leftColumns: below.columns / 2 + choice.columnShift)
      add(.decoded, decoded)
      add(.bytes, bytes)
    } else {
      let (decoded, bytes) = stacked(below, upperRows: below.rows * 7 / 11)
      add(.decoded, decoded)
      add(.bytes, bytes)
    }
  }

  private mutating func add(_ pane: PaneID, _ content: Rectangle) {
    placements.append(Placement(pane: pane, content: content))
  }

  private mutating func sideBySide(
    _ area: Rectangle, leftColumns: Int
  ) -> (left: Rectangle, right: Rectangle) {
    let columns = min(max(leftColumns, 10), max(10, area.columns - 11))
    dividers.append((area.column + columns, area.row..<area.endRow))
    return (
      Rectangle(row: area.row, column: area.column, rows: area.rows, columns: columns),
      Rectangle(
        row: area.row, column: area.column + columns + 1, rows: area.rows,
        columns: area.columns - columns - 1)
    )
  }

  /// The row between them is the lower one's title.
  private func stacked(_ area: Rectangle, upperRows: Int) -> (upper: Rectangle, lower: Rectangle) {
    let rows = min(max(upperRows, 2), max(2, area.rows - 3))
    return (
      Rectangle(row: area.row, column: area.column, rows: rows, columns: area.columns),
      Rectangle(
        row: area.row + rows + 1, column: area.column, rows: area.rows - rows - 1, columns: area.columns)
    )
  }
}
