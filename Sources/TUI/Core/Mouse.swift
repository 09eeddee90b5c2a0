/// What the mouse did, and in which cell.
package struct Mouse: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Of the left button.
    case press, release, doubleClick
    /// Moved with the left button down.
    case drag
    case wheelUp, wheelDown
  }

  package var kind: Kind
  /// May lie outside of the grid.
  package var position: Position

  package init(_ kind: Kind, row: Int, column: Int) {
    self.kind = kind
    position = Position(row: row, column: column)
  }
}
