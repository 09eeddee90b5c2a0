/// The completion script for bash.
package enum BashCompletion {
  package static func script(for program: ProgramDefinition) -> String {
    let name = program.name
    let commands = program.commands.map(\.name).joined(separator: " ")
    return """
      # bash completion for \(name). Generated from the option definitions; do not edit.
      _\(name)() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i
        # bash takes = and @ for words of their own; it wants completions with the @ and without the =.
        if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
        if [[ $prev == @ ]]; then cur=@$cur; fi
        if [[ $cur == = ]]; then cur=; fi
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          case ${COMP_WORDS[i]} in
            -*) ;;
            *) command=${COMP_WORDS[i]}; break ;;
          esac
        done
        if [[ -z $command ]]; then
          COMPREPLY=($(compgen -W "\(commands) help --help --version" -- "$cur"))
          return
        fi
        case $command in
      \(program.commands.map(branch).joined(separator: "\n"))
          help) COMPREPLY=($(compgen -W "\(commands)" -- "$cur")) ;;
        esac
      }
      complete -o bashdefault -F _\(name) \(name)

      """
  }

  private static func branch(_ command: CommandDefinition) -> String {
    var lines = ["    \(command.name))", "      case $prev in"]
    for (action, words) in actions(command) {
      lines.append("        \(words.joined(separator: "|"))) \(action); return ;;")
    }
    lines.append("      esac")
    let words = command.completedNames.map { "--" + $0 }.joined(separator: " ")
    lines += [
      "      if [[ $cur == -* ]]; then",
      "        COMPREPLY=($(compgen -W \"\(words)\" -- \"$cur\"))",
    ]
    if let positional = command.positionals.first, let action = action(positional.completion) {
      lines += ["      else", "        \(action)"]
    }
    return (lines + ["      fi ;;"]).joined(separator: "\n")
  }

  /// The options that take a value, by what completes it.
  private static func actions(_ command: CommandDefinition) -> [(String, [String])] {
    var result: [(String, [String])] = []
    for option in command.options where !option.isHidden {
      guard option.takesNextArgument else { continue }
      let action = action(option.completion) ?? "COMPREPLY=()"
      let words =
        option.letters.map { "-\($0)" } + ([option.name] + option.spellings).map { "--" + $0 }
      if let index = result.firstIndex(where: { $0.0 == action }) {
        result[index].1 += words
      } else {
        result.append((action, words))
      }
    }
    return result
  }

  private static func action(_ completion: Completion) -> String? {
    switch completion {
    case .none: nil
    case .values(let values): "COMPREPLY=($(compgen -W \"\(values.joined(separator: " "))\" -- \"$cur\"))"
    case .file: "COMPREPLY=($(compgen -f -- \"$cur\"))"
    case .directory: "COMPREPLY=($(compgen -d -- \"$cur\"))"
    case .command(let command):
      "COMPREPLY=($(compgen -W \"$(\(command))\" -- \"$cur\"))"
    }
  }
}

extension OptionDefinition {
  /// Whether the word behind the option belongs to it.
  var takesNextArgument: Bool {
    switch shape {
    case .none, .optional: false
    case .one, .sequence: true
    }
  }
}

extension CommandDefinition {
  /// The long names that completions offer, in the order of the definitions.
  var completedNames: [String] { options.filter { !$0.isHidden }.map(\.shownName) + ["help"] }
}
