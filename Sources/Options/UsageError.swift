/// A command line (or an environment variable) that cannot be what the user meant.
///
/// `message` and `hint` hold what was typed as it was typed: whoever prints them sanitises them.
package struct UsageError: Error, Equatable, Sendable {
  /// One line, no full stop.
  package var message: String
  /// What to do instead; one line.
  package var hint: String?
  /// The offending text as typed.
  package var argument: String?

  package init(_ message: String, hint: String? = nil, argument: String? = nil) {
    self.message = message
    self.hint = hint
    self.argument = argument
  }
}
