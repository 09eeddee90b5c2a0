import Support
import TUI

/// Where keys are typed: a pane that has the focus.
enum KeyPlace: String, CaseIterable, Sendable {
  case topics, messages, detail, history, frames, decoded, bytes, health, form

  /// What goes there from the start of a run.
  var keys: [String] {
    switch self {
    case .topics: ["1", "g"]
    case .detail: ["1", "g", "\t"]
    case .messages: ["2"]
    case .history: ["2", "\t", "\t"]
    // The newest frame, and no newer ones.
    case .frames: ["3", "f"]
    case .decoded: ["3", "f", "\t"]
    case .bytes: ["3", "f", "\t", "\t"]
    case .health: ["4"]
    case .form: ["5"]
    }
  }

  /// Large enough for what keys show there, and small enough to scroll.
  var size: (rows: Int, columns: Int) {
    switch self {
    case .topics, .detail, .messages: (50, 100)
    case .history: (40, 140)
    case .frames, .decoded, .bytes, .health, .form: (24, 80)
    }
  }

  var view: ViewID {
    switch self {
    case .topics, .detail: .topics
    case .messages, .history: .messages
    case .frames, .decoded, .bytes: .wire
    case .health: .health
    case .form: .publish
    }
  }

  var pane: PaneID {
    switch self {
    case .topics: .topics
    case .messages: .messages
    case .detail: .detail
    case .history: .history
    case .frames: .frames
    case .decoded: .decoded
    case .bytes: .bytes
    case .health: .health
    case .form: .form
    }
  }
}

/// The screen before a key and after it.
struct KeyEffect {
  let before: TerminalScreen
  let after: TerminalScreen

  var text: String { after.text }

  func appears(_ text: String) -> Bool { count(text, after) > count(text, before) }
  func vanishes(_ text: String) -> Bool { count(text, after) < count(text, before) }

  private func count(_ text: String, _ screen: TerminalScreen) -> Int {
    screen.text.split(separator: text, omittingEmptySubsequences: false).count
  }

  /// How far the cursor has gone, which is on the selected row.
  var rows: Int { after.cursor.row - before.cursor.row }
  var columns: Int { after.cursor.column - before.cursor.column }
  var selected: String { after.lines[after.cursor.row] }
  var wasSelected: String { before.lines[before.cursor.row] }

  /// Another row is selected, or other ones are shown.
  var moves: Bool { rows != 0 || columns != 0 || scrolls }
  /// What stands below the title of a pane that has no cursor of its own.
  var scrolls: Bool { after.lines[3] != before.lines[3] }

  /// The borders alone.
  static func borders(_ screen: TerminalScreen) -> [String] {
    screen.lines.dropFirst(2).map { String($0.map { "┬┴┼│├┤".contains($0) ? $0 : " " }) }
  }

  /// The rows that hold titles of panes.
  static func titles(_ screen: TerminalScreen) -> Int {
    screen.lines.dropFirst(2).reduce(0) {
      $0 + $1.split(separator: "─ ", omittingEmptySubsequences: false).count - 1
    }
  }

  var rearranges: Bool {
    Self.borders(before) != Self.borders(after) || Self.titles(before) != Self.titles(after)
      || Self.titleRows(before) != Self.titleRows(after)
  }

  private static func titleRows(_ screen: TerminalScreen) -> [Int] {
    screen.lines.indices.filter { $0 > 2 && screen.lines[$0].contains("─ ") }
  }
}

extension Key {
  /// What a terminal such as xterm sends, with its cursor keys in application mode.
  var bytes: String {
    switch code {
    case .character(let scalar):
      modifiers.contains(.control)
        ? String(Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) & 0x1F)) : String(scalar)
    case .enter: "\r"
    case .tab: modifiers.contains(.shift) ? "\u{1B}[Z" : "\t"
    case .escape: "\u{1B}"
    case .backspace: "\u{7F}"
    case .delete: "\u{1B}[3~"
    case .insert: "\u{1B}[2~"
    case .up: arrow("A")
    case .down: arrow("B")
    case .right: arrow("C")
    case .left: arrow("D")
    case .home: "\u{1B}OH"
    case .end: "\u{1B}OF"
    case .pageUp: "\u{1B}[5~"
    case .pageDown: "\u{1B}[6~"
    case .function(let number):
      number <= 4
        ? "\u{1B}O\(["P", "Q", "R", "S"][number - 1])"
        : "\u{1B}[\([15, 17, 18, 19, 20, 21, 23, 24][number - 5])~"
    }
  }

  private func arrow(_ final: String) -> String {
    modifiers.contains(.shift) ? "\u{1B}[1;2\(final)" : "\u{1B}O\(final)"
  }
}
