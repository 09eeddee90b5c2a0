/// What the idle probe found.
package struct IdleFinding: Equatable, Sendable {
  /// How the silence ended, seen from here.
  package enum Ending: Equatable, Sendable {
    /// Nobody hung up within the longest silence.
    case none
    case cut(after: Duration, by: String)
  }

  package var ending: Ending
  /// The longest silence after which the server answered a ping.
  package var survived: Duration?
  /// In words, with what to do about it.
  package var summary: String
  package var hint: String?

  package init(ending: Ending, survived: Duration?, summary: String, hint: String? = nil) {
    self.ending = ending
    self.survived = survived
    self.summary = summary
    self.hint = hint
  }
}
