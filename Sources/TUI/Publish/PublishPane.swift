import MQTTPackets
import MQTTSession
import Presentation

/// The form that publishes a message. The draft stays when the view is left; what was sent is kept and
/// comes back with the history keys.
package struct PublishPane: Pane {
  /// The end of the last request.
  struct Outcome: Sendable, Equatable {
    var wall: WallTime
    var text: String
    var after: Duration?
    var isSuccess: Bool
  }

  /// Messages that are still to be sent, one an interval.
  struct Series: Sendable {
    var message: Message
    var left: Int
    var total: Int
    var interval: Duration
    var next: MonotonicTime
  }

  static let historyLimit = 50
  /// Requests without an answer; a series waits at so many.
  static let unfinishedLimit = 1_000

  var draft = Draft()
  var focused = FormField.topic
  private(set) var outcome: Outcome?
  private(set) var series: Series?
  private(set) var isWaitingForFile = false
  private var history: [Draft] = []
  private var historyPlace: Int?
  /// As it was filled in last, not by hand.
  private var prefilled: Draft?
  /// What was in the form before the history was looked at.
  private var unsent: Draft?
  private var nextIdentifier = 1
  private var unfinished: Set<Int> = []
  /// Topics for which overwriting the retained message was confirmed.
  private var confirmedTopics: Set<String> = []
  private var awaitsConfirmation: Series?

  package init() {}

  package func title(_ context: PaneContext) -> String { "Publish" }

  package func draw(on canvas: Canvas, _ context: PaneContext) {
    FormRenderer(form: self, canvas: canvas, context: context).draw()
  }

  /// When a series wants to go on.
  var wakesAt: MonotonicTime? { unfinished.count < Self.unfinishedLimit ? series?.next : nil }

  /// What keeps the draft from being sent.
  func problem(_ version: ProtocolVersion) -> Draft.Problem? {
    do throws(Draft.Problem) {
      _ = try draft.message(file: [], version: version)
      return nil
    } catch { return error }
  }

  package mutating func perform(_ action: Action, _ workspace: inout Workspace, size: Size) -> Bool {
    switch action {
    case .send: send(&workspace)
    case .editPayload: edit(&workspace)
    case .nextField: focused = focused.next(1)
    case .previousField: focused = focused.next(-1)
    case .previousDraft: recall(-1)
    case .nextDraft: recall(1)
    default: return false
    }
    return true
  }

  package mutating func mouse(_ mouse: Mouse, _ workspace: inout Workspace, size: Size) {
    guard mouse.kind == .press || mouse.kind == .doubleClick else { return }
    let plan = FormPlan(size, focused: focused)
    if mouse.position.row == FormRenderer.hintRow(size), FormRenderer.isSend(mouse.position.column) {
      send(&workspace)
      return
    }
    guard let field = plan.field(at: mouse.position) else { return }
    focused = field
    let column = mouse.position.column - (plan.places.first { $0.field == field }?.column ?? 0)
    switch field {
    case .qos: if column >= 0, let qos = QoS(rawValue: UInt8(clamping: column / 7)) { draft.qos = qos }
    case .payloadKind:
      if column >= 0 { draft.payloadKind = column < 10 ? .text : column < 19 ? .hex : .file }
    case .retain: draft.isRetained.toggle()
    case .isText: draft.isText.toggle()
    default: break
    }
  }

  package mutating func refresh(_ workspace: inout Workspace, size: Size) {}

  // MARK: - Typing

  /// False for a key that means nothing in the focused field.
  mutating func type(_ key: Key, _ workspace: Workspace) -> Bool {
    // End of line in readline, but $EDITOR here.
    if key == .control("e") { return false }
    switch focused {
    case .qos: return chooseQoS(key) || move(key)
    case .payloadKind: return choosePayloadKind(key) || move(key)
    case .retain, .isText:
      guard key.typed == " " else { return move(key) }
      if focused == .retain { draft.isRetained.toggle() } else { draft.isText.toggle() }
      return true
    case .payload: return draft.payload.type(key) || key.typed != nil || move(key)
    default: return draft.texts[focused, default: LineEditor()].type(key) || move(key)
    }
  }

  mutating func paste(_ bytes: [UInt8]) {
    switch focused {
    case .payload: draft.payload.paste(bytes)
    case .qos, .retain, .isText, .payloadKind: break
    default: draft.texts[focused, default: LineEditor()].paste(bytes)
    }
  }

  private mutating func move(_ key: Key) -> Bool {
    switch (key.code, key.modifiers) {
    case (.enter, []), (.down, []): focused = focused.next(1)
    case (.up, []): focused = focused.next(-1)
    default: return key.typed != nil
    }
    return true
  }

  private mutating func chooseQoS(_ key: Key) -> Bool {
    let value = Int(draft.qos.rawValue)
    let new: Int
    switch (key.code, key.typed) {
    case (.left, _): new = value - 1
    case (.right, _): new = value + 1
    case (_, " "): new = (value + 1) % 3
    case (_, "0"): new = 0
    case (_, "1"): new = 1
    case (_, "2"): new = 2
    default: return false
    }
    draft.qos = QoS(rawValue: UInt8(min(2, max(0, new)))) ?? .atMostOnce
    return true
  }

  private mutating func choosePayloadKind(_ key: Key) -> Bool {
    let kinds = Draft.PayloadKind.allCases
    let value = draft.payloadKind.rawValue
    let new: Int
    switch (key.code, key.typed) {
    case (.left, _): new = max(0, value - 1)
    case (.right, _): new = min(kinds.count - 1, value + 1)
    case (_, " "): new = (value + 1) % kinds.count
    default: return false
    }
    draft.payloadKind = kinds[new]
    return true
  }

  // MARK: - The draft

  /// Puts a topic into the form, and what a message of it had; without one, the rest of the draft stays.
  /// What was typed before is in the history.
  mutating func prefill(topic: String?, _ message: StoredMessage?, _ version: ProtocolVersion) {
    focused = .topic
    guard let topic else { return }
    if draft != prefilled, draft != Draft() { remember(draft) }
    if let message { draft = Draft(message, version) }
    draft.texts[.topic] = LineEditor(topic)
    if let message, !message.isTruncated { setPayload(message.payload) }
    prefilled = draft
  }

  private mutating func remember(_ draft: Draft) {
    history.removeAll { $0 == draft }
    history.append(draft)
    if history.count > Self.historyLimit { history.removeFirst() }
    historyPlace = nil
  }

  /// As text if it is some, else as hexadecimal digits.
  mutating func setPayload(_ bytes: [UInt8]) {
    // A draft with megabytes of digits helps nobody.
    let bytes = bytes.prefix(TextEditor.longest / 2)
    if let text = String(validating: bytes, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })
    {
      draft.payload = TextEditor(text)
      draft.payloadKind = .text
    } else {
      draft.payload = TextEditor(HexText.lines(bytes))
      draft.payloadKind = .hex
    }
  }

  private mutating func recall(_ step: Int) {
    let place = (historyPlace ?? history.count) + step
    guard place >= 0, place <= history.count, !history.isEmpty else { return }
    if historyPlace == nil { unsent = draft }
    historyPlace = place == history.count ? nil : place
    draft = place == history.count ? unsent ?? draft : history[place]
  }

  private mutating func edit(_ workspace: inout Workspace) {
    do throws(Draft.Problem) {
      let bytes = try draft.payloadBytes(file: [])
      workspace.requests.append(.command(.edit(bytes: bytes, purpose: .publishForm)))
    } catch {
      workspace.requests.append(.note(Note(.warning, error.message)))
    }
  }

  // MARK: - Sending

  private mutating func send(_ workspace: inout Workspace) {
    if series != nil {
      series = nil
      workspace.requests.append(.note(Note(.information, "no further repeats")))
      return
    }
    guard !workspace.isReadOnly else {
      workspace.requests.append(.note(Note(.warning, "publishing is off: --read-only")))
      return
    }
    if let problem = problem(workspace.version) {
      focused = problem.field
      workspace.requests.append(.note(Note(.warning, problem.message)))
    } else if draft.payloadKind == .file {
      isWaitingForFile = true
      workspace.requests.append(.command(.readFile(path: draft.path)))
    } else {
      begin(&workspace, file: nil)
    }
  }

  /// The answer to `Command.readFile`.
  mutating func fileWasRead(_ path: String, _ bytes: [UInt8], _ workspace: inout Workspace) {
    guard isWaitingForFile, path == draft.path else { return }
    isWaitingForFile = false
    begin(&workspace, file: bytes)
  }

  private mutating func begin(_ workspace: inout Workspace, file: [UInt8]?) {
    guard let message = try? draft.message(file: file, version: workspace.version),
      let count = try? draft.repeats(), let interval = try? draft.interval()
    else { return }
    remember(draft)
    let planned = Series(
      message: message, left: count, total: count, interval: interval, next: workspace.time)
    guard message.retain, !confirmedTopics.contains(message.topic) else {
      series = planned
      advance(&workspace)
      return
    }
    awaitsConfirmation = planned
    let consequence =
      message.payload.readableBytes == 0
      ? "removes the stored message from" : "overwrites the stored message on"
    workspace.requests.append(
      .confirm(
        Confirmation(
          title: "Retained", lines: ["RETAIN \(consequence) the broker:", message.topic],
          command: .publish(PublishRequest(identifier: 0, message: message)))))
  }

  /// The confirmation of a retained message came.
  mutating func wasConfirmed(_ workspace: inout Workspace) {
    guard var planned = awaitsConfirmation else { return }
    awaitsConfirmation = nil
    if confirmedTopics.count < 10_000 { confirmedTopics.insert(planned.message.topic) }
    planned.next = workspace.time
    series = planned
    advance(&workspace)
  }

  /// Sends what is due.
  mutating func advance(_ workspace: inout Workspace) {
    while var current = series, current.next <= workspace.time, unfinished.count < Self.unfinishedLimit {
      unfinished.insert(nextIdentifier)
      let request = PublishRequest(identifier: nextIdentifier, message: current.message)
      workspace.requests.append(.command(.publish(request)))
      nextIdentifier += 1
      current.left -= 1
      // After a long stop the lost time is not made up for.
      current.next = max(current.next, workspace.time + (.zero - current.interval)) + current.interval
      series = current.left > 0 ? current : nil
    }
  }

  mutating func finished(
    _ identifier: Int, isSuccess: Bool, text: String, after: Duration?, wall: WallTime
  ) {
    guard unfinished.remove(identifier) != nil else { return }
    outcome = Outcome(wall: wall, text: text, after: after, isSuccess: isSuccess)
  }
}
