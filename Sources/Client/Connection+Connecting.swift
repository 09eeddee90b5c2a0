import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// How a connection comes about, ends, and comes about again.
extension Connection {
  // MARK: - Attempts

  func connect() {
    attempt += 1
    lastSilence = nil
    trace(.state(.connecting(attempt: attempt)))
    state = .fetchingCredentials
    due = eventLoop.now + TimeAmount(settings.transport.connectTimeout)
    armDeadline()
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

  /// The dialer gets what the credentials left of the time, but speaks of all of it.
  private func dial() {
    let observe: TransportObserver = { event in self.trace(.transport(event)) }
    let makeHandler: Dialing.MakeHandler = { result in
      ConnectionHandler(
        result, owner: self, version: self.settings.session.version,
        maximumPacketSize: self.settings.session.maximumPacketSize)
    }
    let allowed = settings.transport.connectTimeout
    var transport = settings.transport
    transport.connectTimeout = min(allowed, max(Duration(due - eventLoop.now), .milliseconds(1)))
    let dial = dialing.dial(transport, eventLoop, observe, makeHandler)
    state = .dialing(dial)
    let attempt = attempt
    dial.channel.assumeIsolated().whenFailure { error in
      guard case .dialing = self.state, self.attempt == attempt else { return }
      var error = TransportError(channelError: error, in: .tcp)
      if case .timeout(let phase, _, let attempts) = error {
        error = .timeout(phase, after: allowed, attempts: attempts)
      }
      self.failed(.transport(error))
    }
  }

  private func armDeadline() {
    disarmDeadline()
    deadline = eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.deadlinePassed() }
  }

  private func disarmDeadline() {
    deadline?.cancel()
    deadline = nil
  }

  /// The dialer has a deadline of its own that knows its phase; this one is for what lies before and
  /// behind it.
  private func deadlinePassed() {
    deadline = nil
    let timeout = settings.transport.connectTimeout
    switch state {
    case .fetchingCredentials:
      failed(.credentials(CredentialsError(source: "credentials", reason: "no answer in \(timeout)")))
    case .handshaking(let handler): close(handler, cause: .noConnAck(.timedOut(after: timeout)))
    default: break
    }
  }

  func transportOpened(_ handler: ConnectionHandler) {
    guard case .dialing = state else { return handler.abort() }
    state = .handshaking(handler)
    dialResult = handler.response
    isUnproven = true
    // It may have passed while the dialer was at work.
    if deadline == nil { armDeadline() }
    enter { session.transportOpened(credentials, now: now, into: &effects) }
    credentials = ConnectCredentials()
  }

  /// One of the first packets of a connection, before the session sees it.
  func examine(_ packet: Packet) {
    switch packet {
    case .connAck(let connAck):
      guard case .handshaking = state, connAck.reasonCode == .success, !connAck.sessionPresent else { return }
      // Asked now, these go out before the messages that wait: who talks to himself hears all of it.
      for request in subscriptions.takeLost() {
        session.subscribe(
          request.subscriptions, properties: request.properties, request.id, now: batchTime, into: &effects)
      }
    case .disconnect, .auth: break
    default:
      guard case .connected = state else { return }
      isUnproven = false
      policy.progressed()
    }
  }

  func connected(_ connAck: ConnAck, resumed: Bool) {
    guard case .handshaking(let handler) = state else { return }
    disarmDeadline()
    policy.connected()
    state = .connected(handler)
    if isInputPaused {
      // Not before: the CONNACK had to be read.
      handler.pauseReading()
      session.readingPaused(true, now: now)
    }
    trace(.state(.connected(resumed: resumed)))
    // What it took to connect, a connection that then is idle need not keep.
    eventLoop.assumeIsolated().execute { [weak self] in self?.releaseSpare() }
    delegate?.connection(self, .connected(connAck, resumed: resumed))
  }

  // MARK: - Ends

  /// Starts the close handshake. `cause` is nil when the end is our wish.
  func close(_ handler: ConnectionHandler, cause: ClientError?) {
    if case .closing = state { return }
    state = .closing(handler, cause: cause)
    trace(.state(.closing))
    // What is asked for from now on waits for the next connection.
    session.transportClosed(now: now, into: &effects)
    handler.close(CloseFrame(.normal), timeout: settings.transport.closeTimeout)
  }

  /// The peer broke a rule of the codec: a 5.0 server is told why.
  func failing(_ error: ClientError, _ handler: ConnectionHandler) {
    guard case .connected = state, settings.session.version == .v5, case .decode(let error) = error else {
      return
    }
    send(Packet.disconnect(Disconnect(error.reasonCode)))
  }

  func transportEnded(_ handler: ConnectionHandler, _ error: ClientError) {
    guard self.handler === handler else { return }
    lost = error
    lastSilence = session.silence(now: now)
    settle()
  }

  /// Goes on after the end of a transport, once what happened before it has been told.
  func settle() {
    guard !isPerforming, let error = lost else { return }
    lost = nil
    let reason = reason(of: error)
    cause = nil
    session.transportClosed(now: now, into: &effects)
    failed(reason)
  }

  private func reason(of error: ClientError) -> ClientError {
    if case .closing(_, let cause?) = state { return cause }
    if let cause { return cause }
    // Once it has worked, this server is known to speak MQTT: then it is a lost connection like others.
    if case .handshaking = state, !policy.hasConnected, case .transport(.closed(let how, _)) = error {
      return .noConnAck(.closed(how))
    }
    return error
  }

  private func failed(_ error: ClientError) {
    disarmDeadline()
    guard !endsAfterClose else { return end(nil) }
    if redialsAtOnce {
      redialsAtOnce = false
      return connect()
    }
    let elapsed = Duration.nanoseconds(Int64(clamping: now.nanoseconds))
    let permanence = policy.hasConnected && error.isCut ? .transient : error.permanence
    switch policy.failed(permanence, now: elapsed, random: random()) {
    case .stop: end(error)
    case .retry(let delay):
      trace(.state(.waiting(delay)))
      state = .waiting(
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { self.connect() })
      delegate?.connection(self, .retrying(error, after: delay))
    }
  }

  /// Lets go of everything that may hold on to this connection in turn.
  func end(_ error: ClientError?) {
    disarmDeadline()
    timer?.task.cancel()
    timer = nil
    state = .ended
    trace(.state(.ended))
    let delegate = delegate
    self.delegate = nil
    payloadStream = nil
    tracer = nil
    if isInputUndrained { delegate?.connectionDrainedInput(self) }
    delegate?.connection(self, .ended(error))
  }
}
