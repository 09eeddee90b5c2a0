import Options
import Presentation

/// The program with all its commands: what help, man pages and completions are made from.
enum Program {
  static let definition = ProgramDefinition(
    name: "mqttws", summary: "MQTT over WebSocket from the command line",
    description: [
      """
      Publishes and subscribes over ws:// and wss://, speaks MQTT 3.1.1 and 5, and says which layer failed \
      when something does.
      """
    ],
    version: CommandLineTool.version,
    commands: [
      PublishOptions.definition, SubscribeOptions.definition, RequestOptions.definition,
      WatchOptions.definition,
      DoctorOptions.definition,
      BenchOptions.definition, ServeOptions.definition,
      ProfileCommand.definition, HelpCommand.definition,
    ],
    examples: [
      Example("mqttws sub @demo -t 'sensor/#'", "live messages of the built-in broker"),
      Example("mqttws pub wss://broker.example/mqtt -t lamp/set -m on", "one message, then the end"),
      Example("mqttws help exit-codes", "what the exit status means"),
    ])

  static func command(_ name: String) -> CommandDefinition? {
    definition.commands.first { $0.name == name }
  }

  /// Takes the words of a command apart, its own name first; answers requests for help on the spot.
  static func parse(
    _ words: [String], _ command: CommandDefinition
  ) throws(CommandFailure) -> ParsedArguments {
    do throws(UsageError) {
      let arguments = try OptionParser.parse(words, from: 1, for: command)
      if let request = arguments.request { answer(request, command) }
      return arguments
    } catch {
      throw .usage(error)
    }
  }

  private static func answer(_ request: InformationRequest, _ command: CommandDefinition) -> Never {
    switch request {
    case .shortHelp:
      StandardOutput.print(HelpRenderer.text(for: command, program: definition.name, detail: .short))
    case .help: StandardOutput.print(HelpRenderer.text(for: command, program: definition.name, detail: .full))
    case .version: StandardOutput.print("mqttws \(CommandLineTool.version)\n")
    }
    Exit.now(.ok)
  }
}
