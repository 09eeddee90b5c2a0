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
  private static let grace = TimeAmount.milliseconds(150)

  let eventLoop: any EventLoop
  let arguments: ParsedArguments
  let console: Console
  private(set) var settings: ResolvedSettings
  private var command: any ConnectingCommand
  private var connection: Connection?
  private var demo: LoopbackBroker?
  private var tracing: Tracing?
  private var endingSignal: CInt?
  private var isOutOfTime = false
  private var startedAt = NIODeadline.now()

  /// Runs `command` with the words of its command line, its own name first. Never returns.
  static func run<Command: ConnectingCommand>(_ command: Command.Type, _ words: [String]) -> Never {
    var console = Console(words: words)
    do throws(CommandFailure) {
      let arguments = try Program.parse(words, Command.definition)
      console = Console(arguments)
      ProcessArguments.hideSecrets(arguments)
      try ProcessArguments.checkEncoding(arguments)
      // The target first: a topic in its place explains what the command would find missing.
      let settings = try resolve(arguments, allowsPlainMQTT: Command.allowsPlainMQTT)
      let command = try Command(arguments)
      try check(command, arguments, settings)
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

  private static func resolve(
    _ arguments: ParsedArguments, allowsPlainMQTT: Bool
  ) throws(CommandFailure) -> ResolvedSettings {
    let environment = Environment.current()
    let resolver = Resolver(
      arguments: arguments, target: arguments.positionals.first, environment: environment,
      allowsPlainMQTT: allowsPlainMQTT,
      profileFile: { () throws(ProfileError) in try ProfileFileReader.load(environment) })
    do throws(SettingsError) {
      return try resolver.resolve()
    } catch {
      throw .settings(error)
    }
  }

  /// What the command line asks for and the settings do not allow.
  private static func check(
    _ command: any ConnectingCommand, _ arguments: ParsedArguments, _ settings: ResolvedSettings
  ) throws(CommandFailure) {
    try PropertyOptions.checkWill(command.needs.willProperties, settings)
    try Tracing.check(arguments)
    guard settings.text(.protocolVersion) == "3.1.1" else { return }
    try command.checkVersion3(arguments, origin: settings.origin(of: .protocolVersion).description)
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
    do throws(CommandFailure) {
      let connection = Connection(try connectionSettings(keyPassword), eventLoop: eventLoop)
      self.connection = connection
      try trace(connection)
      try command.start(self, connection)
    } catch {
      end(error)
    }
  }

  /// Another connection in place of one that has ended, for a command that goes on; nil while it has not.
  func renewConnection() -> Connection? {
    guard let ended = connection, ended.hasEnded else { return nil }
    let renewed = Connection(ended.settings, eventLoop: eventLoop)
    if let tracing { renewed.tracer = { tracing.observe($0) } }
    connection = renewed
    return renewed
  }

  /// Whether the broker is the built-in one.
  var isDemo: Bool { demo != nil }

  var isConnectionOver: Bool { connection?.hasEnded ?? true }

  /// For connections that a command makes beside the run's own: with a number each where they live side
  /// by side, from 1. nil where nobody wants to see them.
  func tracer(source: Int = 0) -> ((TraceEvent) -> Void)? {
    guard let tracing else { return nil }
    return { tracing.observe($0, from: source) }
  }

  /// Ends the bundle, if one is written.
  func concludeBundle(_ report: String) { tracing?.conclude(report: report) }

  /// Here, for every command that connects through a run.
  private func trace(_ connection: Connection) throws(CommandFailure) {
    if tracing == nil { tracing = try Tracing(arguments, onFailure: { [unowned self] in end($0) }) }
    guard let tracing else { return }
    connection.tracer = { tracing.observe($0) }
  }

  private func connectionSettings(_ keyPassword: [UInt8]?) throws(CommandFailure) -> ConnectionSettings {
    var random = SystemRandomNumberGenerator()
    let resolved: ConnectionSettings?
    do throws(UsageError) {
      resolved = try settings.connectionSettings(command.needs, keyPassword: keyPassword, random: &random)
    } catch {
      throw .usage(error)
    }
    guard let resolved else {
      throw CommandFailure(DiagnosisTable().internalError("no address to connect to"))
    }
    return resolved
  }

  private func startDemo(_ keyPassword: [UInt8]?) {
    LoopbackBroker.start(simulatesDevices: true, on: eventLoop).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let broker):
        self.demo = broker
        if let url = try? WebSocketURL(parsing: "ws://127.0.0.1:\(broker.port)/mqtt") {
          self.settings.supplyDemo(url)
        }
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
        now: time, idle: connection?.lastSilence, keepAlive: session?.keepAlive ?? 30, secrets: secrets,
        origin: { name in
          guard let key = SettingKey(rawValue: name) else { return nil }
          let origin = settings.origin(of: key)
          return origin == .builtIn || origin.isCommandLine ? nil : origin.description
        }))
  }

  private var secrets: KnownSecrets {
    guard let connection else { return KnownSecrets() }
    var secrets = KnownSecrets(connection.settings.transport)
    if case .literal(let password)? = settings.password { secrets.formUnion(KnownSecrets([password])) }
    return secrets
  }

  /// Tells what is worth telling of a connection's life.
  func tell(_ event: ConnectionEvent) {
    switch event {
    case .retrying(let error, let delay):
      var diagnosis = diagnoses.diagnosis(error)
      diagnosis.hint = "trying again in \(Human.duration(delay))"
      // A random one is nobody else's.
      if quickCuts.isFight(error, at: elapsed), settings.text(.clientIdentifier)?.contains("{") == false,
        let identifier = connection?.settings.session.clientIdentifier
      {
        diagnosis.hint += "; " + DiagnosisTable.sharedIdentifier(identifier)
      }
      diagnosis.origin = nil
      console.warn(diagnosis)
      wasInterrupted = true
    case .connected(_, let resumed):
      defer { (wasConnected, wasInterrupted) = (true, false) }
      guard wasInterrupted else { return }
      let words = resumed ? "connected again, the session goes on" : "connected again, with a new session"
      console.note(wasConnected ? words : "connected")
    case .unsubscribed(_, let unsubAck):
      for code in unsubAck.reasonCodes where code.isError {
        console.note("unsubscribing was denied: \(code.name(in: .unsubAck, version: .v5) ?? "unknown code")")
      }
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
  private var wasConnected = false
  private var quickCuts = QuickCuts()

  var elapsed: Duration { .nanoseconds((NIODeadline.now() - startedAt).nanoseconds) }

  // MARK: - The end

  /// Called once, right before the process ends: with the error that it ends with, or nil. What it gives
  /// back takes the place of that error.
  var atEnd: ((Diagnosis?) -> Diagnosis?)?

  private func interrupted(by signal: CInt) {
    endingSignal = signal
    stop()
  }

  private func stop() {
    eventLoop.assumeIsolated().scheduleTask(in: Self.grace) {
      // Ends the command, unless it still waits for its output.
      self.connection?.abort()
      self.end(.ok)
    }
    command.stop()
  }

  /// A signal outweighs everything else, and the end of the time whatever weighs less in the table of exit
  /// codes.
  func end(_ diagnosis: Diagnosis) -> Never {
    let status = diagnosis.status.combined(with: .maximumTime)
    let isLate = isOutOfTime && status == .maximumTime
    Exit.failed(concluded(isLate ? outOfTime : diagnosis), console)
  }

  func end(_ status: ExitStatus) -> Never {
    if isOutOfTime { end(outOfTime) }
    if let diagnosis = concluded(nil) { Exit.failed(diagnosis, console) }
    Exit.now(status)
  }

  func end(_ failure: CommandFailure) -> Never { end(failure.diagnosis) }

  func end(_ outputError: SystemError) -> Never {
    _ = concluded(DiagnosisTable().failedWrite("stdout", errno: outputError.errno))
    Exit.outputFailed(outputError, console)
  }

  private func concluded(_ diagnosis: Diagnosis) -> Diagnosis { concluded(.some(diagnosis)) ?? diagnosis }

  /// Does not come back after a signal.
  private func concluded(_ diagnosis: Diagnosis?) -> Diagnosis? {
    let atEnd = self.atEnd
    self.atEnd = nil
    let hasTime = endingSignal == nil && !isOutOfTime
    if hasTime { SignalSource.dieOfTheNextOne() }
    let failure = tracing?.finish(within: hasTime ? nil : Exit.graceForOutput, console)
    guard let endingSignal else { return atEnd?(diagnosis) ?? diagnosis ?? failure?.diagnosis }
    _ = atEnd?(Diagnosis(.system, .interrupt, "ended by signal \(endingSignal)", "it was asked to end"))
    StandardError.output.finish(within: Exit.graceForOutput)
    SignalSource.die(of: endingSignal)
  }

  private var outOfTime: Diagnosis {
    let limit = arguments.value("max-time") ?? ""
    return Diagnosis(
      .time, .maximumTime, "--max-time \(limit) is over", "allow more, or find what took so long")
  }
}
