import MQTTSession
import Presentation

/// The whole of `watch` but its IO: events in, commands and frames out. A value that lives on one thread.
package struct Model: Sendable {
  /// What a run starts with.
  package struct Configuration: Sendable {
    /// As the user may see it, without credentials.
    package var target: String
    package var version: String
    package var isReadOnly: Bool
    /// Asks for a filter to subscribe to at the start.
    package var asksForFilter: Bool
    package var keys: KeyMap

    package init(
      target: String, version: String = "", isReadOnly: Bool = false, asksForFilter: Bool = false,
      keys: KeyMap = KeyMap()
    ) {
      self.target = target
      self.version = version
      self.isReadOnly = isReadOnly
      self.asksForFilter = asksForFilter
      self.keys = keys
    }
  }

  let configuration: Configuration
  var size: Size
  var view = ViewID.topics
  /// The focused pane of each view.
  var focus: [ViewID: PaneID] = [:]
  var choices: [ViewID: Layout.Choice] = [:]
  var workspace = Workspace()
  var status = SessionStatus()
  var notes: [(wall: WallTime, note: Note)] = []
  var isMouseOn = true

  var topics = TopicsPane()
  var messages = MessagesPane()
  var detail = DetailPane()
  var history = HistoryPane()
  var frames = FramesPane()
  var decoded = DecodedPane()
  var bytes = BytesPane()
  var health = HealthPane()
  var form = PublishPane()

  package init(_ configuration: Configuration, size: Size) {
    self.configuration = configuration
    self.size = size
    workspace.isReadOnly = configuration.isReadOnly
  }

  var focused: PaneID { focus[view] ?? view.panes[0] }

  var layout: Layout { layout(for: size) }

  func layout(for size: Size) -> Layout {
    Layout(view, size, choices[view] ?? Layout.Choice(), focused: focused)
  }

  /// Takes in one event; what is to be done outside comes back.
  package mutating func update(_ event: Event, at time: MonotonicTime, wall: WallTime) -> [Command] {
    workspace.time = time
    workspace.wall = wall
    switch event {
    case .key(let key): return press(key)
    case .mouse, .paste, .tick: return []
    case .resize(let size):
      self.size = size
      refresh()
      return []
    case .batch(let batch):
      workspace.counters = batch.counters
      workspace.store.ingest(batch.messages, at: time)
      refresh()
      return []
    case .connection(let update): return take(update)
    case .health(let figures):
      status.figures = figures
      return []
    case .result: return []
    case .note(let note):
      add(note)
      return []
    }
  }

  mutating func add(_ note: Note) {
    notes.append((workspace.wall, note))
    if notes.count > 200 { notes.removeFirst(notes.count - 200) }
  }
}
