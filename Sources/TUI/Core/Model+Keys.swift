extension Model {
  mutating func press(_ key: Key) -> [Command] {
    if overlay != nil { return pressInOverlay(key) }
    if let pending = pendingMark {
      pendingMark = nil
      return finishMark(pending, key)
    }
    if focused == .form, form.type(key, workspace) { return [] }
    let stroke = pendingKeys + [key]
    pendingKeys = []
    switch configuration.keys.match(stroke, in: focused) {
    case .action(let action): return perform(action)
    case .prefix: pendingKeys = stroke
    case .none: break
    }
    return []
  }

  mutating func paste(_ bytes: [UInt8]) {
    switch overlay {
    case .help(var list):
      list.paste(bytes)
      overlay = .help(list)
    case .palette(var palette):
      palette.paste(bytes)
      overlay = .palette(palette)
    case .prompt(var prompt):
      prompt.paste(bytes)
      overlay = .prompt(prompt)
    case .confirm(let question, var editor):
      editor.paste(bytes)
      overlay = .confirm(question, editor)
    case .menu, .error: break
    case nil: if focused == .form { form.paste(bytes) }
    }
  }

  private mutating func pressInOverlay(_ key: Key) -> [Command] {
    switch configuration.keys.match([key], in: .form) {
    case .action(.interrupt), .action(.back):
      return closeOverlay(key)
    case .action(let action) where action == .redraw || action == .suspend: return perform(action)
    default: break
    }
    switch overlay {
    case .help(var list):
      if key.code == .enter { return close(andRun: list.selected) }
      if list.type(key, page: overlayPage) { overlay = .help(list) }
    case .palette(var palette):
      if key.code == .enter { return run(palette) }
      if palette.type(key, page: overlayPage) { overlay = .palette(palette) }
    case .prompt(var prompt):
      if key.code == .enter { return enter(prompt) }
      if prompt.type(key) { overlay = .prompt(prompt) }
    case .confirm(let question, let editor): return answer(question, editor, key)
    case .menu(let menu, let index): return choose(from: menu, index, key)
    case .error:
      if key == .control("r") { return close(andRun: .reconnect) }
      if key.code == .enter || key.typed == "q" { overlay = nil }
    case nil: break
    }
    return []
  }

  private var overlayPage: Int { max(1, size.rows / 2) }

  /// Esc clears a prompt first, and closes it when it is empty; Ctrl-C closes.
  private mutating func closeOverlay(_ key: Key) -> [Command] {
    overlay = nil
    return []
  }

  private mutating func close(andRun action: Action?) -> [Command] {
    overlay = nil
    return action.map { perform($0) } ?? []
  }

  private mutating func answer(_ question: Confirmation, _ editor: LineEditor, _ key: Key) -> [Command] {
    guard let wanted = question.typed else {
      switch key.typed {
      case "y", "Y":
        overlay = nil
        return confirmed(question.command)
      case "n", "N", "q": overlay = nil
      default: break
      }
      return []
    }
    if key.code == .enter {
      guard editor.text == wanted else {
        add(Note(.warning, "not done: \"\(editor.text)\" is not \"\(wanted)\""))
        overlay = nil
        return []
      }
      overlay = nil
      return confirmed(question.command)
    }
    var editor = editor
    if editor.type(key) { overlay = .confirm(question, editor) }
    return []
  }

  private mutating func choose(from menu: Menu, _ index: Int, _ key: Key) -> [Command] {
    if let letter = key.typed, let entry = menu.entries.first(where: { $0.letter == letter }) {
      overlay = nil
      return run(entry)
    }
    var choice = ListChoice()
    choice.choose(index, count: menu.entries.count)
    if key.code == .enter, menu.entries.indices.contains(choice.index) {
      overlay = nil
      return run(menu.entries[choice.index])
    }
    let step: Key = key.typed == "j" ? Key(.down) : key.typed == "k" ? Key(.up) : key
    if choice.move(step, count: menu.entries.count, page: overlayPage) {
      overlay = .menu(menu, index: choice.index)
    } else if key.typed == "q" {
      overlay = nil
    }
    return []
  }
}
