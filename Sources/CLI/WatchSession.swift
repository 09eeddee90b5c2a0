import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import TUI
import Text

/// The connection's side of `watch`: messages and events go into the mailbox, commands come out of the
/// model. Never waits for the screen.
///
/// Lives on the event loop.
final class WatchSession: ConnectionDelegate {
  /// Requests of the model under way.
  enum Request {
    case publish(identifier: Int, since: MonotonicTime, qos: QoS)
    case clear

    var since: MonotonicTime? { if case .publish(_, let since, _) = self { since } else { nil } }
  }

  let plan: WatchPlan
  let run: CommandRun
  let mailbox: WatchMailbox
  private(set) var connection: Connection
  var recorder: WatchRecorder?
  var health = WatchHealth()
  var counters = TrafficCounters()
  private(set) var reconnections = 0
  /// Why nothing follows by itself; nil while the connection lives, and after an end that was asked for.
  private(set) var failure: Diagnosis?
  private(set) var hasConnected = false

  private var subscriptions: [Subscription]
  private var areStopped = false
  private var nextRequest: UInt64 = 1
  private var requests: [RequestID: Request] = [:]
  private var clearing = (open: 0, cleared: 0, failed: 0)
  private var lastSequence: UInt64 = 0
  /// Of connections before this one: numbers go on over a run.
  private var sequenceBase: UInt64 = 0
  private var tallyBase = Connection.Tally()
  private var clock = ReadClock { WallTime.now }
  private var isFull = false
  private var isUp = false
  private var attempt = 0
  /// Called once the connection has ended after `end`.
  private var onEnded: (() -> Void)?

  init(_ plan: WatchPlan, _ run: CommandRun, _ connection: Connection, _ mailbox: WatchMailbox) {
    self.plan = plan
    self.run = run
    self.connection = connection
    self.mailbox = mailbox
    subscriptions = plan.filters.map { Subscription($0, qos: plan.qos) }
  }

  func start() {
    begin(connection)
    tellHealthAgain()
  }

  private func begin(_ connection: Connection) {
    self.connection = connection
    connection.delegate = self
    let asked = connection.tracer
    connection.tracer = { [unowned self] event in
      asked?(event)
      trace(event)
    }
    if !subscriptions.isEmpty, !areStopped { connection.subscribe(subscriptions, newRequest()) }
    connection.start()
  }

  func newRequest() -> RequestID {
    defer { nextRequest += 1 }
    return RequestID(nextRequest)
  }

  // MARK: - Messages

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    lastSequence = sequence
    let number = sequenceBase + sequence
    counters.messagesReceived += 1
    counters.payloadBytesReceived += UInt64(publish.message.payload.readableBytes)
    let receivedAt = clock.time(ofReadAt: connection.batchTime)
    recorder?.append(ReceivedMessage(publish, receivedAt: receivedAt, sequence: number))
    let mayDrop = plan.drops && publish.message.qos == .atMostOnce
    if !mailbox.add(publish, number: number, receivedAt: receivedAt, dropsWhenFull: mayDrop) {
      counters.viewDrops += 1
    }
  }

  func connectionDrainedInput(_ connection: Connection) {
    countTraffic()
    let hasRoom = mailbox.messagesAdded(counters)
    recorder?.handOver()
    connection.delivered(upTo: lastSequence)
    if !hasRoom, !plan.drops, !isFull {
      isFull = true
      connection.pauseInput()
    }
  }

  /// The screen has taken what filled the mailbox.
  func hasRoom() {
    guard isFull else { return }
    isFull = false
    connection.resumeInput()
  }

  private func trace(_ event: TraceEvent) {
    if plan.keepsWire { mailbox.add(wire: event) }
    switch event.kind {
    case .bytes(.received, let bytes): counters.bytesReceived += UInt64(bytes.readableBytes)
    case .bytes(.sent, let bytes): counters.bytesSent += UInt64(bytes.readableBytes)
    case .state(.connecting):
      attempt += 1
      mailbox.add(.connection(.connecting(attempt: attempt)))
    default: break
    }
  }

  private func countTraffic() {
    let tally = connection.tally
    counters.framesReceived = tallyBase.framesReceived + tally.framesReceived
    counters.framesSent = tallyBase.framesSent + tally.framesSent
    counters.packetsReceived = tallyBase.packetsReceived + tally.packetsReceived
    counters.packetsSent = tallyBase.packetsSent + tally.packetsSent
  }

  private func tellHealthAgain() {
    run.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
      self.tellHealth()
      self.tellHealthAgain()
    }
  }

  private func tellHealth() {
    countTraffic()
    let figures = health.figures(
      connection, counters, recorder, waiting: mailbox.waitingBytes, requests.compactMapValues(\.since))
    mailbox.add(.health(figures))
    recorder?.tellProgress()
  }

  // MARK: - Events

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .connected(let connAck, let isResumed):
      if hasConnected { reconnections += 1 }
      hasConnected = true
      isUp = true
      attempt = 0
      tell(.connected(WatchFacts.facts(connection, connAck, isResumed: isResumed)))
    case .subscribed(_, let subAck, let asked), .resubscribed(let subAck, let asked):
      tellGranted(subAck, asked)
    case .unsubscribed(_, let unsubAck):
      for code in unsubAck.reasonCodes where code.isError {
        let name = code.name(in: .unsubAck, version: .v5) ?? "unknown code"
        note(.warning, "unsubscribing was denied: \(name)")
      }
    case .rejected(_, let refusal): note(.error, run.diagnoses.rejected("subscribe", refusal).words)
    case .sessionLost(let loss):
      if loss != SessionLoss() { tell(.sessionLost(DiagnosisTable.sessionLostWarning(loss))) }
    case .retrying(let error, let delay):
      wentDown()
      tell(.retrying(run.diagnoses.diagnosis(error), after: delay))
    case .ended(let error): ended(error)
    case .authentication: break
    }
  }

  private func tellGranted(_ subAck: SubAck, _ asked: [Subscription]) {
    var granted: [GrantedSubscription] = []
    for (subscription, code) in zip(asked, subAck.reasonCodes) {
      let qos = code.isError ? nil : QoS(rawValue: code.rawValue)
      var answer = GrantedSubscription(filter: subscription.filter, granted: qos)
      if code.isError {
        answer.reason = code.name(in: .subAck, version: connection.settings.session.version) ?? "denied"
        note(.error, run.diagnoses.denied(subscription.filter, code, subAck.properties).words)
        subscriptions.removeAll { ExactText($0.filter) == ExactText(subscription.filter) }
      }
      granted.append(answer)
    }
    tell(.subscribed(granted))
  }

  private func ended(_ error: ClientError?) {
    sequenceBase += lastSequence
    countTraffic()
    tallyBase.framesReceived = counters.framesReceived
    tallyBase.framesSent = counters.framesSent
    tallyBase.packetsReceived = counters.packetsReceived
    tallyBase.packetsSent = counters.packetsSent
    lastSequence = 0
    attempt = 0
    failure = error.map { run.diagnoses.diagnosis($0) }
    if error != nil { wentDown() }
    tell(.ended(failure))
    onEnded?()
  }

  /// What is published from now on is missing in a recording.
  private func wentDown() {
    if isUp { recorder?.addGap("connection lost") }
    isUp = false
  }

  func tell(_ update: ConnectionUpdate) { mailbox.add(.connection(update)) }

  func note(_ level: Note.Level, _ text: String) { mailbox.add(.note(Note(level, text))) }

  // MARK: - Requests

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    guard let asked = requests.removeValue(forKey: request) else { return }
    switch asked {
    case .clear: cleared(outcome)
    case .publish(let identifier, let since, let qos):
      let time = MonotonicTime.now.duration(since: since)
      if qos != .atMostOnce, case .acknowledged = outcome { health.publishAck.add(time) }
      let failure = run.diagnoses.publishFailure("", outcome)
      mailbox.add(
        .result(
          .published(
            identifier: identifier, isSuccess: failure == nil, text: failure?.words ?? Self.text(outcome),
            after: qos == .atMostOnce ? nil : time)))
    }
  }

  func connectionCanSend(_ connection: Connection) {}

  private static func text(_ outcome: PublishOutcome) -> String {
    switch outcome {
    case .sent: "sent, QoS 0 has no answer"
    case .acknowledged(let code, _):
      "\(code.rawValue == 0x10 ? "no matching subscribers" : "acknowledged")"
    case .failed, .rejected, .unknown: "failed"
    }
  }

  private func cleared(_ outcome: PublishOutcome) {
    switch outcome {
    case .sent, .acknowledged: clearing.cleared += 1
    case .failed, .rejected, .unknown: clearing.failed += 1
    }
    clearing.open -= 1
    guard clearing.open == 0 else { return }
    let topics = Human.plural(clearing.cleared, "topic")
    if clearing.failed == 0 {
      note(.information, "retained messages of \(topics) cleared")
    } else {
      note(.error, "retained messages of \(topics) cleared, \(clearing.failed) not")
    }
    clearing = (0, 0, 0)
  }

  /// What the model wants of the connection.
  func perform(_ command: Command) {
    switch command {
    case .publish(let request): publish(request)
    case .subscribe(let filter, let qos): subscribe([Subscription(filter, qos: qos)])
    case .unsubscribe(let filter): unsubscribe([filter])
    case .stopSubscriptions:
      areStopped = true
      connection.unsubscribe(subscriptions.map(\.filter), newRequest())
      tell(.unsubscribed(subscriptions.map(\.filter)))
      recorder?.addGap("subscriptions stopped")
    case .startSubscriptions:
      areStopped = false
      if !subscriptions.isEmpty { connection.subscribe(subscriptions, newRequest()) }
    case .reconnect: reconnect()
    case .pingWebSocket: pingWebSocket()
    case .startRecording(let path): startRecording(path)
    case .stopRecording: stopRecording()
    case .clearRetained(let topics): clearRetained(topics)
    case .copy, .export, .edit, .readFile, .setMouse, .redraw, .suspend, .quit: break
    }
  }

  private func pingWebSocket() {
    let isSent = connection.pingWebSocket { [weak self] time in
      guard let self else { return }
      health.webSocketPing.add(time)
      note(.information, "WebSocket pong after \(Human.duration(time))")
      tellHealth()
    }
    if !isSent { note(.warning, "no WebSocket to ping: there is none, or the last ping is not answered") }
  }

  private func publish(_ request: PublishRequest) {
    let id = newRequest()
    guard connection.isConnected || request.message.qos != .atMostOnce else {
      mailbox.add(
        .result(
          .published(identifier: request.identifier, isSuccess: false, text: "not connected", after: nil)))
      return
    }
    requests[id] = .publish(identifier: request.identifier, since: .now, qos: request.message.qos)
    counters.messagesSent += 1
    counters.payloadBytesSent += UInt64(request.message.payload.readableBytes)
    connection.publish(request.message, id)
  }

  private func subscribe(_ asked: [Subscription]) {
    let filters = Set(asked.map { ExactText($0.filter) })
    subscriptions.removeAll { filters.contains(ExactText($0.filter)) }
    subscriptions += asked
    areStopped = false
    connection.subscribe(asked, newRequest())
  }

  private func unsubscribe(_ filters: [String]) {
    let exact = Set(filters.map(ExactText.init))
    subscriptions.removeAll { exact.contains(ExactText($0.filter)) }
    connection.unsubscribe(filters, newRequest())
    tell(.unsubscribed(filters))
  }

  private func clearRetained(_ topics: [String]) {
    guard !plan.isReadOnly else { return }
    clearing.open += topics.count
    connection.batch {
      for topic in topics {
        let id = newRequest()
        requests[id] = .clear
        connection.publish(Message(topic: topic, payload: ByteBuffer(), qos: .atMostOnce, retain: true), id)
      }
    }
  }

  private func reconnect() {
    failure = nil
    if let renewed = run.renewConnection() {
      requests.removeAll()
      isFull = false
      begin(renewed)
    } else {
      connection.reconnectNow()
    }
  }

  // MARK: - The end

  /// Closes the recording and the connection, then calls `then`.
  func end(_ then: @escaping () -> Void) {
    guard onEnded == nil else { return }
    onEnded = then
    let disconnect = { [self] in
      if failure != nil || run.isConnectionOver { then() } else { connection.disconnect() }
    }
    guard let recorder else { return disconnect() }
    recorder.stop(then: disconnect)
  }
}
