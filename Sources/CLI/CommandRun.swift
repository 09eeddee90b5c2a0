import Client
import Glibc
import LoopbackBroker
import MQTTPackets
import MQTTSession
import NIOCore
import NIOPosix
import Options
import Presentation
import Profiles
import Text
import WebSocketTransport

/// One run of a command that connects: settings, the broker of `@demo`, signals, time limit, messages and
/// the end.
///
/// The main thread is the event loop; everything here happens on it.
final class CommandRun {
  /// How long a clean end may take after a signal or `--max-time`.
  private static let grace = TimeAmount.milliseconds(200)

  let eventLoop: any EventLoop
  let arguments: ParsedArguments
  let console: Console
  private(set) var settings: ResolvedSettings
  private var command: any ConnectingCommand
  private var connection: Connection?
  private var demo: LoopbackBroker?
  private var endingSignal: CInt?
  private var isOutOfTime = false
  private var startedAt = NIODeadline.now()

  /// Runs `command` with the words of its command line, its own name first. Never returns.
  static func run<Command: ConnectingCommand>(_ command: Command.Type, _ words: [String]) -> Never {
    var console = Console()
    do throws(CommandFailure) {
      let arguments = try Program.parse(words, Command.definition)
      console = Console(arguments)
      ProcessArguments.hideSecrets(arguments)
      // The target first: a topic in its place explains what the command would find missing.
      let settings = try resolve(arguments)
      let command = try Command(arguments)
      let keyPassword = try readKeyPassword(settings)
      SignalSource.block()
      MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { [console] eventLoop in
        let run = CommandRun(command, arguments, settings, console, eventLoop)
        run.start(keyPassword)
      }
      Exit.now(.software)
    } catch {
      Exit.failed(error.diagnosis, console)
    }
  }

  private init(
    _ command: any ConnectingCommand, _ arguments: ParsedArguments, _ settings: ResolvedSettings,
    _ console: Console, _ eventLoop: any EventLoop
  ) {
    self.command = command
    self.arguments = arguments
    self.settings = settings
    self.console = console
    self.eventLoop = eventLoop
  }

  // MARK: - Before the loop

  private static func resolve(_ arguments: ParsedArguments) throws(CommandFailure) -> ResolvedSettings {
    let environment = Environment.current()
    let resolver = Resolver(
      arguments: arguments, target: arguments.positionals.first, environment: environment,
      profileFile: { () throws(ProfileError) in try ProfileFileReader.load(environment) })
    do throws(SettingsError) {
      return try resolver.resolve()
    } catch {
      throw .settings(error)
    }
  }

  private static func readKeyPassword(_ settings: ResolvedSettings) throws(CommandFailure) -> [UInt8]? {
    guard settings.url?.scheme.usesTLS == true, let source = settings.keyPassword else { return nil }
    do throws(SecretError) {
      return try source.read()
    } catch {
      throw CommandFailure(
        DiagnosisTable().diagnosis(
          .credentials(CredentialsError(source: "key password \(source.description)", reason: error.reason))))
    }
  }

  // MARK: - On the loop

  private func start(_ keyPassword: [UInt8]?) {
    if settings.password != nil || keyPassword != nil { forbidCoreDump() }
    for note in settings.notes { console.note(SettingsNoteText.text(note)) }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    do throws(SystemError) {
      try SignalSource.start(on: eventLoop) { bound.value.interrupted(by: $0) }
    } catch {
      end(CommandFailure.system(error))
    }
    startTimeLimit()
    if settings.target == .demo { startDemo(keyPassword) } else { connect(keyPassword) }
  }

  private func connect(_ keyPassword: [UInt8]?) {
    var random = SystemRandomNumberGenerator()
    do {
      guard
        let connectionSettings = try settings.connectionSettings(
          command.needs, keyPassword: keyPassword, random: &random)
      else { return }
      let connection = Connection(connectionSettings, eventLoop: eventLoop)
      self.connection = connection
      try command.start(self, connection)
    } catch let error as UsageError {
      end(CommandFailure.usage(error))
    } catch let error as CommandFailure {
      end(error)
    } catch {
      end(CommandFailure(DiagnosisTable().internalError("\(error)")))
    }
  }

  private func startDemo(_ keyPassword: [UInt8]?) {
    LoopbackBroker.start(simulatesDevices: true, on: eventLoop).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let broker):
        self.demo = broker
        guard let url = try? WebSocketURL(parsing: "ws://127.0.0.1:\(broker.port)/mqtt") else { return }
        self.settings.supplyDemo(url)
        self.connect(keyPassword)
      case .failure(let error):
        self.end(ListenerDiagnosis.diagnosis(error))
      }
    }
  }

  private func startTimeLimit() {
    guard let text = arguments.value("max-time") else { return }
    guard let limit = ValueReader.duration(text), limit > .zero else {
      end(CommandFailure.usage("--max-time '\(text)' is no time", hint: "such as 30, 250ms or 5m"))
    }
    eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
      self.isOutOfTime = true
      self.stop()
    }
  }

  private func forbidCoreDump() {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  }

  // MARK: - Messages

  /// The table of diagnoses with all that is known of this run.
  var diagnoses: DiagnosisTable {
    let settings = self.settings
    let session = connection?.settings.session
    let time = WallTime.now
    return DiagnosisTable(
      DiagnosisContext(
        url: settings.url, version: session?.version ?? .v5, clientIdentifier: session?.clientIdentifier,
        hasUsername: settings.text(.username) != nil, usesBuiltInTarget: settings.usesBuiltInTarget,
        now: time, keepAlive: session?.keepAlive ?? 30,
        origin: { name in
          guard let key = SettingKey(rawValue: name) else { return nil }
          let origin = settings.origin(of: key)
          return origin == .builtIn || origin.isCommandLine ? nil : origin.description
        }))
  }

  /// Tells what is worth telling of a connection's life.
  func tell(_ event: ConnectionEvent) {
    switch event {
    case .retrying(let error, let delay):
      var diagnosis = diagnoses.diagnosis(error)
      diagnosis.hint = "trying again in \(Human.duration(delay))"
      diagnosis.origin = nil
      console.warn(diagnosis)
      wasInterrupted = true
    case .connected(_, let resumed) where wasInterrupted:
      wasInterrupted = false
      console.note(resumed ? "connected again, the session goes on" : "connected again, with a new session")
    case .sessionLost(let loss):
      if loss != SessionLoss() { console.note(DiagnosisTable.sessionLostWarning(loss)) }
    case .resubscribed(let subAck, let asked):
      for (subscription, code) in zip(asked, subAck.reasonCodes) where code.isError {
        console.warn(diagnoses.denied(subscription.filter, code, subAck.properties))
      }
    default: break
    }
  }
  private var wasInterrupted = false

  var elapsed: Duration { .nanoseconds((NIODeadline.now() - startedAt).nanoseconds) }

  // MARK: - The end

  private func interrupted(by signal: CInt) {
    endingSignal = signal
    stop()
  }

  private func stop() {
    eventLoop.assumeIsolated().scheduleTask(in: Self.grace) { self.end(.ok) }
    command.stop()
  }

  func end(_ status: ExitStatus) -> Never {
    if let endingSignal { SignalSource.die(of: endingSignal) }
    if isOutOfTime {
      Exit.failed(
        Diagnosis(.time, .maximumTime, "--max-time \(arguments.value("max-time") ?? "") is over"), console)
    }
    Exit.now(status)
  }

  func end(_ failure: CommandFailure) -> Never {
    if endingSignal != nil || isOutOfTime { end(.ok) }
    Exit.failed(failure.diagnosis, console)
  }

  func end(_ diagnosis: Diagnosis) -> Never { end(CommandFailure(diagnosis)) }

  func end(_ outputError: SystemError) -> Never { Exit.outputFailed(outputError, console) }
}
