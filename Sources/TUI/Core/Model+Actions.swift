import MQTTPackets
import Presentation

extension Model {
  /// Runs an action as if its key had been pressed in the focused pane.
  mutating func perform(_ action: Action) -> [Command] {
    if action == .last { resume() }
    if call(.perform(action), on: focused, in: layout) { return [] }
    if actsOnDetail(action), call(.perform(action), on: .detail, in: layout) { return [] }
    switch action {
    case .help: overlay = .help(HelpList(for: focused, keys: configuration.keys))
    case .palette: overlay = .palette(Palette(for: focused))
    case .filter: openPrompt(.filter, text: workspace.filter.text)
    case .search: openPrompt(.search, text: search?.text ?? "")
    case .toggleFilter: toggleFilter()
    case .searchNext: find(forwards: true)
    case .searchPrevious: find(forwards: false)
    case .setMark, .jumpToMark: pendingMark = action
    case .pause: workspace.pause == nil ? pauseView() : resume()
    case .errorDetail: showLastFailure()
    default: return performOutside(action) ?? arrange(action)
    }
    return []
  }

  /// What the lists leave to the message that they have selected.
  private func actsOnDetail(_ action: Action) -> Bool {
    guard focused != .detail else { return false }
    switch action {
    case .diff, .format, .chart, .older, .newer, .wrap, .copy, .export, .edit: return true
    default: return false
    }
  }

  /// What ends in a command.
  private mutating func performOutside(_ action: Action) -> [Command]? {
    switch action {
    case .quit: return leave()
    case .interrupt: return [.quit]
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .toggleMouse: return toggleMouse()
    case .record: return [recording == nil ? .startRecording(path: nil) : .stopRecording]
    case .reconnect: return reconnect()
    case .webSocketPing: return [.pingWebSocket]
    case .stopSubscriptions: return toggleSubscriptions()
    default: return nil
    }
  }

  private mutating func arrange(_ action: Action) -> [Command] {
    switch action {
    case .viewTopics: show(.topics)
    case .viewMessages: show(.messages)
    case .viewWire: show(.wire)
    case .viewHealth: show(.health)
    case .viewPublish: show(.publish)
    case .publish: openForm(topic: workspace.selection.topic, workspace.selectedMessage)
    case .back: goBack()
    case .nextPane: moveFocus(by: 1)
    case .previousPane: moveFocus(by: -1)
    case .zoom: change { $0.isZoomed.toggle() }
    case .nextLayout: change { $0.arrangement += 1 }
    case .resetLayout: choices[view] = nil
    case .narrower: resize(columns: -2, rows: 0)
    case .wider: resize(columns: 2, rows: 0)
    case .shorter: resize(columns: 0, rows: -1)
    case .taller: resize(columns: 0, rows: 1)
    default: break
    }
    return []
  }

  mutating func show(_ new: ViewID) {
    if new == .publish, view != .publish { viewBeforeForm = view }
    let old = view
    view = new
    if new == .wire, old != .wire { showFrameOfMessage() }
  }

  /// The frame that carried the message that was chosen.
  private mutating func showFrameOfMessage() {
    guard workspace.selection.message != nil, !workspace.selection.isFollowed, let row = workspace.selectedRow
    else { return }
    call(.goTo(UInt64(clamping: row)), on: .frames, in: layout)
  }

  func isVisible(_ pane: PaneID) -> Bool { layout.visible.contains(pane) }

  /// Goes to a pane, in the view at hand or in the one that has it.
  mutating func focus(on pane: PaneID) {
    if !view.panes.contains(pane), !isVisible(pane),
      let home = ViewID.allCases.first(where: { $0.panes.contains(pane) })
    {
      view = home
    }
    focus[view] = pane
  }

  /// Through the panes on the screen, or those of the view where one is shown at a time.
  private mutating func moveFocus(by step: Int) {
    let visible = layout.visible
    let panes = visible.count > 1 ? visible : view.panes
    guard let index = panes.firstIndex(of: focused) else { return }
    focus[view] = panes[(index + step + panes.count) % panes.count]
  }

  private mutating func change(_ body: (inout Layout.Choice) -> Void) {
    body(&choices[view, default: Layout.Choice()])
  }

  private mutating func resize(columns: Int, rows: Int) {
    let before = layout
    let old = choices[view]
    var choice = old ?? Layout.Choice()
    choice.resize(before, focused: focused, columns: columns, rows: rows)
    choices[view] = choice
    // At the end of the way further keys must not pile up.
    if layout == before { choices[view] = old }
  }

  /// Esc: one thing after the other, and never out of the program.
  private mutating func goBack() {
    if choices[view]?.isZoomed == true {
      change { $0.isZoomed = false }
    } else if view == .publish {
      view = viewBeforeForm
    } else if let main = view.panes.first, focused != main, layout.visible.count == 1 {
      focus[view] = main
    }
  }

  private mutating func leave() -> [Command] {
    guard view == .topics else {
      view = .topics
      return []
    }
    var reasons: [String] = []
    if let recording { reasons.append("Recording to \(recording.path) ends.") }
    let inFlight = status.figures.sentInFlight + status.figures.receivedInFlight
    if inFlight > 0 {
      reasons.append(
        "\(inFlight) deliver\(inFlight == 1 ? "y is" : "ies are") in flight; their fate stays unknown.")
    }
    guard !reasons.isEmpty else { return [.quit] }
    overlay = .confirm(Confirmation(title: "Quit", lines: reasons, command: .quit), LineEditor())
    return []
  }

  private mutating func reconnect() -> [Command] {
    guard status.figures.sentInFlight > 0, case .up = status.state else { return [.reconnect] }
    let question = Confirmation(
      title: "Reconnect", lines: ["\(status.figures.sentInFlight) deliveries are in flight."],
      command: .reconnect)
    overlay = .confirm(question, LineEditor())
    return []
  }

  private mutating func toggleSubscriptions() -> [Command] {
    if areSubscriptionsStopped { return confirmed(.startSubscriptions) }
    let question = Confirmation(
      title: "Stop subscriptions",
      lines: [
        "UNSUBSCRIBE from everything: the broker sends nothing more, and what",
        "is published meanwhile is missed. (Space pauses only the view.)",
      ], command: .stopSubscriptions)
    overlay = .confirm(question, LineEditor())
    return []
  }

  /// Carries out what was asked for and keeps in mind what it changes.
  mutating func confirmed(_ command: Command) -> [Command] {
    switch command {
    case .stopSubscriptions: areSubscriptionsStopped = true
    case .startSubscriptions: areSubscriptionsStopped = false
    case .publish:
      // The form sends it, as often as was asked for.
      form.wasConfirmed(&workspace)
      return []
    default: break
    }
    return [command]
  }

  private mutating func showLastFailure() {
    if let failure = status.lastFailure {
      overlay = .error(failure)
    } else {
      add(Note(.information, "no failure so far"))
    }
  }
}
