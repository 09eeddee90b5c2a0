import MQTTSession
import Presentation

/// What the panes share: the store, the selection, filter, pause and clock.
package struct Workspace: Sendable {
  /// A frozen view: what came later is kept and counted, and not shown.
  package struct Pause: Sendable {
    package var since: MonotonicTime
    /// The last message that is shown.
    package var lastSequence: UInt64
  }

  package var store = Store()
  package var selection = Selection()
  package var filter = Filter()
  package var pause: Pause?
  /// m{a-z}; message sequences or frame numbers.
  package var marks: [Unicode.Scalar: Mark] = [:]
  package var counters = TrafficCounters()
  package var time = MonotonicTime(nanoseconds: 0)
  package var wall = WallTime(nanoseconds: 0)
  /// Nothing remote is changed.
  package var isReadOnly = false
  /// What panes want of the model; it takes them out after each call.
  package var requests: [PaneRequest] = []

  package init() {}
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
  package var text = ""
  /// `F` turns it off and on again; off while the text is empty.
  package var isOn = false

  package init() {}
}

/// What a pane cannot do by itself.
package enum PaneRequest: Sendable {
  case command(Command)
  case note(Note)
  case focus(PaneID)
  case show(ViewID)
  /// Opens the publish form with this in it.
  case publish(topic: String, payload: [UInt8]?)
  case applyFilter(String)
  case confirm(Confirmation)
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
