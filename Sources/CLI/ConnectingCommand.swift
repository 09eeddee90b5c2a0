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

  /// Whether a target may be `mqtt://` or `mqtts://`, as the control to a WebSocket.
  static var allowsPlainMQTT: Bool { get }

  /// What the command line asks for and MQTT 3.1.1 does not have. `origin` is where that version comes from.
  func checkVersion3(_ arguments: ParsedArguments, origin: String) throws(CommandFailure)

  /// Starts to work; ends by `run.end`.
  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure)

  /// Ends well and soon: a signal or `--max-time` asks for it. `run.end` follows.
  func stop()
}

extension ConnectingCommand {
  static var allowsPlainMQTT: Bool { false }

  func checkVersion3(_ arguments: ParsedArguments, origin: String) throws(CommandFailure) {
    try PropertyOptions.checkVersion3(arguments, origin: origin)
  }
}
