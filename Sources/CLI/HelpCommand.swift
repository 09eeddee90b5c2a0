import Options
import Presentation

/// `mqttws help`: the overview, a command, or a reference topic.
enum HelpCommand {
  static let definition = CommandDefinition(
    "help", "explain a command or a topic", synopsis: "[COMMAND | TOPIC]",
    positionals: [
      PositionalDefinition(
        "TOPIC", "a command, or one of: " + HelpTopic.allCases.map(\.rawValue).joined(separator: ", "),
        completion: .values(HelpTopic.allCases.map(\.rawValue)))
    ])

  static func run(_ words: [String]) -> Never {
    guard let name = words.dropFirst().first(where: { !$0.hasPrefix("-") }) else {
      StandardOutput.print(HelpRenderer.text(for: Program.definition))
      Exit.now(.ok)
    }
    if let command = Program.command(name) {
      StandardOutput.print(HelpRenderer.text(for: command, program: Program.definition.name, detail: .full))
    } else if let topic = HelpTopic(rawValue: name) {
      StandardOutput.print(topic.text)
    } else {
      let known = Program.definition.commands.map(\.name) + HelpTopic.allCases.map(\.rawValue)
      let nearest = NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
      Exit.failed(
        CommandFailure.usage("there is no command or topic '\(name)'", hint: nearest ?? "see 'mqttws help'")
          .diagnosis, Console())
    }
    Exit.now(.ok)
  }
}

/// The reference tables that `mqttws help` prints.
enum HelpTopic: String, CaseIterable {
  case exitCodes = "exit-codes"
  case filters
  case formats
  case profiles
  case templates

  var text: String {
    switch self {
    case .exitCodes: ExitStatus.help
    case .filters: FilterHelp.text
    case .formats: FormatHelp.text
    case .profiles: ProfileHelp.text
    case .templates: PlaceholderOptions.help
    }
  }
}
