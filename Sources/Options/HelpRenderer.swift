/// Help for the terminal: plain text, at most 80 columns.
package enum HelpRenderer {
  package enum Detail: Sendable {
    /// The options that most people need: one screen.
    case short
    /// All of them, by section.
    case full
  }

  private static let width = 80
  private static let indent = 26

  package static func text(
    for command: CommandDefinition, program: String, detail: Detail
  ) -> String {
    var lines = ["\(program) \(command.name): \(command.summary)", ""]
    lines += wrap("usage: \(program) \(command.name) \(command.synopsis)", indent: 7)
    if detail == .full {
      for paragraph in command.description { lines += [""] + wrap(paragraph, indent: 0) }
    }
    lines += positionals(command)
    lines += detail == .full ? sections(command) : common(command)
    let examples = detail == .full ? command.examples[...] : command.examples.prefix(2)
    lines += self.examples(examples)
    lines += [""] + footer(command, program: program, detail: detail)
    return lines.joined(separator: "\n") + "\n"
  }

  package static func text(for program: ProgramDefinition) -> String {
    var lines = ["\(program.name) \(program.version): \(program.summary)", ""]
    lines += ["usage: \(program.name) COMMAND [TARGET] [options]", "", "Commands:"]
    for command in program.commands { lines += entry(command.name, command.summary, indent: 12) }
    for paragraph in program.description { lines += [""] + wrap(paragraph, indent: 0) }
    lines += examples(program.examples[...])
    lines += ["", "\(program.name) COMMAND --help lists a command's options."]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Parts

  private static func positionals(_ command: CommandDefinition) -> [String] {
    guard !command.positionals.isEmpty else { return [] }
    return [""] + command.positionals.flatMap { entry($0.name, $0.summary, indent: indent) }
  }

  private static func sections(_ command: CommandDefinition) -> [String] {
    command.sections.flatMap { section, options in
      ["", section + ":"] + options.flatMap(lines)
    }
  }

  private static func common(_ command: CommandDefinition) -> [String] {
    [""] + command.options.filter { $0.isCommon && !$0.isHidden }.flatMap(lines)
  }

  private static func lines(_ option: OptionDefinition) -> [String] {
    var text = option.summary
    if let value = option.defaultText { text += " [\(value)]" }
    return entry(option.usage, text, indent: indent)
  }

  private static func examples(_ examples: ArraySlice<Example>) -> [String] {
    guard !examples.isEmpty else { return [] }
    var lines = ["", "Examples:"]
    for example in examples {
      lines += wrap("  # " + example.explanation, indent: 4)
      // A command line stays whole, so that it can be copied.
      lines.append("  " + example.command)
    }
    return lines
  }

  private static func footer(
    _ command: CommandDefinition, program: String, detail: Detail
  ) -> [String] {
    let manual = "man \(program)-\(command.name)"
    guard detail == .full else {
      return ["All options: \(program) \(command.name) --help; details: \(manual)"]
    }
    guard let setting = command.options.first(where: { $0.environment != nil && !$0.isHidden }),
      let variable = setting.environment
    else { return ["Details: \(manual)"] }
    return wrap(
      "--\(setting.name) and the other connection settings can also stand in a profile or in the environment "
        + "(\(variable)). Details: \(manual)", indent: 0)
  }

  // MARK: Layout

  private static func entry(_ left: String, _ right: String, indent: Int) -> [String] {
    let head = "  " + left
    var lines = wrap(right, indent: indent, first: indent)
    guard let first = lines.first else { return [head] }
    if head.count + 2 > indent { return [head] + lines }
    lines[0] = head + String(repeating: " ", count: indent - head.count) + first.dropFirst(indent)
    return lines
  }

  /// Breaks at spaces; lines after the first are indented. A word that is too long stays whole.
  static func wrap(_ text: String, indent: Int, first: Int = 0, width: Int = Self.width) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: first)
    var isEmpty = true
    if first == 0 {
      let spaces = text.prefix { $0 == " " }
      line += spaces
    }
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }
}

extension OptionDefinition {
  /// `-t, --topic TOPIC`.
  var usage: String {
    let letters = letters.map { "-\($0), " }.joined()
    let name = (letters.isEmpty ? "    " : letters) + "--" + shownName
    switch shape {
    case .none: return name
    case .optional(let placeholder): return "\(name)[=\(placeholder)]"
    case .one(let placeholder), .sequence(let placeholder, _): return "\(name) \(placeholder)"
    }
  }
}

extension CommandDefinition {
  /// The visible options by section, both in the order in which they were defined.
  var sections: [(String, [OptionDefinition])] {
    var sections: [(String, [OptionDefinition])] = []
    for option in options where !option.isHidden {
      if let index = sections.firstIndex(where: { $0.0 == option.section }) {
        sections[index].1.append(option)
      } else {
        sections.append((option.section, [option]))
      }
    }
    return sections
  }
}
