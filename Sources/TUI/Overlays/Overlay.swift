import Presentation

/// What lies over the panes and takes the keys.
package enum Overlay: Sendable {
  case help(HelpList)
  case palette(Palette)
  case prompt(Prompt)
  case confirm(Confirmation, LineEditor)
  case menu(Menu, index: Int)
  case error(Diagnosis)

  /// The keys that count in it, for the footer.
  var hints: [(key: String, text: String)] {
    switch self {
    case .help: [("Enter", "run"), ("Esc", "close"), ("Up/Down", "select"), ("", "type to search")]
    case .palette: [("Enter", "run"), ("Esc", "close"), ("Up/Down", "select"), ("Tab", "complete")]
    case .prompt(let prompt):
      prompt.kind == .filter
        ? [("Enter", "apply"), ("Esc", "close"), ("Up", "history"), ("Tab", "complete")]
        : [("Enter", "go"), ("Esc", "close"), ("Up", "history")]
    case .confirm(let question, _):
      question.typed == nil ? [("y", "yes"), ("n", "no")] : [("Enter", "do it"), ("Esc", "cancel")]
    case .menu: [("Enter", "choose"), ("Esc", "close"), ("Up/Down", "select")]
    case .error: [("Esc", "close"), ("^R", "try again now")]
    }
  }
}
