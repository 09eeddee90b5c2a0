/// The completion script for zsh.
package enum ZshCompletion {
  package static func script(for program: ProgramDefinition) -> String {
    let name = program.name
    let commands = program.commands.map { command in
      "    \(quote("\(command.name):\(command.summary)"))"
    }
    let branches = program.commands.map { command in
      "    (\(command.name)) _arguments -s -S $options_\(variable(command)) ;;"
    }
    return """
      #compdef \(name)
      # zsh completion for \(name). Generated from the option definitions; do not edit.
      _\(name)() {
        local context state line curcontext="$curcontext"
        local -a commands
        commands=(
      \(commands.joined(separator: "\n"))
          'help:explain a command or a topic'
        )
      \(program.commands.map(options).joined(separator: "\n"))
        if (( CURRENT == 2 )); then
          _describe -t commands command commands
          _arguments '--help[print help]' '--version[print the version]'
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in
      \(branches.joined(separator: "\n"))
          (help) _describe -t commands command commands ;;
        esac
      }
      _\(name) "$@"

      """
  }

  private static func variable(_ command: CommandDefinition) -> String {
    String(command.name.map { $0 == "-" ? "_" : $0 })
  }

  private static func options(_ command: CommandDefinition) -> String {
    let name = "options_\(variable(command))"
    var lines = ["  local -a \(name)", "  \(name)=("]
    for option in command.options where !option.isHidden {
      lines += specifications(option).map { "    " + quote($0) }
    }
    lines.append("    '--help[print help]'")
    for (index, positional) in command.positionals.enumerated() {
      let place = positional.isRepeatable ? "*" : "\(index + 1)"
      lines.append(
        "    " + quote("\(place):\(escape(positional.name)):\(action(positional.completion))"))
    }
    return (lines + ["  )"]).joined(separator: "\n")
  }

  /// One for each spelling; all but repeatable ones exclude the others.
  private static func specifications(_ option: OptionDefinition) -> [String] {
    let letters = option.letters.map { "-\($0)" }
    let names = letters + ["--" + option.shownName]
    let prefix = option.isRepeatable ? "*" : "(\(names.joined(separator: " ")))"
    return names.map { name in
      let isLong = name.hasPrefix("--")
      let summary = "[\(escape(option.summary))]"
      switch option.shape {
      case .none: return prefix + name + summary
      case .optional(let placeholder):
        return "\(prefix)\(name)=-\(summary)::\(escape(placeholder)):\(action(option.completion))"
      case .one(let placeholder), .sequence(let placeholder, _):
        let value = ":\(escape(placeholder)):\(action(option.completion))"
        return prefix + name + (isLong ? "=" : "+") + summary + value
      }
    }
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .none: " "
    case .values(let values): "(\(values.map(escape).joined(separator: " ")))"
    case .file: "_files"
    case .directory: "_files -/"
    case .command(let command):
      // Words of an array, so that what a command prints is never taken for a specification.
      "{local -a found; found=(${(f)\"$(\(command))\"}); compadd -a found}"
    }
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      if "[]:\\".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  private static func quote(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
