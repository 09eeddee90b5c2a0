import MQTTSession
import Presentation

/// The whole of `watch` but its IO: events in, commands and frames out. A value that lives on one thread.
///
/// Keys go to the overlay if one is open, else to the form if it has the focus, else through the key map to
/// an `Action`; an action goes to the focused pane first, and to the model when the pane has no use for it.
/// Panes share the `Workspace` and put what they want of the model into its requests.
package struct Model: Sendable {
  /// What a run starts with.
  package struct Configuration: Sendable {
    /// As the user may see it, without credentials.
    package var target: String
    /// Of the program; for wide headers.
    package var version: String
    package var isReadOnly: Bool
    /// Opens with a prompt for a filter to subscribe to.
    package var asksForFilter: Bool
    package var keys: KeyMap
    package var isMouseOn: Bool

    package init(
      target: String, version: String = "", isReadOnly: Bool = false, asksForFilter: Bool = false,
      keys: KeyMap = KeyMap(), isMouseOn: Bool = true
    ) {
      self.target = target
      self.version = version
      self.isReadOnly = isReadOnly
      self.asksForFilter = asksForFilter
      self.keys = keys
      self.isMouseOn = isMouseOn
    }
  }

  static let noteLimit = 200
  /// Of sorting and filtering in the store, for one event.
  static let stepsPerEvent = 5_000

  let configuration: Configuration
  var size: Size
  var view = ViewID.topics
  /// Where Esc in the form goes back to.
  var viewBeforeForm = ViewID.topics
  /// The focused pane of each view.
  var focus: [ViewID: PaneID] = [:]
  var choices: [ViewID: Layout.Choice] = [:]
  var workspace: Workspace
  var rate = TrafficRate()
  var recording: RecordingStatus?
  var areSubscriptionsStopped = false
  /// A list that is being written to a file.
  var export: ListExport?
  var notes: [(time: MonotonicTime, wall: WallTime, note: Note)] = []
  package private(set) var isMouseOn: Bool
  /// Whether a tick soon would go on with work that was begun.
  package private(set) var hasMoreWork = false

  var overlay: Overlay?
  var histories: [Prompt.Kind: [String]] = [:]
  var search: Search?
  /// The beginning of a stroke of several keys.
  var pendingKeys: KeyMap.Stroke = []
  /// `setMark` or `jumpToMark`, waiting for its letter.
  var pendingMark: Action?
  var placeBeforeJump: Mark?
  var drag: Layout.Divider?

  var topics = TopicsPane()
  var messages = MessagesPane()
  var detail = DetailPane()
  var history = HistoryPane()
  var frames = FramesPane()
  var decoded = DecodedPane()
  var bytes = BytesPane()
  var health = HealthPane()
  var form = PublishPane()

  package init(_ configuration: Configuration, size: Size, workspace: Workspace = Workspace()) {
    self.configuration = configuration
    self.size = size
    self.workspace = workspace
    self.workspace.isReadOnly = configuration.isReadOnly
    isMouseOn = configuration.isMouseOn
    if configuration.asksForFilter { openPrompt(.subscribe, text: "#") }
  }

  var status: SessionStatus {
    get { workspace.status }
    _modify { yield &workspace.status }
  }

  /// Of the zone that times are shown in, in seconds east of UTC.
  package var zoneOffset: Int {
    get { workspace.zoneOffset }
    set { workspace.zoneOffset = newValue }
  }

  /// When something of the model's own is due: a tick then does it. nil when nothing is.
  package var wakesAt: MonotonicTime? { form.wakesAt }

  package var focused: PaneID {
    let visible = layout.visible
    if let chosen = focus[view], visible.contains(chosen) || visible.count <= 1 { return chosen }
    return view.panes[0]
  }

  package var layout: Layout { layout(for: size) }

  func layout(for size: Size) -> Layout {
    Layout(view, size, choices[view] ?? Layout.Choice(), focused: focus[view])
  }

  /// Takes in one event; what is to be done outside comes back.
  package mutating func update(_ event: Event, at time: MonotonicTime, wall: WallTime) -> [Command] {
    workspace.time = max(time, workspace.time)
    workspace.wall = wall
    var commands: [Command] = []
    switch event {
    case .key(let key): commands = press(key)
    case .mouse(let mouse): commands = click(mouse)
    case .paste(let bytes): paste(bytes)
    case .tick: break
    case .resize(let size): self.size = size
    case .batch(let batch):
      workspace.counters = batch.counters
      workspace.store.ingest(batch.messages, batch.part, at: workspace.time)
    case .wire(let events): workspace.store.ingest(events)
    case .connection(let update): take(update)
    case .health(let figures): status.figures = figures
    case .result(let result): take(result)
    case .note(let note): add(note)
    }
    rate.update(workspace.counters, at: workspace.time)
    hasMoreWork = workspace.store.advance(
      to: workspace.time, wall: wall, steps: Self.stepsPerEvent)
    form.advance(&workspace)
    chooseLeader()
    refresh()
    if !workspace.requests.isEmpty {
      commands += drainRequests()
      // What one pane asked for may concern the others.
      refresh()
    }
    if let part = advanceExport() { commands.append(part) }
    hasMoreWork = hasMoreWork || export != nil
    return commands
  }

  mutating func toggleMouse() -> [Command] {
    isMouseOn.toggle()
    add(Note(.information, isMouseOn ? "mouse on" : "mouse off: the terminal selects text"))
    return [.setMouse(isOn: isMouseOn)]
  }

  mutating func add(_ note: Note) {
    notes.append((workspace.time, workspace.wall, note))
    if notes.count > Self.noteLimit { notes.removeFirst(notes.count - Self.noteLimit) }
  }
}
