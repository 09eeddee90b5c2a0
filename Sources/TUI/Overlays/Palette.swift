/// The command palette: type some letters of a name, behind a whole name its arguments, or a number.
package struct Palette: NarrowedList, Sendable {
  /// What Enter runs.
  package enum Choice: Sendable, Equatable {
    case run(PaletteEntry, arguments: String)
    case goTo(UInt64)
  }

  package internal(set) var editor = LineEditor()
  package private(set) var found: [PaletteEntry]
  package let total: Int
  var choice = ListChoice()
  private let entries: [PaletteEntry]

  package init(for pane: PaneID) {
    entries = PaletteEntry.all(for: pane)
    found = entries
    total = entries.count
  }

  package var selected: PaletteEntry? { selectedRow }

  /// nil when nothing fits what was typed.
  package var chosen: Choice? {
    if let number = UInt64(editor.text) { return .goTo(number) }
    return selected.map { .run($0, arguments: arguments(of: $0)) }
  }

  /// False for a key that is not for the palette.
  package mutating func type(_ key: Key, page: Int = 8) -> Bool {
    guard key.code == .tab else { return typeOrMove(key, page: page) }
    if let selected { editor.replace(with: selected.name + (selected.arguments.isEmpty ? "" : " ")) }
    search()
    return true
  }

  private func arguments(of entry: PaletteEntry) -> String {
    guard Self.isBegun(entry, editor.text) else { return "" }
    return String(editor.text.dropFirst(entry.name.count).trimmingPrefix { $0 == " " })
  }

  /// Whether the text is the whole name, with or without arguments behind it.
  private static func isBegun(_ entry: PaletteEntry, _ text: String) -> Bool {
    text.lowercased().hasPrefix(entry.name)
      && (text.count == entry.name.count || text.dropFirst(entry.name.count).first == " ")
  }

  mutating func search() {
    choice.reset()
    let text = editor.text
    let begun = entries.filter { !$0.arguments.isEmpty && Self.isBegun($0, text) && text.contains(" ") }
    if let longest = begun.max(by: { $0.name.count < $1.name.count }),
      text.count > longest.name.count
    {
      found = [longest]
      return
    }
    var scored: [(score: Int, place: Int)] = []
    for (place, entry) in entries.enumerated() {
      if let score = FuzzyMatch.score(text, entry.name) { scored.append((score, place)) }
    }
    scored.sort { ($0.score, $0.place) < ($1.score, $1.place) }
    found = scored.map { entries[$0.place] }
  }
}
