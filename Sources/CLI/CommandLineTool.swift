import Glibc
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
    case "serve": ServeCommand.run(words)
    case "--version":
      StandardOutput.print("mqttws \(version)\n")
      Exit.now(.ok)
    default: Exit.now(.usage)
    }
  }
}
