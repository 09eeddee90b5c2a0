/// The tabs, in their order.
package enum ViewID: Int, CaseIterable, Sendable {
  case topics, messages, wire, health, publish

  package var name: String {
    switch self {
    case .topics: "Topics"
    case .messages: "Messages"
    case .wire: "Wire"
    case .health: "Health"
    case .publish: "Publish"
    }
  }

  /// Its panes in the order of Tab, the main one first; a small terminal shows the focused one alone.
  package var panes: [PaneID] {
    switch self {
    case .topics: [.topics, .detail]
    case .messages: [.messages, .detail]
    case .wire: [.frames, .decoded, .bytes]
    case .health: [.health]
    case .publish: [.form]
    }
  }
}

/// The parts of the screen that take keys.
package enum PaneID: Int, CaseIterable, Sendable {
  case topics, messages, detail, history, frames, decoded, bytes, health, form
}
