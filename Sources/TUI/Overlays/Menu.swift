/// A short list to choose from by letter or by Enter, such as what to copy.
package struct Menu: Sendable {
  package struct Entry: Sendable {
    package var letter: Unicode.Scalar
    package var label: String
    let choice: Choice

    enum Choice: Sendable {
      case command(Command)
      /// Too much to be made before it is asked for.
      case export(ListExport.List, path: String?)
    }

    package init(_ letter: Unicode.Scalar, _ label: String, _ command: Command) {
      self.init(letter, label, .command(command))
    }

    init(_ letter: Unicode.Scalar, _ label: String, _ choice: Choice) {
      self.letter = letter
      self.label = label
      self.choice = choice
    }
  }

  package var title: String
  package var entries: [Entry]

  package init(_ title: String, _ entries: [Entry]) {
    self.title = title
    self.entries = entries
  }
}
