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
    commands: [PublishOptions.definition, SubscribeOptions.definition, ServeOptions.definition])

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

  /// Prints what was asked for instead of a run.
  static func answer(_ request: InformationRequest, _ command: CommandDefinition) -> Never {
    Exit.now(.ok)
  }
}
