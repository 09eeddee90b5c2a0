import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Options
import Presentation
import Profiles
import Text

/// `mqttws pub`.
final class PublishCommand: ConnectingCommand {
  static var definition: CommandDefinition { PublishOptions.definition }

  private let plan: PublishPlan
  private(set) var needs: ConnectionNeeds
  private var connection: Connection?

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    plan = try PublishOptions.plan(arguments)
    needs = try PropertyOptions.needs(
      arguments, highestQoS: plan.highestQoS,
      reconnects: plan.source == .lines || plan.hasVaryingTopics || plan.repeats > 1)
    needs.maximumInFlight =
      try OptionValues.number(arguments, "max-inflight", 1...65_535).map(UInt16.init(clamping:))
  }

  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure) {
    self.connection = connection
    switch plan.source {
    case .bytes(let payload): try publish(payload, run, connection)
    case .file(let path): try publishWhole(.file(path), run, connection)
    case .standardInput: try publishWhole(.standardInput, run, connection)
    case .lines:
      let filler = try PlaceholderOptions.filler(plan, nil, connection)
      do throws(SystemError) {
        // The publisher needs its input and the input calls the publisher.
        var publisher: Publisher?
        let input = try LineInput(
          "standard input", descriptor: STDIN_FILENO, limit: plan.payloadLimit, eventLoop: run.eventLoop
        ) { publisher?.pump() }
        publisher = publish(input, run, connection, filler: filler)
      } catch {
        throw .system(error)
      }
    case .recording(let source): try replay(source, run, connection)
    }
  }

  func stop() { connection?.disconnect(properties: plan.disconnectProperties) }

  private func publishWhole(
    _ source: WholeInput.Source, _ run: CommandRun, _ connection: Connection
  ) throws(CommandFailure) {
    do throws(SystemError) {
      try WholeInput.open(
        source, limit: plan.payloadLimit, leavesLarge: plan.maySendUnread, eventLoop: run.eventLoop
      ) { result in
        do throws(CommandFailure) {
          switch result {
          case .success(.bytes(let payload)): try self.publish(payload, run, connection)
          case .success(.file(let file)): try self.publish(file, run, connection)
          case .failure(let failure): run.end(failure.diagnosis(run.diagnoses))
          }
        } catch {
          run.end(error)
        }
      }
    } catch {
      throw .system(error)
    }
  }

  private func publish(
    _ payload: ByteBuffer, _ run: CommandRun, _ connection: Connection
  ) throws(CommandFailure) {
    let filler = try PlaceholderOptions.filler(plan, payload, connection)
    let eventLoop = run.eventLoop
    let input = RepeatedInput(
      payload, count: plan.repeats, delay: plan.repeatDelay, clock: { eventLoop.now })
    publish(input, run, connection, filler: filler)
  }

  private func publish(
    _ file: FileInput.File, _ run: CommandRun, _ connection: Connection
  ) throws(CommandFailure) {
    do throws(SystemError) {
      let input = try FileInput(file, eventLoop: run.eventLoop) { connection.abort() }
      publish(input, run, connection)
    } catch {
      throw .system(error)
    }
  }

  private func replay(
    _ source: WholeInput.Source, _ run: CommandRun, _ connection: Connection
  ) throws(CommandFailure) {
    var publisher: Publisher?
    let input = ReplayInput(
      source, plan.replay, version: connection.settings.session.version, eventLoop: run.eventLoop
    ) { publisher?.pump() }
    do throws(SystemError) {
      try input.open {
        if let failure = input.failure { run.end(failure.diagnosis(run.diagnoses, option: "--replay")) }
        let report = ReplayReport(run, input)
        publisher = self.publish(input, run, connection, report)
        report.publisher = publisher
        report.start()
      }
    } catch {
      throw .system(error)
    }
  }

  @discardableResult
  private func publish(
    _ input: any PublishInput, _ run: CommandRun, _ connection: Connection, _ report: ReplayReport? = nil,
    filler: MessageFiller? = nil
  ) -> Publisher {
    var plan = plan
    plan.filler = filler
    let publisher = Publisher(
      plan, connection: connection, input: input, notify: { run.tell($0) },
      finish: { [plan] outcome in
        report?.finish()
        Self.end(run, plan, outcome)
      })
    connection.delegate = publisher
    connection.start()
    return publisher
  }

  private static func end(
    _ run: CommandRun, _ plan: PublishPlan, _ outcome: Publisher.Outcome
  ) {
    switch outcome {
    case .inputFailed(let failure, let tally):
      tellUnacknowledged(run, tally)
      run.end(failure.diagnosis(run.diagnoses, sent: tally.finished + tally.open))
    case .connectionFailed(let error, let tally):
      tellUnacknowledged(run, tally)
      run.end(run.diagnoses.diagnosis(error))
    case .done(let tally, let firstFailure):
      tellUnacknowledged(run, tally)
      guard let firstFailure else { run.end(.ok) }
      run.end(diagnosis(run, plan, tally, firstFailure))
    }
  }

  /// A signal, or the loss of the connection, leaves messages whose fate nobody knows.
  private static func tellUnacknowledged(_ run: CommandRun, _ tally: Publisher.Tally) {
    guard tally.open > 0 else { return }
    run.console.note("\(Human.plural(Int(clamping: tally.open), "message")) not acknowledged")
  }

  private static func diagnosis(
    _ run: CommandRun, _ plan: PublishPlan, _ tally: Publisher.Tally, _ failure: PublishOutcome
  ) -> Diagnosis {
    if tally.unknown > 0 {
      return run.diagnoses.sessionLost(SessionLoss(unknown: Int(clamping: tally.unknown)))
    }
    let topic = tally.failedTopic ?? plan.topic
    if case .acknowledged = failure {
      return Diagnosis(
        .check, .checkFailed, "nobody subscribes to '\(topic)' (No matching subscribers, 0x10)",
        "start the subscriber first: its --ready-file tells when")
    }
    var diagnosis =
      run.diagnoses.publishFailure(topic, failure) ?? run.diagnoses.internalError("\(failure)")
    if tally.failed > 1 {
      diagnosis.cause += " (and \(Human.plural(Int(clamping: tally.failed - 1), "more message")))"
    }
    return diagnosis
  }
}

extension InputFailure {
  /// - Parameters:
  ///   - option: the one that names the input.
  ///   - sent: messages that went out before.
  func diagnosis(_ table: DiagnosisTable, option: String = "-f", sent: UInt64 = 0) -> Diagnosis {
    switch self {
    case .badRecord(let name, let error):
      table.badInput(
        name, "line \(error.line): \(error.problem)",
        hint: sent == 0
          ? "nothing was sent" : "\(Human.plural(Int(clamping: sent), "message")) went out before it")
    case .read("standard input", let error):
      Diagnosis(
        .input, .noInput, "standard input: \(error.text.lowercased())", "give -s or -l something to read")
    case .read(let name, let error):
      table.unreadableInput(name, errno: error.errno, option: option)
    case .lineTooLong(let limit, let line):
      table.badInput(
        "standard input", "line \(line) is longer than \(Human.bytes(limit))",
        hint: "that is the largest payload of a packet")
    case .tooLarge(let name, let limit):
      table.badInput(
        name, "larger than \(Human.bytes(limit)), the largest payload that fits into a packet",
        hint: "split it, or publish its lines with -l")
    case .cut(let name, let missing):
      Diagnosis(
        .input, .noInput, "\(name): became shorter while it was sent, \(Human.bytes(missing)) are missing",
        "the message was not published; try again when nobody writes to the file")
    case .empty(let name): table.badInput(name, "nothing came", hint: "-n publishes an empty payload")
    }
  }
}
