import Client
import Glibc
import MQTTPackets
import NIOCore
import Options
import Presentation
import Profiles
import TUI
import Text

/// `mqttws watch`.
final class WatchCommand: ConnectingCommand {
  static var definition: CommandDefinition { WatchOptions.definition }

  private var plan: WatchPlan
  let needs: ConnectionNeeds
  private var session: WatchSession?
  private var mailbox: WatchMailbox?
  private var run: CommandRun?
  private var hasLeft = false

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    plan = try WatchOptions.plan(arguments)
    plan.keys = try WatchOptions.keys()
    needs = try PropertyOptions.needs(arguments, highestQoS: plan.qos, reconnects: true)
    // Before the first thread is started.
    if !plan.usesLines { SignalSource.blockTerminal() }
  }

  // MARK: - The start

  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure) {
    self.run = run
    let isDemo = run.isDemo
    if isDemo, plan.filters.isEmpty { plan.filters = ["#"] }
    do throws(SystemError) {
      let mailbox = try WatchMailbox()
      self.mailbox = mailbox
      let session = WatchSession(plan, run, connection, mailbox)
      self.session = session
      if let path = plan.recording { try record(session, path, run) }
      try startDisplay(run, session, mailbox, target: isDemo ? "@demo" : run.settings.url?.description ?? "")
    } catch {
      throw .system(error)
    }
    session?.start()
  }

  private func record(_ session: WatchSession, _ path: String, _ run: CommandRun) throws(SystemError) {
    do throws(CommandFailure) {
      try session.record(to: path, replaces: plan.replaces)
    } catch {
      run.end(error)
    }
  }

  private func startDisplay(
    _ run: CommandRun, _ session: WatchSession, _ mailbox: WatchMailbox, target: String
  ) throws(SystemError) {
    let configuration = Model.Configuration(
      target: target, version: CommandLineTool.version, isReadOnly: plan.isReadOnly,
      asksForFilter: plan.filters.isEmpty, keys: plan.keys,
      isMouseOn: plan.usesMouse)
    let eventLoop = run.eventLoop
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    try WatchScreenThread.start(
      plan, configuration, mailbox, usesScreen: !plan.usesLines,
      send: { command in eventLoop.execute { bound.value.perform(command) } },
      tellRoom: { eventLoop.execute { bound.value.session?.hasRoom() } },
      left: { eventLoop.execute { bound.value.left() } })
  }

  // MARK: - The end

  private func perform(_ command: Command) {
    if command != .quit { session?.perform(command) }
  }

  func stop() { mailbox?.close() }

  /// The screen is given back: what is open is closed, then the run ends.
  private func left() {
    guard !hasLeft, let session, let run else { return }
    hasLeft = true
    session.end { self.end(run, session) }
  }

  private func end(_ run: CommandRun, _ session: WatchSession) {
    for line in summary(run, session) { run.console.summarise(line) }
    if let failure = session.recorder?.failure { run.end(failure) }
    // Whoever looked at a connection that worked, and left, has what was asked for.
    if let failure = session.failure, !session.hasConnected || plan.usesLines { run.end(failure) }
    run.end(.ok)
  }

  /// What the user has on the normal screen of a session that is no longer to be seen.
  private func summary(_ run: CommandRun, _ session: WatchSession) -> [String] {
    var counters = RunCounters()
    counters.messages = Int(clamping: session.counters.messagesReceived)
    counters.payloadBytes = Int(clamping: session.counters.payloadBytesReceived)
    counters.wireBytes = Int(clamping: session.counters.bytesReceived)
    counters.reconnections = session.reconnections
    let target = run.isDemo ? "@demo" : run.settings.url?.description ?? ""
    var last = "nothing was recorded"
    if let recorder = session.recorder {
      last = "\(Human.plural(Int(clamping: recorder.messages), "message")) recorded in \(recorder.path)"
      if recorder.dropped > 0 { last += ", \(Human.grouped(Int(clamping: recorder.dropped))) left out" }
    }
    let reason = session.failure.map { ", \($0.layer.rawValue): \($0.cause)" } ?? ""
    return ["watched \(target)\(reason)", RunSummary.received(counters, in: run.elapsed), last]
  }
}

extension WatchCommand {
  /// A file is opened in the same views; everything else is a target.
  static func run(_ words: [String]) -> Never {
    let console = Console(words: words)
    do throws(CommandFailure) {
      let arguments = try Program.parse(words, definition)
      if let word = arguments.positionals.first?.text, WatchRecordingCommand.isRecording(word) {
        WatchRecordingCommand.run(word, arguments)
      }
    } catch {
      Exit.failed(error.diagnosis, console)
    }
    CommandRun.run(Self.self, words)
  }
}

extension Diagnosis {
  /// Cause and hint in one line, as every error shows them.
  var words: String { "\(layer.rawValue): \(cause) — \(hint)" }
}
