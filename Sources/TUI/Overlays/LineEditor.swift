import Text

/// One line of text being edited, with the keys of readline.
package struct LineEditor: Sendable, Equatable {
  /// What is pasted or typed beyond is dropped.
  package static let longest = 65_536

  package private(set) var scalars: [Unicode.Scalar]
  /// Before this scalar the next one is typed.
  package private(set) var cursor: Int

  package init(_ text: String = "") {
    scalars = Array(text.unicodeScalars.prefix(Self.longest))
    cursor = scalars.count
  }

  package var text: String { String(String.UnicodeScalarView(scalars)) }
  package var isEmpty: Bool { scalars.isEmpty }

  package mutating func replace(with text: String) { self = LineEditor(text) }

  /// Puts `text` in place of some scalars, with the cursor behind it.
  package mutating func replace(_ range: Range<Int>, with text: String) {
    let range = range.clamped(to: 0..<scalars.count)
    scalars.replaceSubrange(range, with: text.unicodeScalars)
    cursor = range.lowerBound + text.unicodeScalars.count
  }

  /// False for a key that edits nothing.
  package mutating func type(_ key: Key) -> Bool {
    if let scalar = key.typed {
      insert(CollectionOfOne(scalar))
      return true
    }
    if key.modifiers == .control, case .character(let letter) = key.code { return edit(letter) }
    switch (key.code, key.modifiers) {
    case (.left, []): cursor = max(0, cursor - 1)
    case (.right, []): cursor = min(scalars.count, cursor + 1)
    case (.left, .control), (.left, .alt): cursor = wordStart
    case (.right, .control), (.right, .alt): cursor = wordEnd
    case (.home, []): cursor = 0
    case (.end, []): cursor = scalars.count
    case (.backspace, []): remove(max(0, cursor - 1)..<cursor)
    case (.delete, []): remove(cursor..<min(scalars.count, cursor + 1))
    default: return false
    }
    return true
  }

  /// Line feeds become blanks, what is not UTF-8 is dropped.
  package mutating func paste(_ bytes: [UInt8]) {
    var pasted: [Unicode.Scalar] = []
    for scalar in String(decoding: bytes.prefix(Self.longest), as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\r", "\n": if pasted.last != " " { pasted.append(" ") }
      case "\u{FFFD}": break
      default: pasted.append(scalar)
      }
    }
    while let last = pasted.last, last == " " { pasted.removeLast() }
    insert(pasted)
  }

  /// Draws a part that holds the cursor; blanks fill the width.
  package func draw(
    on canvas: Canvas, row: Int, column: Int, width: Int, _ style: StyleID, hasCursor: Bool
  ) {
    guard width > 0 else { return }
    var start = 0
    var before = canvas.measure(String(String.UnicodeScalarView(scalars[..<cursor].suffix(width * 3))))
    if cursor > width * 3 { start = cursor - width * 3 }
    while before >= width, start < cursor {
      start += 1
      before = canvas.measure(String(String.UnicodeScalarView(scalars[start..<cursor])))
    }
    let shown = String(String.UnicodeScalarView(scalars[start...].prefix(width * 3)))
    canvas.text(shown, row: row, column: column, width: width, style, fills: true)
    if hasCursor { canvas.setCursor(row: row, column: column + min(before, width - 1)) }
  }

  private mutating func edit(_ letter: Unicode.Scalar) -> Bool {
    switch letter {
    case "a": cursor = 0
    case "e": cursor = scalars.count
    case "b": cursor = max(0, cursor - 1)
    case "h": remove(max(0, cursor - 1)..<cursor)
    case "d": remove(cursor..<min(scalars.count, cursor + 1))
    case "u": remove(0..<cursor)
    case "k": remove(cursor..<scalars.count)
    case "w": remove(wordStart..<cursor)
    default: return false
    }
    return true
  }

  private var wordStart: Int {
    var index = cursor
    while index > 0, scalars[index - 1] == " " { index -= 1 }
    while index > 0, scalars[index - 1] != " " { index -= 1 }
    return index
  }

  private var wordEnd: Int {
    var index = cursor
    while index < scalars.count, scalars[index] == " " { index += 1 }
    while index < scalars.count, scalars[index] != " " { index += 1 }
    return index
  }

  private mutating func insert(_ new: some Collection<Unicode.Scalar>) {
    let fitting = new.prefix(max(0, Self.longest - scalars.count))
    scalars.insert(contentsOf: fitting, at: cursor)
    cursor += fitting.count
  }

  private mutating func remove(_ range: Range<Int>) {
    scalars.removeSubrange(range)
    cursor = range.lowerBound
  }
}
