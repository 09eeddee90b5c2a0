/// Several lines of text being edited.
package struct TextEditor: Sendable, Equatable {
  /// Scalars; what is pasted or typed beyond is dropped.
  package static let longest = 262_144

  package private(set) var lines: [[Unicode.Scalar]] = [[]]
  package private(set) var row = 0
  package private(set) var column = 0
  private var count = 0

  package init(_ text: String = "") {
    insert(text.unicodeScalars)
    (row, column) = (0, 0)
  }

  package var text: String {
    var text = String.UnicodeScalarView()
    for (index, line) in lines.enumerated() {
      if index > 0 { text.append("\n") }
      text.append(contentsOf: line)
    }
    return String(text)
  }

  package var isEmpty: Bool { count == 0 }

  package mutating func paste(_ bytes: [UInt8]) {
    insert(String(decoding: bytes, as: UTF8.self).unicodeScalars)
  }

  /// False for a key that edits nothing, and for Up in the first line and Down in the last.
  package mutating func type(_ key: Key) -> Bool {
    if let scalar = key.typed {
      insert(CollectionOfOne(scalar))
      return true
    }
    if key.modifiers == .control, case .character(let letter) = key.code { return edit(letter) }
    guard key.modifiers.isEmpty else { return false }
    switch key.code {
    case .enter: insert(CollectionOfOne("\n"))
    case .backspace: removeBefore()
    case .delete: removeAt()
    case .home: column = 0
    case .end: column = lines[row].count
    case .left: moveLeft()
    case .right: moveRight()
    case .up, .down:
      let target = row + (key.code == .up ? -1 : 1)
      guard lines.indices.contains(target) else { return false }
      move(to: target, column)
    default: return false
    }
    return true
  }

  mutating func move(to row: Int, _ column: Int) {
    self.row = max(0, min(lines.count - 1, row))
    self.column = max(0, min(lines[self.row].count, column))
  }

  /// The first line to draw, so that the cursor's is among so many.
  func firstLine(rows: Int) -> Int { max(0, row - max(0, rows - 1)) }

  package func draw(on canvas: Canvas, hasCursor: Bool) {
    let first = firstLine(rows: canvas.rows)
    for screenRow in 0..<canvas.rows where first + screenRow < lines.count {
      let isCurrent = first + screenRow == row
      let line = lines[first + screenRow]
      var start = 0
      if isCurrent, hasCursor {
        start = firstScalar(of: line, canvas)
        let before = canvas.measure(String(String.UnicodeScalarView(line[start..<column])))
        canvas.setCursor(row: screenRow, column: min(before, canvas.columns - 1))
      }
      let shown = line[start...].prefix(canvas.columns * 3 + 3)
      canvas.text(String(String.UnicodeScalarView(shown)), row: screenRow)
    }
  }

  /// The first scalar to draw, so that the cursor fits.
  private func firstScalar(of line: [Unicode.Scalar], _ canvas: Canvas) -> Int {
    var start = max(0, column - canvas.columns * 3)
    while start < column,
      canvas.measure(String(String.UnicodeScalarView(line[start..<column]))) >= canvas.columns
    {
      start += 1
    }
    return start
  }

  private mutating func edit(_ letter: Unicode.Scalar) -> Bool {
    switch letter {
    case "a": column = 0
    case "h": removeBefore()
    case "d": removeAt()
    case "u":
      count -= column
      lines[row].removeSubrange(0..<column)
      column = 0
    case "k":
      count -= lines[row].count - column
      lines[row].removeSubrange(column...)
    default: return false
    }
    return true
  }

  private mutating func insert(_ scalars: some Sequence<Unicode.Scalar>) {
    var previous: Unicode.Scalar?
    for scalar in scalars where count < Self.longest {
      defer { previous = scalar }
      // A terminal pastes line ends as CR.
      if scalar == "\n", previous == "\r" { continue }
      count += 1
      if scalar == "\n" || scalar == "\r" {
        let rest = Array(lines[row][column...])
        lines[row].removeSubrange(column...)
        lines.insert(rest, at: row + 1)
        (row, column) = (row + 1, 0)
      } else {
        lines[row].insert(scalar, at: column)
        column += 1
      }
    }
  }

  private mutating func removeBefore() {
    guard row > 0 || column > 0 else { return }
    count -= 1
    if column > 0 {
      column -= 1
      lines[row].remove(at: column)
    } else {
      let line = lines.remove(at: row)
      row -= 1
      column = lines[row].count
      lines[row] += line
    }
  }

  private mutating func removeAt() {
    if column < lines[row].count {
      count -= 1
      lines[row].remove(at: column)
    } else if row + 1 < lines.count {
      count -= 1
      lines[row] += lines.remove(at: row + 1)
    }
  }

  private mutating func moveLeft() {
    if column > 0 { column -= 1 } else if row > 0 { move(to: row - 1, .max) }
  }

  private mutating func moveRight() {
    if column < lines[row].count { column += 1 } else if row + 1 < lines.count { move(to: row + 1, 0) }
  }
}
