import Presentation

/// What is examined, in this order.
package enum Step: String, Sendable, CaseIterable, Comparable {
  /// In whose place it connects, if not its own.
  case client
  case dns
  case tcp
  case proxy
  case tls
  case upgrade
  case subprotocol
  case connect
  case subscribe
  case echo
  case idle

  package static func < (left: Step, right: Step) -> Bool {
    let order = allCases
    return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
  }
}

/// What came of one step. Texts hold what peers supplied; they are sanitised when they are rendered.
package struct StepResult: Equatable, Sendable {
  package enum Mark: String, Sendable {
    case ok
    /// It works, and something about it is worth knowing.
    case warning
    case failed
    /// There was nothing to examine.
    case skipped
  }

  package var step: Step
  package var mark: Mark
  /// nil where nothing was waited for.
  package var time: Duration?
  package var summary: String
  package var details: [String]

  package init(
    _ step: Step, _ mark: Mark, _ time: Duration? = nil, _ summary: String, details: [String] = []
  ) {
    self.step = step
    self.mark = mark
    self.time = time
    self.summary = summary
    self.details = details
  }
}
