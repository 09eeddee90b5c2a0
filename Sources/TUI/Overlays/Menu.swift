/// A short list to choose from by letter or by Enter, such as what to copy.
package struct Menu: Sendable {
  package struct Entry: Sendable {
    package var letter: Unicode.Scalar
    package var label: String
    package var command: Command

    package init(_ letter: Unicode.Scalar, _ label: String, _ command: Command) {
      self.letter = letter
      self.label = label
      self.command = command
    }
  }

  package var title: String
  package var entries: [Entry]

  package init(_ title: String, _ entries: [Entry]) {
    self.title = title
    self.entries = entries
  }
}
