import MQTTSession
import Presentation

/// The connection as the header and Health show it.
package struct SessionStatus: Sendable {
  package enum State: Sendable {
    case connecting(attempt: Int)
    case up
    case waiting(until: MonotonicTime)
    case ended
  }

  package struct Change: Sendable {
    package var wall: WallTime
    package var text: String
  }

  package var state: State = .connecting(attempt: 1)
  /// When the state began.
  package var since = MonotonicTime(nanoseconds: 0)
  package var sinceWall = WallTime(nanoseconds: 0)
  package var facts: ConnectionFacts?
  package var figures = HealthFigures()
  package var subscriptions: [GrantedSubscription] = []
  package var reconnections = 0
  /// Why the connection failed or was lost last.
  package var lastFailure: Diagnosis?
  /// The latest last; bounded.
  package var history: [Change] = []

  static let historyLimit = 200

  package init() {}
}
