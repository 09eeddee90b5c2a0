import Testing

@testable import TUI

@Suite struct KeyMapTests {
  @Test(arguments: [
    "x", "Ctrl-P", "S-Tab", "F10", "Space", "Comma", "Enter", "PgDn", "|", "\\", "-", "+", "G", "Alt-x",
    "S-Right",
  ])
  func keysReadWhatTheyWrite(_ text: String) throws {
    let key = try #require(Key(text: text))
    #expect(key.text == text)
  }

  @Test(arguments: ["", "xy", "Ctrl-", "F13", "F0", "Hyper-x", "Ctrl-1", "\u{1B}", "S-x"])
  func whatIsNoKeyIsRefused(_ text: String) { #expect(Key(text: text) == nil) }

  @Test func everyActionIsInTheTableOnceAndItsKeysAreKeys() {
    let keys = KeyMap()
    #expect(ActionTable.rows.map(\.action).count == Action.allCases.count)
    #expect(Set(ActionTable.rows.map(\.action)) == Set(Action.allCases))
    for row in ActionTable.rows {
      #expect(keys.keys(of: row.action).count == row.keys.count, "\(row.action)")
      #expect(!row.help.isEmpty)
    }
  }

  @Test func noTwoActionsShareAKeyInAPaneUnlessThePaneOverridesIt() {
    for pane in PaneID.allCases {
      var owners: [String: [ActionDefinition]] = [:]
      for row in ActionTable.rows where row.scope.contains(pane) {
        for key in row.keys { owners[key, default: []].append(row) }
      }
      for (key, rows) in owners where rows.count > 1 {
        #expect(rows.filter { $0.scope != .everywhere }.count == 1, "\(key) in \(pane)")
        #expect(rows.count == 2, "\(key) in \(pane)")
      }
    }
  }

  @Test func rebindingTakesTheKeyFromItsOwner() throws {
    let keys = try KeyMap(rebinding: [("pause", "f, F5"), ("quit", "Ctrl-X")])
    #expect(keys.match([.character("f")], in: .topics) == .action(.pause))
    #expect(keys.match([Key(.function(5))], in: .wireFrames) == .action(.pause))
    #expect(keys.keys(of: .follow).isEmpty)
    #expect(keys.match([.character("q")], in: .topics) == .none)
    #expect(keys.shortText(of: .quit) == "^X")
  }

  @Test func strokesOfTwoKeysHaveAPrefix() {
    let keys = KeyMap()
    #expect(keys.match([.control("w")], in: .topics) == .prefix)
    #expect(keys.match([.control("w"), .character("w")], in: .topics) == .action(.nextPane))
  }

  @Test func lettersAreTextInTheForm() {
    let keys = KeyMap()
    #expect(keys.match([.character("q")], in: .form) == .none)
    #expect(keys.match([.control("s")], in: .form) == .action(.send))
    #expect(keys.match([Key(.tab)], in: .form) == .action(.nextField))
  }

  @Test(arguments: [
    ("paus", "x", "there is no such action; did you mean pause?"),
    ("nonsense-here", "x", "there is no such action"),
    ("pause", "Hyper-x", "\"Hyper-x\" is no key; write x, Ctrl-X, F5, S-Tab, Space or Comma"),
    ("pause", "Ctrl-\\", "Ctrl-\\ belongs to the terminal"),
    ("pause", "Ctrl-W", "Ctrl-W begins other keys; it cannot be one of its own"),
  ])
  func problemsAreNamed(_ action: String, _ keys: String, _ message: String) {
    #expect(throws: KeyMap.Problem.self) { try KeyMap(rebinding: [(action, keys)]) }
    do throws(KeyMap.Problem) {
      _ = try KeyMap(rebinding: [(action, keys)])
    } catch {
      #expect(error.message == message)
      #expect(error.action == action)
    }
  }

  @Test func twoActionsCannotBeGivenOneKey() {
    #expect(throws: KeyMap.Problem(action: "follow", message: "x is the key of pause already")) {
      try KeyMap(rebinding: [("pause", "x"), ("follow", "x")])
    }
  }

  @Test func theManualNamesEveryAction() {
    for row in ActionTable.rows { #expect(KeyManual.text.contains("| \(row.action.rawValue) |")) }
  }
}

extension PaneID {
  static var wireFrames: PaneID { .frames }
}
