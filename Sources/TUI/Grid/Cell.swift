import Text

/// One column of one row: a scalar, the marks on it and its look.
///
/// A cell is made of a scalar that this program's own text contains (`init(trusted:)`), or of text that
/// went through the sanitiser (`Cell.append`); there is no other way, so that an escape sequence of a
/// peer cannot get into a grid.
package struct Cell: Equatable, Sendable {
  package let base: Unicode.Scalar
  /// What combines with `base`; the second only with the first.
  package let firstMark: Unicode.Scalar?
  package let secondMark: Unicode.Scalar?
  /// 1, or 2 for a wide scalar, or 0 for the column that the wide cell to the left takes.
  package let width: UInt8
  package var style: StyleID

  fileprivate init(
    _ base: Unicode.Scalar, _ firstMark: Unicode.Scalar? = nil, _ secondMark: Unicode.Scalar? = nil,
    width: UInt8, _ style: StyleID
  ) {
    self.base = base
    self.firstMark = firstMark
    self.secondMark = secondMark
    self.width = width
    self.style = style
  }

  /// For scalars of our own source text only. What does not take exactly one column becomes `?`.
  package init(trusted scalar: Unicode.Scalar, _ style: StyleID = .plain) {
    let fits = !Sanitiser.isUnsafe(scalar) && ScalarWidth.columns(scalar) == 1
    self.init(fits ? scalar : "?", width: 1, style)
  }

  package static func blank(_ style: StyleID = .plain) -> Cell { Cell(" ", width: 1, style) }

  /// The right half of a wide cell.
  package static func continuation(_ style: StyleID) -> Cell { Cell(" ", width: 0, style) }

  package var isBlank: Bool { base == " " && firstMark == nil && width == 1 }

  /// Appends the cells of one line of foreign text, continuations of wide scalars included, until there
  /// are more than `limit` columns. The text passes the sanitiser here.
  package static func append(
    _ bytes: UnsafeRawBufferPointer, style: StyleID, asciiOnly: Bool, limit: Int = .max,
    to cells: inout [Cell]
  ) {
    // A column is made of a base and two marks of at most four bytes each.
    let needed = limit > 1 << 20 ? bytes.count : min(bytes.count, (limit + 2) * 12)
    let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(needed))
    if part.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      for byte in part.prefix(limit == .max ? part.count : limit + 1) {
        cells.append(Cell(Unicode.Scalar(byte), width: 1, style))
      }
      return
    }
    var safe: [UInt8] = []
    safe.reserveCapacity(part.count + 16)
    var escapes: [Range<Int>] = []
    Sanitiser.append(part, asciiOnly: asciiOnly, to: &safe, escapes: &escapes)
    let end = limit == .max ? Int.max : cells.count + limit + 1
    safe.withUnsafeBytes { append(sanitised: $0, escapes, style, end, &cells) }
  }

  private static func append(
    sanitised bytes: UnsafeRawBufferPointer, _ escapes: [Range<Int>], _ style: StyleID, _ end: Int,
    _ cells: inout [Cell]
  ) {
    let start = cells.count
    var offset = 0
    var escape = 0
    while offset < bytes.count, cells.count < end {
      guard case .scalar(let scalar, let length) = UTF8Scanner.step(bytes, at: offset) else { return }
      while escape < escapes.count, escapes[escape].upperBound <= offset { escape += 1 }
      let isEscape = escape < escapes.count && escapes[escape].contains(offset)
      let look = isEscape ? style.escaped : style
      switch ScalarWidth.columns(scalar) {
      case 0: addMark(scalar, from: start, &cells)
      case 2:
        cells.append(Cell(scalar, width: 2, look))
        cells.append(Cell(" ", width: 0, look))
      default: cells.append(Cell(scalar, width: 1, look))
      }
      offset += length
    }
  }

  private static func addMark(_ mark: Unicode.Scalar, from start: Int, _ cells: inout [Cell]) {
    var index = cells.count - 1
    if index >= start, cells[index].width == 0 { index -= 1 }
    guard index >= start else { return }
    let cell = cells[index]
    if cell.firstMark == nil {
      cells[index] = Cell(cell.base, mark, nil, width: cell.width, cell.style)
    } else if cell.secondMark == nil {
      cells[index] = Cell(cell.base, cell.firstMark, mark, width: cell.width, cell.style)
    }
  }
}
