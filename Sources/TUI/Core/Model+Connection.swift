import MQTTSession
import Presentation
import Text

extension Model {
  mutating func take(_ update: ConnectionUpdate) {
    switch update {
    case .connecting(let attempt): enter(.connecting(attempt: attempt), "connecting, attempt \(attempt)")
    case .connected(let facts):
      if status.facts != nil { status.reconnections += 1 }
      status.facts = facts
      // What another broker sends must not stay hidden behind an old pause.
      if !facts.isResumed, status.reconnections > 0 { resume() }
      enter(.up, facts.isResumed ? "connected, session resumed" : "connected")
    case .subscribed(let subscriptions): take(subscriptions)
    case .unsubscribed(let filters):
      status.subscriptions.removeAll { filters.contains($0.filter) }
      for filter in filters { add(Note(.information, "unsubscribed from \(filter)")) }
    case .retrying(let diagnosis, let delay):
      status.lastFailure = diagnosis
      enter(.waiting(until: workspace.time + delay), diagnosis.cause)
      let seconds = Human.duration(delay)
      add(Note(.warning, "\(diagnosis.cause); again in \(seconds)  (! shows more, ^R tries now)"))
    case .sessionLost(let text): add(Note(.warning, text))
    case .ended(let diagnosis):
      status.lastFailure = diagnosis ?? status.lastFailure
      enter(.ended, diagnosis?.cause ?? "disconnected")
      if let diagnosis { overlay = .error(diagnosis) }
    }
  }

  private mutating func take(_ subscriptions: [GrantedSubscription]) {
    for subscription in subscriptions {
      status.subscriptions.removeAll { $0.filter == subscription.filter }
      status.subscriptions.append(subscription)
      if let granted = subscription.granted {
        add(Note(.information, "SUBACK \(subscription.filter) granted q\(granted.rawValue)"))
      } else {
        add(Note(.error, "SUBACK \(subscription.filter) refused: \(subscription.reason)"))
      }
    }
  }

  private mutating func enter(_ state: SessionStatus.State, _ text: String) {
    status.state = state
    status.since = workspace.time
    status.sinceWall = workspace.wall
    status.history.append(SessionStatus.Change(wall: workspace.wall, text: text))
    if status.history.count > SessionStatus.historyLimit { status.history.removeFirst() }
  }

  mutating func take(_ result: CommandResult) {
    switch result {
    case .published(let identifier, let isSuccess, let text, let after):
      form.finished(identifier, isSuccess: isSuccess, text: text, after: after, wall: workspace.wall)
      if !isSuccess { add(Note(.error, "publish: \(text)")) }
    case .recordingStarted(let path):
      recording = RecordingStatus(path: path)
      add(Note(.information, "recording \(path)"))
    case .recording(let path, let bytes, let dropped, let diskFree):
      recording = RecordingStatus(path: path, bytes: bytes, dropped: dropped, diskFree: diskFree)
    case .recordingStopped(let path, let messages, let bytes):
      recording = nil
      let size = Human.bytes(Int(clamping: bytes))
      add(
        Note(
          .information, "recorded \(Human.plural(Int(clamping: messages), "message")), \(size), to \(path)"))
    case .recordingFailed(let text):
      recording = nil
      add(Note(.error, text))
    case .saved(let what, let destination): add(Note(.information, "\(what) to \(destination)"))
    case .edited(let bytes, .publishForm): form.setPayload(bytes)
    case .edited(_, .view): break
    case .fileRead(let path, let bytes): form.fileWasRead(path, bytes, &workspace)
    case .failed(let text): add(Note(.error, text))
    }
  }
}
