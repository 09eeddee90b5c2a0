/// The completion script for fish.
package enum FishCompletion {
  package static func script(for program: ProgramDefinition) -> String {
    let name = program.name
    var lines = [
      "# fish completion for \(name). Generated from the option definitions; do not edit.",
      "complete -c \(name) -f",
      "complete -c \(name) -l help -d 'print help'",
      "complete -c \(name) -n __fish_use_subcommand -l version -d 'print the version'",
      "complete -c \(name) -n __fish_use_subcommand -a help -d 'explain a command or a topic'",
    ]
    for command in program.commands {
      lines.append(
        "complete -c \(name) -n __fish_use_subcommand -a \(command.name) -d \(quote(command.summary))")
    }
    for command in program.commands {
      let start = "complete -c \(name) -n '__fish_seen_subcommand_from \(command.name)'"
      for positional in command.positionals {
        if let words = words(positional.completion) { lines.append("\(start) -a \(words)") }
      }
      for option in command.options where !option.isHidden { lines.append(start + arguments(option)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func arguments(_ option: OptionDefinition) -> String {
    var text = option.letters.map { " -s \($0)" }.joined() + " -l \(option.shownName)"
    if option.takesNextArgument {
      switch option.completion {
      case .file: text += " -r -F"
      case .directory: text += " -x -a '(__fish_complete_directories)'"
      default: text += " -x"
      }
    }
    if let words = words(option.completion) { text += " -a \(words)" }
    return text + " -d \(quote(option.summary))"
  }

  private static func words(_ completion: Completion) -> String? {
    switch completion {
    case .none, .file, .directory: nil
    case .values(let values): quote(values.joined(separator: " "))
    // fish has no syntax of its own that a command line for all shells could rely on.
    case .command(let command): quote("(sh -c \(doubleQuote(command)))")
    }
  }

  private static func doubleQuote(_ text: String) -> String {
    var result = "\""
    for character in text {
      if "\"\\$".contains(character) { result += "\\" }
      result.append(character)
    }
    return result + "\""
  }

  private static func quote(_ text: String) -> String {
    var result = "'"
    for character in text {
      if "'\\".contains(character) { result += "\\" }
      result.append(character)
    }
    return result + "'"
  }
}
