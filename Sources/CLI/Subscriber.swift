import Client
import Expression
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

/// Carries out a `SubscribePlan` on a connection: what arrives is filtered, formatted and handed to the
/// writers; only what was written, and recorded where that was asked for, is acknowledged.
///
/// Lives on the event loop.
final class Subscriber: ConnectionDelegate {
  /// How long the output may hold up the reading of messages before the user hears of it.
  private static let stallTime = TimeAmount.seconds(5)
  /// Formatted bytes that are handed to the writer even in the middle of a read batch.
  private static let handOverSize = 64 * 1024

  let plan: SubscribePlan
  let connection: Connection
  var formatter: MessageFormatter
  var clock: ReadClock
  let notify: (Notice) -> Void
  private let isReady: () -> Void
  private let finish: (Outcome, Tally) -> Void
  /// The writer of the output; set right after the start.
  var writer: (any MessageOutput)? {
    get { printed.writer }
    set { printed.writer = newValue }
  }
  let printed = OutputLane()
  private var recording: Recording?

  private struct Recording {
    let lane = OutputLane()
    var writer = RecordingWriter()
    /// When the connection was lost that is not back yet.
    var lostAt: WallTime?
  }

  private(set) var expectations: Expectations
  /// `--then` runs: the run does not end well before it did.
  private var awaitsFollowUp = false

  var tally = Tally()
  private(set) var outcome: Outcome?
  /// No further message counts.
  var isEnding: Bool { outcome != nil }
  /// The last message that was formatted or left out.
  var lastSequence: UInt64 = 0
  private var acknowledged: UInt64 = 0
  /// The one that is printed while it still comes.
  var streamed: StreamedMessage?
  private var awaitedAnswers = Set<RequestID>()
  private var grantedCount = 0
  private(set) var denials: [Denial] = []
  /// Topics of the retained messages that are being cleared.
  private var removals: [RequestID: String] = [:]
  private var removalCount: UInt64 = 0
  private var failedRemoval: (topic: String, outcome: PublishOutcome)?
  private(set) var isPaused = false
  var isRecording: Bool { recording != nil }
  private var pauses: UInt64 = 0
  private var hasToldStall = false
  private var wasConnected = false
  private var hasEnded = false

  private static let subscribeID = RequestID(1)
  private static let unsubscribeID = RequestID(2)
  private static let firstRemovalID: UInt64 = 16

  /// - Parameters:
  ///   - notify: hears what the user may want to know.
  ///   - isReady: called when every filter has its answer, and at least one was granted.
  ///   - finish: called once, when everything is written and the connection has ended.
  init(
    _ plan: SubscribePlan, connection: Connection, formatter: MessageFormatter,
    wallClock: @escaping () -> WallTime, notify: @escaping (Notice) -> Void,
    isReady: @escaping () -> Void, finish: @escaping (Outcome, Tally) -> Void
  ) {
    self.plan = plan
    expectations = Expectations(plan.expectations)
    self.connection = connection
    self.formatter = formatter
    clock = ReadClock(wallClock)
    self.notify = notify
    self.isReady = isReady
    self.finish = finish
  }

  /// Subscribes as soon as there is a connection, and starts the wait.
  func start() {
    if !plan.subscriptions.isEmpty {
      awaitedAnswers.insert(Self.subscribeID)
      connection.subscribe(plan.subscriptions, properties: plan.properties, Self.subscribeID)
    }
    if !plan.unsubscribes.isEmpty {
      awaitedAnswers.insert(Self.unsubscribeID)
      connection.unsubscribe(
        plan.unsubscribes, properties: plan.unsubscribeProperties, Self.unsubscribeID)
    }
    if let wait = plan.wait {
      connection.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { self.waitExpired() }
    }
    connection.start()
  }

  // MARK: - Messages

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    guard outcome == nil else { return }
    // Neither printed nor acknowledged: it is not for this run.
    if plan.retainedOnly, !publish.message.retain { return end(.done) }
    lastSequence = sequence
    let document = plan.readsJSON ? formatter.decoding.documentText(of: publish.message) : nil
    guard isWanted(publish, document) else {
      tally.hidden += 1
      return
    }
    let receivedAt = clock.time(ofReadAt: connection.batchTime)
    let message = ReceivedMessage(publish, receivedAt: receivedAt, sequence: sequence)
    if publish.message.payload.readableBytes >= Self.largePayload, let coder = formatter.payloadCoder {
      print(message, coder)
    } else if let problem = formatter.append(message, to: &printed.bytes) {
      notify(.problem(problem, topic: publish.message.topic))
    }
    if let lane = recording?.lane { recording?.writer.append(message, to: &lane.bytes) }
    if !plan.expectations.isEmpty { expectations.consider(publish, document, at: receivedAt) }
    hasPrinted(publish.message, payloadLength: publish.message.payload.readableBytes)
  }

  /// All of a message is in the lane, or was handed over.
  func hasPrinted(_ message: Message, payloadLength: Int) {
    tally.printed += 1
    tally.payloadBytes += UInt64(payloadLength)
    if plan.removesRetained, message.retain, payloadLength > 0 { removeRetained(message) }
    if tally.printed == plan.count || isSettled {
      handOver()
      end(.done)
    } else {
      handOverIfMuch()
    }
  }

  func handOverIfMuch() {
    if printed.bytes.count >= Self.handOverSize
      || recording?.lane.bytes.count ?? 0 >= Self.handOverSize
    {
      handOver()
    }
  }

  func connectionDrainedInput(_ connection: Connection) {
    handOver()
  }

  func isWanted(_ publish: Publish, _ document: [UInt8]?) -> Bool {
    let message = publish.message
    if plan.hidesRetained, message.retain { return false }
    for filter in plan.filteredOut where filter.matches(message.topic) { return false }
    if plan.filters.isEmpty { return true }
    return Subject.withSubject(of: publish, document: document) { subject in
      plan.filters.allSatisfy { $0.matches(subject) }
    }
  }

  private func removeRetained(_ message: Message) {
    removalCount += 1
    let request = RequestID(Self.firstRemovalID + removalCount)
    removals[request] = message.topic
    connection.publish(Message(topic: message.topic, qos: message.qos, retain: true), request)
  }

  private func handOver() {
    var hasRoom = printed.handOver(upTo: lastSequence)
    if let recording, !recording.lane.handOver(upTo: lastSequence) { hasRoom = false }
    if !hasRoom { pause() }
    acknowledge()
  }

  private func acknowledge() {
    let delivered = min(printed.delivered, recording?.lane.delivered ?? .max)
    guard delivered > acknowledged else { return }
    acknowledged = delivered
    connection.delivered(upTo: delivered)
  }

  private var isDrained: Bool { printed.isDrained && recording?.lane.isDrained ?? true }

  func pause() {
    guard !isPaused else { return }
    isPaused = true
    pauses += 1
    connection.pauseInput()
    guard !hasToldStall else { return }
    let pause = pauses
    connection.eventLoop.assumeIsolated().scheduleTask(in: Self.stallTime) {
      guard self.isPaused, self.pauses == pause, !self.hasToldStall else { return }
      self.hasToldStall = true
      self.notify(.stalled)
    }
  }

  /// Everything up to this message has been printed.
  func written(upTo sequence: UInt64) { written(upTo: sequence, in: printed) }

  private func written(upTo sequence: UInt64, in lane: OutputLane) {
    lane.written(upTo: sequence)
    acknowledge()
    guard isDrained else { return }
    if isPaused {
      isPaused = false
      connection.resumeInput()
    }
    if hasEnded { finishIfWritten() } else { disconnectIfDone() }
  }

  func outputFailed(_ error: SystemError) { failed(printed, .outputFailed(error)) }

  private func failed(_ lane: OutputLane, _ outcome: Outcome) {
    guard lane.writer != nil else { return }
    self.outcome = outcome
    lane.fail()
    if hasEnded { finishIfWritten() } else { disconnect() }
  }

  // MARK: - Recording

  /// Records what is printed, from now on.
  func record(to writer: any MessageOutput) {
    let recording = Recording()
    recording.lane.writer = writer
    self.recording = recording
  }

  /// Everything up to this message has been recorded.
  func recorded(upTo sequence: UInt64) {
    if let lane = recording?.lane { written(upTo: sequence, in: lane) }
  }

  func recordingFailed(_ error: SystemError) {
    if let lane = recording?.lane { failed(lane, .recordingFailed(error)) }
  }

  private func recordLoss() {
    if wasConnected, recording?.lostAt == nil { recording?.lostAt = clock.now() }
  }

  /// What was sent meanwhile may be missing, at least of QoS 0.
  private func recordGap(resumed: Bool) {
    guard let lane = recording?.lane, let lostAt = recording?.lostAt else { return }
    recording?.lostAt = nil
    let reason = "connection lost, session \(resumed ? "resumed" : "new")"
    recording?.writer.append(RecordingGap(at: lostAt, reason: reason), to: &lane.bytes)
  }

  // MARK: - The end

  /// Ends the run once everything that was printed is written and acknowledged.
  func end(_ outcome: Outcome) {
    guard self.outcome == nil else { return }
    self.outcome = judged(outcome)
    cutStreamed()
    handOver()
    disconnectIfDone()
  }

  /// With expectations, the end of the time is when they are judged, and no failure in itself.
  private func judged(_ outcome: Outcome) -> Outcome {
    guard !plan.expectations.isEmpty else { return outcome }
    switch outcome {
    case .done, .waitExpired:
      if expectations.verdicts.contains(where: { $0.failure != nil }) { return .expectationsFailed }
      if case .waitExpired = outcome, plan.count != nil { return outcome }
      return .done
    default: return outcome
    }
  }

  /// Whether all that was expected has come, and nothing but it was asked for.
  private var isSettled: Bool {
    !plan.expectations.isEmpty && plan.count == nil && expectations.isSettled
  }

  private func waitExpired() {
    end(.waitExpired)
    guard awaitsFollowUp else { return }
    awaitsFollowUp = false
    if case .done? = outcome { outcome = .followUpFailed("still ran when -W was over") }
    disconnectIfDone()
  }

  /// `--then` was started, and the run ends well only after it did.
  func awaitFollowUp() { awaitsFollowUp = true }

  /// - Parameter failure: in words, nil when it went well.
  func followUpEnded(_ failure: String?) {
    guard awaitsFollowUp else { return }
    awaitsFollowUp = false
    if let failure {
      if case .done? = outcome { outcome = nil }
      end(.followUpFailed(failure))
    } else {
      disconnectIfDone()
    }
  }

  private func disconnectIfDone() {
    guard let outcome, removals.isEmpty, isDrained else { return }
    if case .done = outcome, awaitsFollowUp { return }
    disconnect()
  }

  private func disconnect() { connection.disconnect(properties: plan.disconnectProperties) }

  private func finishIfWritten() {
    guard isDrained else { return }
    if case .done? = outcome, let failedRemoval {
      outcome = .removalFailed(topic: failedRemoval.topic, failedRemoval.outcome)
    }
    finish(outcome ?? .done, tally)
  }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    if let topic = removals.removeValue(forKey: request) {
      switch outcome {
      case .sent, .acknowledged: break
      case .failed, .rejected, .unknown: failedRemoval = failedRemoval ?? (topic, outcome)
      }
    }
    disconnectIfDone()
  }

  func connectionCanSend(_ connection: Connection) {}

  // MARK: - Events

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    notify(.connection(event))
    switch event {
    case .subscribed(let id, let subAck, let asked): subscribed(id, subAck, asked)
    case .unsubscribed(let id, _): answered(id)
    case .rejected(_, let refusal): end(.rejected(refusal))
    case .resubscribed(let subAck, let asked): resubscribed(subAck, asked)
    case .ended(let error):
      if let error, outcome == nil { outcome = .connectionFailed(error) }
      hasEnded = true
      cutStreamed()
      handOver()
      finishIfWritten()
    case .retrying:
      tally.reconnections += 1
      recordLoss()
      cutStreamed()
      handOver()
    case .connected(_, let resumed):
      wasConnected = true
      recordGap(resumed: resumed)
    case .authentication, .sessionLost: break
    }
  }

  private func subscribed(_ id: RequestID, _ subAck: SubAck, _ asked: [Subscription]) {
    for (subscription, code) in zip(asked, subAck.reasonCodes) {
      if code.isError {
        denials.append(Denial(filter: subscription.filter, reasonCode: code))
      } else {
        grantedCount += 1
      }
    }
    answered(id)
  }

  /// With every filter denied there is nothing left to wait for.
  private func resubscribed(_ subAck: SubAck, _ asked: [Subscription]) {
    let codes = subAck.reasonCodes
    guard asked.count == plan.subscriptions.count, codes.allSatisfy(\.isError) else { return }
    end(.subscriptionDenied(zip(asked, codes).map { Denial(filter: $0.filter, reasonCode: $1) }))
  }

  private func answered(_ id: RequestID) {
    guard awaitedAnswers.remove(id) != nil, awaitedAnswers.isEmpty else { return }
    if !denials.isEmpty, grantedCount == 0 { return end(.subscriptionDenied(denials)) }
    if !denials.isEmpty, plan.requiresAll { return end(.subscriptionIncomplete(denials)) }
    isReady()
    if plan.endsAfterSubscribing { end(.done) }
  }
}
