/// The keys that are valid in a pane, searchable and runnable.
package struct HelpList: NarrowedList, Sendable {
  package internal(set) var editor = LineEditor()
  package private(set) var found: [ActionDefinition]
  var choice = ListChoice()
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
  package var selected: Action? { selectedRow?.action }

  package mutating func type(_ key: Key, page: Int = 8) -> Bool { typeOrMove(key, page: page) }

  func keyText(_ row: ActionDefinition) -> String {
    keys.keys(of: row.action).map(KeyMap.text).joined(separator: ", ")
  }

  /// By words of the explanation, the name, or the key itself.
  mutating func search() {
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
