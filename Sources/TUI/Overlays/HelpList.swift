/// The keys that are valid in a pane, searchable and runnable.
package struct HelpList: Sendable {
  package private(set) var editor = LineEditor()
  package private(set) var found: [ActionDefinition]
  private(set) var choice = ListChoice()
  private let rows: [ActionDefinition]
  private let keys: KeyMap

  package init(for pane: PaneID, keys: KeyMap) {
    self.keys = keys
    let valid = ActionTable.rows.filter { $0.scope.contains(pane) }
    // What only this pane knows comes first.
    rows = valid.filter { $0.scope != .everywhere } + valid.filter { $0.scope == .everywhere }
    found = rows
  }

  package var total: Int { rows.count }
  package var selected: Action? {
    found.indices.contains(choice.index) ? found[choice.index].action : nil
  }

  package mutating func type(_ key: Key, page: Int = 8) -> Bool {
    if choice.move(key, count: found.count, page: page) { return true }
    guard editor.type(key) else { return false }
    search()
    return true
  }

  package mutating func paste(_ bytes: [UInt8]) {
    editor.paste(bytes)
    search()
  }

  mutating func choose(_ index: Int) { choice.choose(index, count: found.count) }

  func keyText(_ row: ActionDefinition) -> String {
    keys.keys(of: row.action).map(KeyMap.text).joined(separator: ", ")
  }

  /// By words of the explanation, the name, or the key itself.
  private mutating func search() {
    choice.reset()
    let words = editor.text.lowercased().split(separator: " ")
    found = rows.filter { row in
      let text = "\(row.action.rawValue) \(row.help)".lowercased()
      return words.allSatisfy { word in
        text.contains(word) || keyText(row).lowercased() == word
      }
    }
  }
}
