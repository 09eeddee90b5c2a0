import CursesTerminal
import Options
import Presentation

/// The program: finds the command and runs it.
package enum CommandLineTool {
  package static let version = "0.1.0"

  /// Runs `arguments`, which begin with the program's name. Never returns: a run ends by exiting, often
  /// from within the event loop.
  package static func run(_ arguments: [String]) -> Never {
    StandardDescriptors.makeSureTheyAreOpen()
    let words = Array(arguments.dropFirst())
    switch words.first {
    case "pub": CommandRun.run(PublishCommand.self, words)
    case "sub": CommandRun.run(SubscribeCommand.self, words)
    case "request": CommandRun.run(RequestCommand.self, words)
    case "doctor": CommandRun.run(DoctorCommand.self, words)
    case "bench": BenchCommand.run(words)
    case "watch": WatchCommand.run(words)
    case "serve": ServeCommand.run(words)
    case "profile": ProfileCommand.run(words)
    case "help", "--help", "-h": HelpCommand.run(words)
    case "generate": GenerateCommand.run(words)
    case TerminalGuard.argument:
      TerminalGuard.run()
      Exit.now(.ok)
    case "--version", "version":
      StandardOutput.print("mqttws \(version)\n")
      Exit.now(.ok)
    case nil:
      Exit.failed(
        CommandFailure.usage("no command", hint: "see 'mqttws help', or try: mqttws sub @demo -t 'sensor/#'")
          .diagnosis, Console())
    case let other?: refuse(other)
    }
  }

  private static func refuse(_ word: String) -> Never {
    let names = Program.definition.commands.map(\.name)
    let hint: String
    if let nearest = NearestName.of(word, among: names) {
      hint = "did you mean '\(nearest)'?"
    } else if word.hasPrefix("-") {
      hint = "the command comes first: mqttws sub \(word) …"
    } else {
      hint = "the commands are \(names.joined(separator: ", "))"
    }
    Exit.failed(CommandFailure.usage("'\(word)' is no command", hint: hint).diagnosis, Console())
  }
}
