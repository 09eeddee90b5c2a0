import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

/// Asks one question and collects its answers: subscribes to the response topic, publishes the request
/// once that is granted, and prints what belongs to it.
///
/// Lives on the event loop.
final class Requester: ConnectionDelegate {
  enum Outcome {
    case answered
    case timedOut
    case subscriptionDenied(ReasonCode, Properties)
    case subscriptionRejected(LocalRefusal)
    case publishFailed(PublishOutcome)
    case connectionFailed(ClientError)
    case outputFailed(SystemError)
    /// Asked to stop.
    case stopped
  }

  /// What the summary tells.
  struct Tally: Equatable {
    /// Of each answer, since the request was published.
    var latencies: [Duration] = []
    /// Messages of the response topic that answer something else.
    var ignored = 0
    /// The server says that nobody subscribes to the request's topic.
    var isUnheard = false
    var responseTopic = ""
  }

  /// Latencies that are kept for the summary; there is no bound on answers.
  private static let keptLatencies = 10_000
  private static let subscribeID = RequestID(1)
  private static let publishID = RequestID(2)

  private let plan: RequestPlan
  private let connection: Connection
  private var formatter: MessageFormatter
  private var clock: ReadClock
  private let notify: (ConnectionEvent) -> Void
  private let problem: (FormatProblem, String) -> Void
  private let finish: (Outcome, Tally) -> Void
  private let printed = OutputLane()
  private var tally = Tally()
  private var answers: UInt64 = 0
  private var request: Message
  private var lastSequence: UInt64 = 0
  private var publishedAt: NIODeadline?
  private var timer: Scheduled<Void>?
  private var outcome: Outcome?
  private var isPaused = false
  private var hasEnded = false

  /// - Parameter finish: called once, when everything is written and the connection has ended.
  init(
    _ plan: RequestPlan, payload: ByteBuffer, connection: Connection, formatter: MessageFormatter,
    wallClock: @escaping () -> WallTime, notify: @escaping (ConnectionEvent) -> Void,
    problem: @escaping (FormatProblem, String) -> Void, finish: @escaping (Outcome, Tally) -> Void
  ) {
    self.plan = plan
    self.connection = connection
    self.formatter = formatter
    clock = ReadClock(wallClock)
    self.notify = notify
    self.problem = problem
    self.finish = finish
    request = plan.publish.message(payload)
  }

  /// Set right after the start; the writer calls back into this object.
  var writer: (any MessageOutput)? {
    get { printed.writer }
    set { printed.writer = newValue }
  }

  // MARK: - The question

  private func connected(_ connAck: ConnAck) {
    guard tally.responseTopic.isEmpty, outcome == nil else { return }
    let isVersion5 = connection.settings.session.version == .v5
    let topic = plan.responseTopic(connAck.properties.responseInformation)
    tally.responseTopic = topic
    if isVersion5 { plan.complete(&request, responseTopic: topic) } else { request.properties = [] }
    startTimer()
    let retainHandling: Subscription.RetainHandling = isVersion5 ? .doNotSend : .sendAtSubscribe
    connection.subscribe(
      [Subscription(topic, qos: request.qos, retainHandling: retainHandling)], Self.subscribeID)
  }

  private func subscribed(_ subAck: SubAck) {
    guard outcome == nil, publishedAt == nil else { return }
    if let code = subAck.reasonCodes.first, code.isError {
      return end(.subscriptionDenied(code, subAck.properties))
    }
    startTimer()
    publishedAt = connection.eventLoop.now
    connection.publish(request, Self.publishID)
  }

  private func startTimer() {
    timer?.cancel()
    timer = connection.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(plan.timeout)) {
      self.end(.timedOut)
    }
  }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    switch outcome {
    case .sent: break
    case .acknowledged(let code, _): tally.isUnheard = code == .noMatchingSubscribers
    case .failed, .rejected, .unknown: end(.publishFailed(outcome))
    }
  }

  // MARK: - The answers

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    guard outcome == nil else { return }
    lastSequence = sequence
    guard let publishedAt, isAnswer(publish.message) else {
      tally.ignored += 1
      return
    }
    let latency = Duration.nanoseconds((connection.eventLoop.now - publishedAt).nanoseconds)
    answers += 1
    if tally.latencies.count < Self.keptLatencies { tally.latencies.append(latency) }
    let message = ReceivedMessage(
      publish, receivedAt: clock.time(ofReadAt: connection.batchTime), sequence: sequence)
    if let flaw = formatter.append(message, to: &printed.bytes) { problem(flaw, publish.message.topic) }
    if case .json = formatter.format { appendLatency(latency) }
    if answers == plan.count { end(.answered) }
  }

  /// One more member for the line that was just written.
  private func appendLatency(_ latency: Duration) {
    let end: [UInt8] = formatter.layout.endsLines ? [0x7D, 0x0A] : [0x7D]
    printed.bytes.removeLast(end.count)
    let (seconds, attoseconds) = latency.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    printed.bytes += Array(",\"latency_ns\":\(nanoseconds)".utf8) + end
  }

  /// What was there before the question answers something else, and so does what has other correlation
  /// data. An answer without any counts where nobody else can know the topic, or nothing has any.
  private func isAnswer(_ message: Message) -> Bool {
    if message.retain { return false }
    guard let asked = request.properties.correlationData else { return true }
    guard let answered = message.properties.correlationData else { return plan.hasPrivateTopic }
    return answered == asked
  }

  func connectionDrainedInput(_ connection: Connection) { handOver() }

  private func handOver() {
    let hasRoom = printed.handOver(upTo: lastSequence)
    if !hasRoom, !isPaused {
      isPaused = true
      connection.pauseInput()
    }
    connection.delivered(upTo: printed.delivered)
  }

  /// Everything up to this message has been written.
  func written(upTo sequence: UInt64) {
    printed.written(upTo: sequence)
    connection.delivered(upTo: printed.delivered)
    guard printed.isDrained else { return }
    if isPaused {
      isPaused = false
      connection.resumeInput()
    }
    if hasEnded { finishIfWritten() } else { disconnectIfDone() }
  }

  func outputFailed(_ error: SystemError) {
    guard printed.writer != nil else { return }
    outcome = .outputFailed(error)
    printed.fail()
    if hasEnded { finishIfWritten() } else { disconnectIfDone() }
  }

  // MARK: - The end

  func end(_ outcome: Outcome) {
    guard self.outcome == nil else { return }
    self.outcome = outcome
    timer?.cancel()
    handOver()
    disconnectIfDone()
  }

  private func disconnectIfDone() {
    guard outcome != nil, printed.isDrained else { return }
    connection.disconnect(properties: plan.publish.disconnectProperties)
  }

  private func finishIfWritten() {
    guard printed.isDrained else { return }
    finish(outcome ?? .stopped, tally)
  }

  func connectionCanSend(_ connection: Connection) {}

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    notify(event)
    switch event {
    case .connected(let connAck, _): connected(connAck)
    case .subscribed(_, let subAck, _): subscribed(subAck)
    case .rejected(_, let refusal): end(.subscriptionRejected(refusal))
    case .ended(let error):
      timer?.cancel()
      if let error, outcome == nil { outcome = .connectionFailed(error) }
      hasEnded = true
      handOver()
      finishIfWritten()
    default: break
    }
  }
}
