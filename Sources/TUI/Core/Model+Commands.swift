import Expression
import MQTTPackets
import Presentation

/// Prompts, palette, marks, search and pause.
extension Model {
  mutating func openPrompt(_ kind: Prompt.Kind, text: String) {
    overlay = .prompt(Prompt(kind, text: text, history: histories[kind] ?? []))
  }

  /// Enter in a prompt. An invalid text stays, with its flaw shown.
  mutating func enter(_ prompt: Prompt) -> [Command] {
    guard prompt.problem == nil else { return [] }
    overlay = nil
    remember(prompt.text, prompt.kind)
    switch prompt.kind {
    case .filter: applyFilter(prompt.text)
    case .search: startSearch(prompt.text)
    case .subscribe: return subscribe(prompt.text)
    }
    return []
  }

  private mutating func remember(_ text: String, _ kind: Prompt.Kind) {
    guard !text.isEmpty else { return }
    var history = histories[kind] ?? []
    history.removeAll { $0 == text }
    history.append(text)
    histories[kind] = Array(history.suffix(Prompt.historyLimit))
  }

  /// Enter in the palette.
  mutating func run(_ palette: Palette) -> [Command] {
    guard let choice = palette.chosen else { return [] }
    overlay = nil
    switch choice {
    case .goTo(let number): goTo(number)
    case .run(let entry, let arguments):
      switch entry.target {
      case .action(let action): return perform(action)
      case .verb(let verb): return run(verb, arguments)
      }
    }
    return []
  }

  private mutating func run(_ verb: PaletteEntry.Verb, _ arguments: String) -> [Command] {
    switch verb {
    case .recordStart: return [.startRecording(path: arguments.isEmpty ? nil : arguments)]
    case .recordStop: return [.stopRecording]
    case .subscribe, .resubscribe:
      guard !arguments.isEmpty else {
        openPrompt(.subscribe, text: status.subscriptions.first?.filter ?? "#")
        return []
      }
      return subscribe(arguments)
    case .unsubscribe:
      guard !arguments.isEmpty else {
        add(Note(.warning, "unsubscribe needs a topic filter"))
        return []
      }
      return [.unsubscribe(filter: arguments)]
    case .filter:
      arguments.isEmpty ? openPrompt(.filter, text: workspace.filter.text) : applyFilter(arguments)
    case .search: arguments.isEmpty ? openPrompt(.search, text: "") : startSearch(arguments)
    case .publishTo: openForm(topic: arguments.isEmpty ? nil : arguments)
    case .export:
      workspace.exportPath = arguments.isEmpty ? nil : arguments
      defer { workspace.exportPath = nil }
      return perform(.export)
    case .goTo:
      guard let number = UInt64(arguments) else {
        add(Note(.warning, "go to needs a number"))
        return []
      }
      goTo(number)
    }
    return []
  }

  private mutating func subscribe(_ text: String) -> [Command] {
    do throws(SubscriptionTextError) {
      let wanted = try SubscriptionText(text)
      areSubscriptionsStopped = false
      return [.subscribe(filter: wanted.filter, qos: wanted.qos)]
    } catch {
      add(Note(.warning, error.message))
      return []
    }
  }

  // MARK: - Filter and search

  mutating func applyFilter(_ text: String) {
    do throws(ExpressionError) {
      workspace.filter = try Filter(text)
      remember(text, .filter)
    } catch {
      add(Note(.warning, error.description))
    }
  }

  mutating func toggleFilter() {
    if workspace.filter.expression == nil {
      openPrompt(.filter, text: workspace.filter.text)
    } else {
      workspace.filter.isOn.toggle()
    }
  }

  private mutating func startSearch(_ text: String) {
    guard !text.isEmpty else {
      search = nil
      return
    }
    do throws(SearchError) {
      search = try Search(text)
      remember(text, .search)
      find(forwards: true)
    } catch {
      add(Note(.warning, error.message))
    }
  }

  mutating func find(forwards: Bool) {
    guard let search else {
      openPrompt(.search, text: "")
      return
    }
    let found = call(.find(search, forwards: forwards), on: focused, in: layout)
    if !found { add(Note(.information, "no \(forwards ? "further" : "earlier") match for \(search.text)")) }
  }

  // MARK: - Marks and numbers

  mutating func goTo(_ number: UInt64) {
    let pane: PaneID = view == .wire ? .frames : .messages
    let here = place
    let old = (view, focus[view])
    focus(on: pane)
    if call(.goTo(number), on: pane, in: layout) {
      placeBeforeJump = here
    } else {
      (view, focus[old.0]) = old
      add(Note(.warning, "no \(pane == .frames ? "frame" : "message") \(number) is kept"))
    }
  }

  /// The selected frame, or the message that is shown: of a topic, the newest.
  var place: Mark? {
    let selection = workspace.selection
    switch focused {
    case .frames, .decoded, .bytes: return selection.frame.map { Mark(.frames, $0) }
    default:
      let number = selection.message ?? selection.topic.flatMap { workspace.store.newestNumber(of: $0) }
      return number.map { Mark(.messages, $0) }
    }
  }

  /// The letter after m or '.
  mutating func finishMark(_ action: Action, _ key: Key) -> [Command] {
    guard let letter = key.typed else { return [] }
    if action == .setMark {
      guard let place else {
        add(Note(.information, "nothing to mark is selected"))
        return []
      }
      guard (0x61...0x7A).contains(letter.value) else {
        add(Note(.warning, "a mark is a letter from a to z"))
        return []
      }
      workspace.marks[letter] = place
      add(Note(.information, "marked #\(place.number) as \(letter)"))
      return []
    }
    guard let mark = letter == "'" ? placeBeforeJump : workspace.marks[letter] else {
      add(Note(.information, letter == "'" ? "no jump to go back from" : "there is no mark \(letter)"))
      return []
    }
    view = mark.pane == .frames ? .wire : view == .wire ? .messages : view
    goTo(mark.number)
    return []
  }

  // MARK: - Pause and form

  mutating func pauseView() {
    workspace.pause = Workspace.Pause(
      since: workspace.time, messages: workspace.counters.messagesReceived)
  }

  mutating func resume() { workspace.pause = nil }

  mutating func openForm(topic: String?, _ message: StoredMessage? = nil) {
    form.prefill(topic: topic, message, workspace.version)
    show(.publish)
  }

  /// Does what panes asked for; commands come back.
  mutating func drainRequests() -> [Command] {
    var commands: [Command] = []
    while !workspace.requests.isEmpty {
      let requests = workspace.requests
      workspace.requests.removeAll()
      for request in requests {
        switch request {
        case .command(let command): commands.append(command)
        case .note(let note): add(note)
        case .focus(let pane): focus(on: pane)
        case .show(let view): show(view)
        case .applyFilter(let text): applyFilter(text)
        case .confirm(let question): overlay = .confirm(question, LineEditor())
        case .menu(let menu): overlay = .menu(menu, index: 0)
        case .goTo(let pane, let number):
          focus(on: pane)
          goTo(number)
        }
      }
    }
    return commands
  }
}
