import Client
import Options
import Presentation
import Profiles

/// A command that works on one connection. `CommandRun` does what they all share.
protocol ConnectingCommand: AnyObject {
  static var definition: CommandDefinition { get }

  /// Reads and checks everything that the command line says, before anything is started.
  init(_ arguments: ParsedArguments) throws(CommandFailure)

  var needs: ConnectionNeeds { get }

  /// Starts to work; ends by `run.end`.
  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure)

  /// Ends well and soon: a signal or `--max-time` asks for it. `run.end` follows.
  func stop()
}
