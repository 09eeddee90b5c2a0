import Expression
import MQTTPackets
import MQTTSession
import Presentation

/// What the panes share: the store, the selection, filter, pause and clock.
package struct Workspace: Sendable {
  package var store = Store()
  /// The connection as the header and Health show it.
  package var status = SessionStatus()
  package var selection = Selection()
  /// The list that says which message detail shows: the tree, or the log.
  package internal(set) var leader = PaneID.topics
  /// The panes on the screen.
  package internal(set) var visible: [PaneID] = []
  package var filter = Filter() {
    didSet { store.setFilter(filter.active) }
  }
  package var pause: Pause? {
    didSet {
      guard (pause == nil) != (oldValue == nil) else { return }
      if pause == nil { store.resumeView() } else { store.pauseView() }
    }
  }
  /// m{a-z}; message sequences or frame numbers.
  package var marks: [Unicode.Scalar: Mark] = [:] {
    didSet { keepMarked(since: oldValue) }
  }
  package var counters = TrafficCounters()
  package var time = MonotonicTime(nanoseconds: 0)
  package var wall = WallTime(nanoseconds: 0)
  /// Of the zone that times are shown in, in seconds east of UTC.
  package var zoneOffset = 0
  /// Nothing remote is changed.
  package var isReadOnly = false
  /// Where the next export goes; nil chooses a name.
  package var exportPath: String?
  /// What panes want of the model; it takes them out after each call.
  package var requests: [PaneRequest] = []

  package init() {}

  /// What detail shows: the message that was chosen, else the newest of the topic.
  var selectedMessage: StoredMessage? {
    guard let topic = selection.topic else { return nil }
    guard let number = selection.message else { return store.newestMessage(of: topic) }
    return store.message(number: number, topic: topic)
  }

  /// The row of the wire that carried what detail shows.
  var selectedRow: Int? { selectedMessage.flatMap { store.shownWire.row(of: $0) } }

  /// Of the connection; 5 before there is one.
  var version: ProtocolVersion { status.facts?.version ?? .v5 }

  /// What is marked stays when the log lets it go.
  private mutating func keepMarked(since old: [Unicode.Scalar: Mark]) {
    let now = Set(marks.values.filter { $0.pane != .frames }.map(\.number))
    for mark in old.values where mark.pane != .frames && !now.contains(mark.number) {
      store.releaseKept(mark.number)
    }
    for number in now {
      if let message = store.message(number: number, topic: selection.topic) { store.keep(message) }
    }
  }

  /// A time as rows show it: `clock(of: wall).milliseconds`.
  package func clock(of time: WallTime) -> TimeOfDay { TimeOfDay(time, offset: zoneOffset) }
}

package struct Mark: Equatable, Sendable {
  package var pane: PaneID
  package var number: UInt64

  package init(_ pane: PaneID, _ number: UInt64) {
    self.pane = pane
    self.number = number
  }
}

/// The display filter as it was applied last.
package struct Filter: Sendable {
  package private(set) var text = ""
  /// The text, checked; nil while the text is empty.
  package private(set) var expression: Expression?
  /// `F` turns it off and on again.
  package var isOn = false

  package init() {}

  /// Turns it on, or off when the text is empty.
  package init(_ text: String) throws(ExpressionError) {
    self.text = text
    expression = text.isEmpty ? nil : try Expression(text, for: .wire)
    isOn = expression != nil
  }

  /// What rows are to be held against; nil shows all.
  package var active: Expression? { isOn ? expression : nil }
}

/// What a pane cannot do by itself.
package enum PaneRequest: Sendable {
  case command(Command)
  case note(Note)
  case focus(PaneID)
  case show(ViewID)
  case applyFilter(String)
  case confirm(Confirmation)
  case menu(Menu)
  /// To a message (`.messages`) or a frame (`.frames`) by its number, in the view that shows it.
  case goTo(PaneID, UInt64)
}

/// A question that must be answered by typing, before something remote changes.
package struct Confirmation: Sendable, Equatable {
  package var title: String
  package var lines: [String]
  /// What has to be typed; nil takes `y`.
  package var typed: String?
  package var command: Command

  package init(title: String, lines: [String], typed: String? = nil, command: Command) {
    self.title = title
    self.lines = lines
    self.typed = typed
    self.command = command
  }
}
