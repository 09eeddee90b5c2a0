/// `docs/keys.md`, made of the table of actions.
package enum KeyManual {
  package static var text: String {
    var text = """
      # Keys of `mqttws watch`

      `?` shows the keys that are valid where you are and searches them; `:` runs everything by name.
      Letters are text in the publish form, so leave it with Esc first.

      Every key can be changed in the profile file, in a table of its own: the name of an action, and one key
      or several after commas. A key that another action had goes to the one named here.

      ```toml
      [keys]
      pause = "F5"
      quit = "q, Ctrl-W q"
      ```

      A key is a character, or `Enter Tab Esc Space Comma Backspace Del Ins Up Down Left Right Home End PgUp
      PgDn F1` … `F12`, with `Ctrl-`, `S-` (Shift) or `Alt-` before it. `Ctrl-Q` and `Ctrl-\\` belong to the
      terminal.


      """
    for group in ActionDefinition.Group.allCases {
      text += "## \(title(group))\n\n| key | mouse | action | what it does |\n|---|---|---|---|\n"
      for row in ActionTable.rows where row.group == group { text += line(row) }
      text += "\n"
    }
    return String(text.dropLast())
  }

  private static func line(_ row: ActionDefinition) -> String {
    let keys = row.keys.map { "`\($0.replacing("|", with: "\\|"))`" }.joined(separator: " ")
    return
      "| \(keys) | \(row.mouse) | \(row.action.rawValue) | \(row.help.replacing("|", with: "\\|"))\(scope(row)) |\n"
  }

  private static func scope(_ row: ActionDefinition) -> String {
    guard case .panes(let panes) = row.scope, row.group != .publish else { return "" }
    return " (in \(panes.map { "\($0)" }.joined(separator: ", ")))"
  }

  private static func title(_ group: ActionDefinition.Group) -> String {
    switch group {
    case .global: "Everywhere"
    case .move: "Moving"
    case .filter: "Filter and search"
    case .topics: "Topics"
    case .detail: "Detail"
    case .copy: "Copy and export"
    case .publish: "Publish form"
    }
  }
}
