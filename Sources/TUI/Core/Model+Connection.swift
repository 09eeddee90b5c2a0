import MQTTSession
import Presentation

extension Model {
  mutating func take(_ update: ConnectionUpdate) -> [Command] {
    switch update {
    case .connecting(let attempt): enter(.connecting(attempt: attempt), "connecting, attempt \(attempt)")
    case .connected(let facts):
      if status.facts != nil { status.reconnections += 1 }
      status.facts = facts
      workspace.pause = nil
      enter(.up, facts.isResumed ? "connected, session resumed" : "connected")
    case .subscribed(let subscriptions):
      status.subscriptions = subscriptions
    case .unsubscribed(let filters):
      status.subscriptions.removeAll { filters.contains($0.filter) }
    case .retrying(let diagnosis, let delay):
      status.lastFailure = diagnosis
      enter(.waiting(until: workspace.time + delay), diagnosis.cause)
    case .sessionLost(let text): add(Note(.warning, text))
    case .ended(let diagnosis):
      status.lastFailure = diagnosis ?? status.lastFailure
      enter(.ended, diagnosis?.cause ?? "disconnected")
    }
    return []
  }

  private mutating func enter(_ state: SessionStatus.State, _ text: String) {
    status.state = state
    status.since = workspace.time
    status.sinceWall = workspace.wall
    status.history.append(SessionStatus.Change(wall: workspace.wall, text: text))
    if status.history.count > SessionStatus.historyLimit { status.history.removeFirst() }
  }
}
