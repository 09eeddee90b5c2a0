/// What the palette can run: every action, and commands that take arguments.
package struct PaletteEntry: Sendable, Equatable {
  package enum Verb: String, CaseIterable, Sendable {
    case recordStart = "record start"
    case recordStop = "record stop"
    case subscribe
    case unsubscribe
    case resubscribe
    case filter
    case search
    case publishTo = "publish to"
    case export
    case goTo = "go to"
  }

  package enum Target: Sendable, Equatable {
    case action(Action)
    case verb(Verb)
  }

  package let target: Target
  /// What is typed to find it.
  package let name: String
  /// `<filter> [qos]`; empty when it takes none.
  package let arguments: String
  /// Whose key is shown.
  package let keyAction: Action?
  package let help: String

  /// Everything that means something in a pane, verbs first.
  package static func all(for pane: PaneID) -> [PaletteEntry] {
    verbs
      + ActionTable.rows.filter { $0.scope.contains(pane) && $0.action != .palette }.map {
        PaletteEntry(
          target: .action($0.action), name: $0.action.rawValue.replacing("-", with: " "), arguments: "",
          keyAction: $0.action, help: $0.help)
      }
  }

  package static let verbs: [PaletteEntry] = [
    verb(.recordStart, "[file]", .record, "write what arrives to a file"),
    verb(.recordStop, "", .record, "close the recording"),
    verb(.subscribe, "<filter> [qos]", nil, "SUBSCRIBE to one more topic filter"),
    verb(.unsubscribe, "<filter>", nil, "UNSUBSCRIBE from a topic filter"),
    verb(.resubscribe, "<filter> [qos]", nil, "SUBSCRIBE again; retained messages come again"),
    verb(.filter, "[expression]", .filter, "show only what matches"),
    verb(.search, "<text>", .search, "look for text, ~regular expression or hex:0aff"),
    verb(.publishTo, "<topic>", .publish, "open the publish form for a topic"),
    verb(.export, "[file]", .export, "write the filtered rows to a file"),
    verb(.goTo, "<number>", nil, "to the message or frame with a number; also just :N"),
  ]

  private static func verb(
    _ verb: Verb, _ arguments: String, _ action: Action?, _ help: String
  ) -> PaletteEntry {
    PaletteEntry(
      target: .verb(verb), name: verb.rawValue, arguments: arguments, keyAction: action, help: help)
  }
}
