import Client

/// One line of a recording.
package enum RecordingEntry: Equatable, Sendable {
  case message(ReceivedMessage)
  case gap(RecordingGap)
  /// Of a bundle: what happened on the wire.
  case wire(WireRecord)
  /// Of a bundle: lines for people, of foreign text.
  case remarks([String])
}

/// An event of a connection's tap that was kept in a file.
package struct WireRecord: Equatable, Sendable {
  package var at: WallTime
  /// As it stands in the file.
  var name: String
  var data: String

  /// nil for what is none.
  package var kind: TraceEvent.Kind? { BundleEvent.kind(name, data) }
}

/// A place in a recording where messages are missing, or may be.
package struct RecordingGap: Equatable, Sendable {
  /// When it was noticed.
  package var at: WallTime
  /// How many are missing; nil when nobody knows.
  package var messages: UInt64?
  /// For people: `connection lost`.
  package var reason: String

  package init(at: WallTime, messages: UInt64? = nil, reason: String) {
    self.at = at
    self.messages = messages
    self.reason = reason
  }
}

/// A line that is no record.
package struct RecordingError: Error, Equatable, Sendable {
  /// From 1.
  package let line: UInt64
  /// What is wrong with it, in words.
  package let problem: String

  package init(line: UInt64, problem: String) {
    self.line = line
    self.problem = problem
  }
}
