import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Options
import Presentation
import Profiles
import Text

/// `mqttws sub`.
final class SubscribeCommand: ConnectingCommand {
  static var definition: CommandDefinition { SubscribeOptions.definition }

  private let plan: SubscribePlan
  private let formatter: MessageFormatter
  private let ready: ReadySignal
  let needs: ConnectionNeeds
  private let recordPath: String?
  private let junitPath: String?
  private let replacesFiles: Bool
  private let followUp: FollowUpCommand?
  private let decodeCommand: PipedCommand?
  private var decodingStage: DecodingStage?
  private var subscriber: Subscriber?

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    plan = try SubscribeOptions.plan(arguments)
    formatter = try SubscribeOptions.formatter(arguments)
    ready = try ReadySignal(arguments)
    recordPath = arguments.value("record")
    junitPath = arguments.value("junit")
    replacesFiles = arguments.isOn("force")
    followUp = plan.followUp.map(FollowUpCommand.init)
    decodeCommand = arguments.value("decode-command").map { PipedCommand($0) }
    if decodeCommand != nil, recordPath != nil {
      throw .usage(
        "--record keeps payloads as they came, and --decode-command changes them",
        hint: "leave one of them out")
    }
    let qos = plan.subscriptions.map(\.qos).max() ?? .atMostOnce
    needs = try PropertyOptions.needs(arguments, highestQoS: qos, reconnects: true)
  }

  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure) {
    let record = try recordPath.map { path throws(CommandFailure) in
      try OutputFile.create(path, replaces: replacesFiles)
    }
    let junit = try junitPath.map { path throws(CommandFailure) in
      try OutputFile.create(path, replaces: replacesFiles)
    }
    let subscriber = Subscriber(
      plan, connection: connection, formatter: formatter, wallClock: { WallTime.now },
      notify: { Self.tell(run, $0) }, isReady: { self.isReady(run) },
      finish: { outcome, tally in self.end(run, record, outcome, tally) })
    self.subscriber = subscriber
    let checks = CheckReport(plan, followUp: followUp, startedAt: WallTime.now)
    run.atEnd = { [followUp, decodeCommand] diagnosis in
      followUp?.kill()
      decodeCommand?.kill()
      return checks.write(to: junit, subscriber.expectations, endedBy: diagnosis)
    }
    connection.delegate = delegate(subscriber, run, connection)
    if decodeCommand == nil, record == nil, subscriber.takesStreams { connection.payloadStream = subscriber }
    let bound = NIOLoopBound(subscriber, eventLoop: run.eventLoop)
    do throws(SystemError) {
      subscriber.writer = try OutputWriter(
        descriptor: STDOUT_FILENO, eventLoop: run.eventLoop,
        onWritten: { bound.value.written(upTo: $0) }, onFailure: { bound.value.outputFailed($0) })
      if let record {
        subscriber.record(
          to: try OutputWriter(
            descriptor: record.descriptor, eventLoop: run.eventLoop,
            onWritten: { bound.value.recorded(upTo: $0) }, onFailure: { bound.value.recordingFailed($0) }))
      }
      try ReaderWatch.start(descriptor: STDOUT_FILENO, eventLoop: run.eventLoop) {
        bound.value.outputFailed(SystemError(errno: EPIPE, operation: "write"))
      }
    } catch {
      throw .system(error)
    }
    subscriber.start()
  }

  /// Who hears of messages first.
  private func delegate(
    _ subscriber: Subscriber, _ run: CommandRun, _ connection: Connection
  ) -> any ConnectionDelegate {
    guard let decodeCommand else { return subscriber }
    let stage = DecodingStage(decodeCommand, to: subscriber, of: connection) { topic, failure in
      run.console.note("--decode-command: for '\(topic)' it \(failure)")
    }
    decodingStage = stage
    return stage
  }

  func stop() {
    followUp?.kill()
    subscriber?.followUpEnded(nil)
    subscriber?.end(.done)
  }

  private static func tell(_ run: CommandRun, _ notice: Subscriber.Notice) {
    switch notice {
    case .connection(let event): run.tell(event)
    case .problem(let problem, let topic): run.console.note(FormatProblemText.text(problem, topic: topic))
    case .cut(let topic, let printed, let length):
      run.console.note(
        "a message of '\(topic)' broke off: \(Human.bytes(printed)) of \(Human.bytes(length)) came")
    case .stalled:
      run.console.note("the output takes no more: messages wait at the broker, which may drop those of QoS 0")
    }
  }

  private func isReady(_ run: CommandRun) {
    if let subscriber {
      for denial in subscriber.denials {
        run.console.warn(run.diagnoses.denied(denial.filter, denial.reasonCode))
      }
    }
    do throws(CommandFailure) {
      try ready.give("ready\n")
      try startFollowUp(run)
    } catch {
      run.end(error)
    }
  }

  private func startFollowUp(_ run: CommandRun) throws(CommandFailure) {
    guard let followUp, let subscriber else { return }
    subscriber.awaitFollowUp()
    do throws(SystemError) {
      try followUp.start(on: run.eventLoop) { subscriber.followUpEnded($0.failure) }
    } catch {
      throw .system(error)
    }
  }

  private func end(
    _ run: CommandRun, _ record: OutputFile?, _ outcome: Subscriber.Outcome, _ tally: Subscriber.Tally
  ) {
    Self.summarise(run, tally)
    do throws(CommandFailure) {
      if case .recordingFailed(let error) = outcome, let record { throw record.failure(error.errno) }
      try record?.close()
    } catch {
      run.end(error)
    }
    switch outcome {
    case .done: run.end(.ok)
    case .waitExpired:
      run.end(
        Diagnosis(
          .time, .waitExpired,
          "-W \(run.arguments.value("wait") ?? "") is over after "
            + Human.plural(Int(clamping: tally.printed), "message")
            + (run.arguments.value("count").map { " of \($0)" } ?? ""),
          tally.printed == 0 ? "check -t, and that something is published" : "a larger -W waits longer"))
    case .expectationsFailed: run.end(CheckReport.diagnosis(subscriber?.expectations.verdicts ?? []))
    case .followUpFailed(let how): run.end(CheckReport.diagnosis(followUp: how))
    case .subscriptionDenied(let denials): run.end(Self.diagnosis(run, denials))
    case .subscriptionIncomplete(let denials):
      var diagnosis = Self.diagnosis(run, denials)
      diagnosis.status = .checkFailed
      run.end(diagnosis)
    case .rejected(let refusal): run.end(run.diagnoses.rejected("subscribe", refusal))
    case .removalFailed(let topic, let outcome):
      let diagnosis = run.diagnoses.publishFailure(topic, outcome)
      run.end(diagnosis ?? run.diagnoses.internalError("\(outcome)"))
    case .connectionFailed(let error): run.end(run.diagnoses.diagnosis(error))
    case .outputFailed(let error), .recordingFailed(let error): run.end(error)
    }
  }

  private static func diagnosis(_ run: CommandRun, _ denials: [Subscriber.Denial]) -> Diagnosis {
    guard let first = denials.first else { return run.diagnoses.internalError("nothing was denied") }
    var diagnosis = run.diagnoses.denied(first.filter, first.reasonCode)
    if denials.count > 1 {
      diagnosis.cause += " (and \(Human.plural(denials.count - 1, "more filter")))"
    }
    return diagnosis
  }

  private static func summarise(_ run: CommandRun, _ tally: Subscriber.Tally) {
    guard Terminal.isTerminal(STDERR_FILENO), Terminal.isTerminal(STDOUT_FILENO) else { return }
    var counters = RunCounters()
    counters.messages = Int(clamping: tally.printed)
    counters.filtered = Int(clamping: tally.hidden)
    counters.payloadBytes = Int(clamping: tally.payloadBytes)
    counters.reconnections = Int(clamping: tally.reconnections)
    run.console.note(RunSummary.received(counters, in: run.elapsed))
  }
}
