/// What Ctrl-F looks for in the rows of a list.
package struct Search: Equatable, Sendable {
  package var text: String

  package init(_ text: String) { self.text = text }
}
