import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// One MQTT client over one WebSocket at a time: dials, runs the session, reconnects, resubscribes.
///
/// Lives on its event loop: every call and every delegate call happens there. Theory of operation: the
/// session is pure and says what to do as effects; `perform` interprets them in order. Calls made from
/// within a delegate call only append effects, which the outermost call then performs, so that order is
/// kept without recursion. What was sent leaves the process when the outermost call ends.
package final class Connection {
  private enum State {
    case idle
    case fetchingCredentials
    case dialing(Dialing.Attempt)
    /// The WebSocket is open, and CONNACK awaited.
    case handshaking(ConnectionHandler)
    case connected(ConnectionHandler)
    /// The transport is ending, by our wish or after an error; `cause` is nil when it was our wish.
    case closing(ConnectionHandler, cause: ClientError?)
    case waiting(Scheduled<Void>)
    case ended
  }

  package let settings: ConnectionSettings
  package let eventLoop: any EventLoop
  /// Kept until the connection has ended.
  package var delegate: (any ConnectionDelegate)?
  /// The tap; nil costs one branch per packet.
  package var tracer: ((TraceEvent) -> Void)?

  private let dialing: Dialing
  private let random: () -> UInt64
  private var policy: ReconnectPolicy
  private var session: Session
  private var state = State.idle
  private var effects: [Effect] = []
  private var isPerforming = false
  private var depth = 0
  private var attempt = 0
  private var deadline: Scheduled<Void>?
  private var timer: (due: MonotonicTime, task: Scheduled<Void>)?
  private var isInputPaused = false
  private var subscriptions = SubscriptionList()
  /// Only from their arrival until CONNECT is sent.
  private var credentials = ConnectCredentials()
  /// The clock's reading at the start of the current read batch.
  private var batchTime = MonotonicTime(nanoseconds: 0)
  /// Why the session asked for the transport to be closed, until it is.
  private var cause: ClientError?
  private var endsAfterClose = false
  /// What the last successful upgrade looked like.
  package private(set) var dialResult: DialResult?

  package init(
    _ settings: ConnectionSettings, eventLoop: any EventLoop, dialing: Dialing = .system,
    random: @escaping () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) {
    self.settings = settings
    self.eventLoop = eventLoop
    self.dialing = dialing
    self.random = random
    policy = settings.reconnect
    session = Session(settings.session)
  }

  // MARK: - Life

  /// Connects; may be called once.
  package func start() {
    guard case .idle = state else { return }
    connect()
  }

  /// Sends DISCONNECT and closes; `ended(nil)` follows within the close timeout, at once when there is no
  /// connection.
  package func disconnect(_ reason: ReasonCode = .normalDisconnection, properties: Properties = []) {
    endsAfterClose = true
    switch state {
    case .connected:
      enter { session.disconnect(reason, properties: properties, now: now, into: &effects) }
    case .handshaking(let handler): close(handler, cause: nil)
    case .closing: break
    case .dialing(let attempt):
      end(nil)
      attempt.cancel()
    case .waiting(let task):
      task.cancel()
      end(nil)
    case .idle, .fetchingCredentials: end(nil)
    case .ended: break
    }
  }

  /// Ends at once: no DISCONNECT, so that the server publishes the will.
  package func abort() {
    endsAfterClose = true
    switch state {
    case .handshaking(let handler), .connected(let handler), .closing(let handler, _): handler.abort()
    default: disconnect()
    }
  }

  package var isConnected: Bool { if case .connected = state { true } else { false } }

  // MARK: - Requests

  /// Several requests whose packets leave in one write.
  package func batch(_ body: () -> Void) { enter(body) }

  package func publish(_ message: Message, _ id: RequestID) {
    enter { session.publish(message, id, now: now, into: &effects) }
  }

  package func subscribe(_ asked: [Subscription], properties: Properties = [], _ id: RequestID) {
    enter {
      subscriptions.ask(asked, properties: properties, id)
      session.subscribe(asked, properties: properties, id, now: now, into: &effects)
    }
  }

  package func unsubscribe(_ filters: [String], properties: Properties = [], _ id: RequestID) {
    enter {
      subscriptions.remove(filters)
      session.unsubscribe(filters, properties: properties, id, now: now, into: &effects)
    }
  }

  package func authenticate(_ auth: Auth) {
    enter { session.authenticate(auth, now: now, into: &effects) }
  }

  /// Everything up to this message is where it was meant to go: acknowledges it.
  package func delivered(upTo sequence: UInt64) {
    enter { session.delivered(upTo: sequence, now: now, into: &effects) }
  }

  /// How many QoS 1 and 2 messages would go out at once.
  package var publishQuota: Int { session.publishQuota }

  /// Requests that have no outcome yet.
  package var unacknowledgedCount: Int { session.unacknowledged }

  /// False while what was sent waits for the socket: producers of messages should stop.
  package var isWritable: Bool {
    if case .connected(let handler) = state { handler.isWritable } else { false }
  }

  // MARK: - Back-pressure

  /// Stops reading the socket until `resumeInput`.
  package func pauseInput() {
    isInputPaused = true
    session.readingPaused(true, now: now)
    handler?.pauseReading()
  }

  package func resumeInput() {
    guard isInputPaused else { return }
    isInputPaused = false
    session.readingPaused(false, now: now)
    handler?.resumeReading()
  }

  // MARK: - Handler's side

  func transportOpened(_ handler: ConnectionHandler) {
    guard case .dialing = state else { return handler.abort() }
    state = .handshaking(handler)
    dialResult = handler.response
    if isInputPaused { handler.pauseReading() }
    enter { session.transportOpened(credentials, now: now, into: &effects) }
    credentials = ConnectCredentials()
  }

  /// The hot path: once per packet.
  func received(_ packet: Packet) {
    if isTraced { trace(.packet(.received, packet)) }
    session.receive(packet, now: batchTime, into: &effects)
    perform()
  }

  /// Hands the packets of one read buffer to `received`; answers leave when the read has completed.
  func reading(_ body: () throws -> Void) rethrows {
    batchTime = now
    session.bytesArrived(now: batchTime)
    depth += 1
    defer { depth -= 1 }
    try body()
  }

  func readCompleted() { enter { delegate?.connectionDrainedInput(self) } }

  func becameWritable() { delegate?.connectionCanSend(self) }

  /// The peer broke a rule of the codec: a 5.0 server is told why.
  func failing(_ error: ClientError, _ handler: ConnectionHandler) {
    guard case .connected = state, settings.session.version == .v5, case .decode(let error) = error else {
      return
    }
    let packet = Packet.disconnect(Disconnect(error.reasonCode))
    if (try? handler.send(packet)) != nil { trace(.packet(.sent, packet)) }
  }

  func transportEnded(_ handler: ConnectionHandler, _ error: ClientError) {
    let wasHandshaking = if case .handshaking = state { true } else { false }
    session.transportClosed(now: now, into: &effects)
    perform()
    var reason = error
    if case .closing(_, let cause?) = state { reason = cause } else if let cause { reason = cause }
    cause = nil
    if endsAfterClose { return end(nil) }
    if wasHandshaking, case .transport(.closed(let how, _)) = reason { reason = .noConnAck(.closed(how)) }
    failed(reason)
  }

  // MARK: - Trace

  @inline(__always) var isTraced: Bool { tracer != nil }

  func trace(_ kind: @autoclosure () -> TraceEvent.Kind) {
    if let tracer { tracer(TraceEvent(time: now, kind: kind())) }
  }

  func traceRejected(_ error: DecodeError, _ bytes: ByteBuffer?) {
    trace(.rejected(error, bytes ?? ByteBuffer()))
  }

  // MARK: - Connecting

  private func connect() {
    attempt += 1
    trace(.state(.connecting(attempt: attempt)))
    state = .fetchingCredentials
    let timeout = settings.transport.connectTimeout
    let isolated = eventLoop.assumeIsolated()
    deadline = isolated.scheduleTask(in: TimeAmount(timeout)) { self.deadlinePassed(after: timeout) }
    let attempt = attempt
    settings.credentials.credentials(on: eventLoop).assumeIsolated().whenComplete { result in
      guard case .fetchingCredentials = self.state, self.attempt == attempt else { return }
      switch result {
      case .success(let credentials):
        self.credentials = credentials
        self.dial()
      case .failure(let error as CredentialsError): self.failed(.credentials(error))
      case .failure(let error):
        self.failed(.credentials(CredentialsError(source: "credentials", reason: "\(error)")))
      }
    }
  }

  private func dial() {
    let observe: TransportObserver = { event in self.trace(.transport(event)) }
    let makeHandler: Dialing.MakeHandler = { result in
      ConnectionHandler(
        result, owner: self, version: self.settings.session.version,
        maximumPacketSize: self.settings.session.maximumPacketSize)
    }
    let dialAttempt = dialing.dial(settings.transport, eventLoop, observe, makeHandler)
    state = .dialing(dialAttempt)
    let attempt = attempt
    dialAttempt.channel.assumeIsolated().whenFailure { error in
      guard case .dialing = self.state, self.attempt == attempt else { return }
      self.failed(.transport(TransportError(channelError: error, in: .tcp)))
    }
  }

  /// The dialer has a deadline of its own that knows its phase; this one is for what lies before and
  /// behind it.
  private func deadlinePassed(after timeout: Duration) {
    switch state {
    case .fetchingCredentials:
      failed(.credentials(CredentialsError(source: "credentials", reason: "no answer in \(timeout)")))
    case .handshaking(let handler): close(handler, cause: .noConnAck(.timedOut(after: timeout)))
    default: break
    }
  }

  private func failed(_ error: ClientError) {
    deadline?.cancel()
    guard !endsAfterClose else { return end(nil) }
    let elapsed = Duration.nanoseconds(Int64(clamping: now.nanoseconds))
    switch policy.failed(error.permanence, now: elapsed, random: random()) {
    case .stop: end(error)
    case .retry(let delay):
      trace(.state(.waiting(delay)))
      state = .waiting(
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { self.connect() })
      delegate?.connection(self, .retrying(error, after: delay))
    }
  }

  private func end(_ error: ClientError?) {
    deadline?.cancel()
    timer?.task.cancel()
    state = .ended
    trace(.state(.ended))
    let delegate = delegate
    delegate?.connection(self, .ended(error))
    self.delegate = nil
  }

  private func close(_ handler: ConnectionHandler, cause: ClientError?) {
    state = .closing(handler, cause: cause)
    trace(.state(.closing))
    handler.close(CloseFrame(.normal), timeout: settings.transport.closeTimeout)
  }

  private var handler: ConnectionHandler? {
    switch state {
    case .handshaking(let handler), .connected(let handler), .closing(let handler, _): handler
    default: nil
    }
  }

  // MARK: - Effects

  private var now: MonotonicTime { MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds) }

  /// Runs a call into the session and what it asks for; the outermost one flushes.
  private func enter(_ body: () -> Void) {
    depth += 1
    body()
    perform()
    depth -= 1
    guard depth == 0 else { return }
    handler?.flush()
    scheduleTimer()
  }

  private func perform() {
    guard !isPerforming, !effects.isEmpty else { return }
    isPerforming = true
    var index = 0
    while index < effects.count {
      let effect = effects[index]
      index += 1
      perform(effect)
    }
    effects.removeAll(keepingCapacity: true)
    isPerforming = false
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .deliver(let sequence, let publish):
      delegate?.connection(self, received: publish, sequence: sequence)
    case .send(let packet): send(packet)
    case .published(let id, let outcome): delegate?.connection(self, finished: id, outcome)
    case .connected(let connAck, let resumed): connected(connAck, resumed: resumed)
    case .subscribed(let id, let subAck, let asked):
      let isOwn = subscriptions.answered(id, subAck, asked: asked)
      tell(isOwn ? .resubscribed(subAck, asked: asked) : .subscribed(id, subAck, asked: asked))
    case .unsubscribed(let id, let unsubAck): tell(.unsubscribed(id, unsubAck))
    case .rejected(let id, let refusal):
      subscriptions.remove(id)
      tell(.rejected(id, refusal))
    case .authentication(let auth): tell(.authentication(auth))
    case .sessionLost(let loss): tell(.sessionLost(loss))
    case .refused(let connAck): cause = .refused(connAck, settings.session.version)
    case .disconnected(let disconnect): cause = .disconnected(disconnect)
    case .violation(let violation): cause = .violation(violation)
    case .close: if let handler { close(handler, cause: cause) }
    }
  }

  private func tell(_ event: ConnectionEvent) { delegate?.connection(self, event) }

  private func send(_ packet: Packet) {
    guard let handler else { return }
    do throws(EncodeError) {
      try handler.send(packet)
      if isTraced { trace(.packet(.sent, packet)) }
    } catch {
      close(handler, cause: .encode(error))
    }
  }

  private func connected(_ connAck: ConnAck, resumed: Bool) {
    guard case .handshaking(let handler) = state else { return }
    deadline?.cancel()
    policy.connected()
    state = .connected(handler)
    trace(.state(.connected(resumed: resumed)))
    if !resumed {
      for request in subscriptions.takeLost() {
        session.subscribe(
          request.subscriptions, properties: request.properties, request.id, now: now, into: &effects)
      }
    }
    tell(.connected(connAck, resumed: resumed))
  }

  // MARK: - Time

  /// Keeps one timer that is never later than the session's next deadline; as deadlines mostly move
  /// away, it is set anew when it fires, and not with every packet.
  private func scheduleTimer() {
    guard let due = session.nextDeadline else { return }
    if let timer, timer.due <= due { return }
    timer?.task.cancel()
    let delay = TimeAmount.nanoseconds(Int64(clamping: due.nanoseconds) - Int64(clamping: now.nanoseconds))
    let task = eventLoop.assumeIsolated().scheduleTask(in: delay) { self.timerFired() }
    timer = (due, task)
  }

  private func timerFired() {
    timer = nil
    enter { session.timer(now: now, into: &effects) }
  }
}
