import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Options
import Presentation
import Profiles
import Text

/// `mqttws request`.
final class RequestCommand: ConnectingCommand {
  static var definition: CommandDefinition { RequestOptions.definition }

  private let plan: RequestPlan
  private let formatter: MessageFormatter
  let needs: ConnectionNeeds
  private var requester: Requester?

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    plan = try RequestOptions.plan(arguments, random: .random(in: .min ... .max))
    formatter = try SubscribeOptions.formatter(arguments)
    var needs = try PropertyOptions.needs(arguments, highestQoS: plan.publish.qos, reconnects: false)
    let isAsked = needs.connectProperties.elements.contains { $0.identifier == .requestResponseInformation }
    if plan.hasPrivateTopic, !isAsked { needs.connectProperties.append(.requestResponseInformation(true)) }
    self.needs = needs
  }

  /// The response topic is the one thing of MQTT 5 that is of use here: as an agreement of both sides.
  func checkVersion3(_ arguments: ParsedArguments, origin: String) throws(CommandFailure) {
    try PropertyOptions.checkVersion3(arguments, origin: origin, allowed: ["response-topic"])
    guard !arguments.contains("response-topic") else { return }
    throw .usage(
      "MQTT 3.1.1 has no response topic of its own",
      hint: "name the topic that answers come to with --response-topic, or use -V 5 "
        + "(the version came from \(origin))")
  }

  func start(_ run: CommandRun, _ connection: Connection) throws(CommandFailure) {
    switch plan.publish.source {
    case .bytes(let payload): try request(payload, run, connection)
    case .file(let path): try request(.file(path), run, connection)
    case .standardInput: try request(.standardInput, run, connection)
    case .lines, .recording: throw CommandFailure(run.diagnoses.internalError("no single payload"))
    }
  }

  func stop() { requester?.end(.stopped) }

  private func request(
    _ source: WholeInput.Source, _ run: CommandRun, _ connection: Connection
  ) throws(CommandFailure) {
    let limit = plan.publish.payloadLimit
    do throws(SystemError) {
      try WholeInput.read(source, limit: limit, eventLoop: run.eventLoop) { result in
        do throws(CommandFailure) {
          switch result {
          case .success(let payload): try self.request(payload, run, connection)
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

  private func request(
    _ payload: ByteBuffer, _ run: CommandRun, _ connection: Connection
  ) throws(CommandFailure) {
    var plan = plan
    plan.publish.filler = try PlaceholderOptions.filler(plan.publish, payload, connection)
    let requester = Requester(
      plan, payload: payload, connection: connection, formatter: formatter, wallClock: { WallTime.now },
      notify: { run.tell($0) },
      problem: { run.console.note(FormatProblemText.text($0, topic: $1)) },
      finish: { [plan] outcome, tally in Self.end(run, plan, outcome, tally) })
    self.requester = requester
    connection.delegate = requester
    let bound = NIOLoopBound(requester, eventLoop: run.eventLoop)
    do throws(SystemError) {
      requester.writer = try OutputWriter(
        descriptor: STDOUT_FILENO, eventLoop: run.eventLoop,
        onWritten: { bound.value.written(upTo: $0) }, onFailure: { bound.value.outputFailed($0) })
    } catch {
      throw .system(error)
    }
    connection.start()
  }

  private static func end(
    _ run: CommandRun, _ plan: RequestPlan, _ outcome: Requester.Outcome, _ tally: Requester.Tally
  ) {
    summarise(run, tally)
    switch outcome {
    case .answered, .stopped: run.end(.ok)
    case .timedOut: run.end(timedOut(plan, tally))
    case .subscriptionDenied(let code, let properties):
      run.end(run.diagnoses.denied(tally.responseTopic, code, properties))
    case .subscriptionRejected(let refusal): run.end(run.diagnoses.rejected("subscribe", refusal))
    case .publishFailed(let failure):
      let diagnosis = run.diagnoses.publishFailure(plan.publish.topic, failure)
      run.end(diagnosis ?? run.diagnoses.internalError("\(failure)"))
    case .connectionFailed(let error): run.end(run.diagnoses.diagnosis(error))
    case .outputFailed(let error): run.end(error)
    }
  }

  private static func timedOut(_ plan: RequestPlan, _ tally: Requester.Tally) -> Diagnosis {
    let missing =
      tally.latencies.isEmpty
      ? "no answer"
      : "\(Human.plural(tally.latencies.count, "answer")) of \(Human.grouped(Int(clamping: plan.count)))"
    let hint =
      if tally.isUnheard {
        "nobody subscribes to '\(plan.publish.topic)'"
      } else if tally.ignored > 0 {
        "what came on '\(tally.responseTopic)' answers something else"
      } else {
        "check -t, and that somebody answers to '\(tally.responseTopic)'; a larger -W waits longer"
      }
    return Diagnosis(.time, .waitExpired, "\(missing) within \(Human.duration(plan.timeout))", hint)
  }

  /// `answer after 1.2ms`, `3 answers after 1.2ms to 40ms, 2 others ignored`
  private static func summarise(_ run: CommandRun, _ tally: Requester.Tally) {
    var parts: [String] = []
    if let first = tally.latencies.first, let last = tally.latencies.last {
      let count = tally.latencies.count
      parts.append(
        count == 1
          ? "answer after \(Human.duration(first))"
          : "\(Human.plural(count, "answer")) after \(Human.duration(first)) to \(Human.duration(last))")
    }
    if tally.ignored > 0 {
      parts.append("\(Human.plural(tally.ignored, "message")) ignored that answer something else")
    }
    if !parts.isEmpty { run.console.note(parts.joined(separator: ", ")) }
  }
}
