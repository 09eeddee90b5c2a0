/// A short list in an overlay that what is typed narrows down.
protocol NarrowedList {
  associatedtype Row

  var editor: LineEditor { get set }
  var found: [Row] { get }
  var choice: ListChoice { get set }

  /// Finds the rows for what is typed now, and selects the first one.
  mutating func search()
}

extension NarrowedList {
  var selectedRow: Row? { found.indices.contains(choice.index) ? found[choice.index] : nil }

  /// False for a key that neither moves the selection nor changes the text.
  mutating func typeOrMove(_ key: Key, page: Int) -> Bool {
    if choice.move(key, count: found.count, page: page) { return true }
    guard editor.type(key) else { return false }
    search()
    return true
  }

  mutating func paste(_ bytes: [UInt8]) {
    editor.paste(bytes)
    search()
  }

  mutating func choose(_ index: Int) { choice.choose(index, count: found.count) }
}
