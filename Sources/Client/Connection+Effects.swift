import MQTTPackets
import MQTTSession
import NIOCore

/// What comes in from the handler, and what the session wants done about it.
extension Connection {
  // MARK: - Handler's side

  /// The hot path: once per packet.
  func received(_ packet: consuming Packet) {
    if isUnproven { examine(packet) }
    if let effect = session.take(packet, now: batchTime, into: &effects) {
      if isPerforming || !effects.isEmpty { effects.append(effect) } else { performAlone(effect) }
    }
    perform()
  }

  /// A message whose payload comes in pieces, through `streamed`.
  /// - Returns: false when it has to be collected.
  func began(_ publish: Publish, payloadLength: Int) -> Bool {
    guard !isPerforming, effects.isEmpty, let payloadStream else { return false }
    if isUnproven { examine(.publish(publish)) }
    guard let (sequence, publish) = session.receiveHead(publish, now: batchTime) else { return false }
    payloadStream.connection(self, began: publish, payloadLength: payloadLength, sequence: sequence)
    return true
  }

  func streamed(_ part: ByteBuffer, left: Int) {
    payloadStream?.connection(self, continued: part, left: left)
  }

  /// Hands the packets of one read buffer to `received`; answers leave when the read has completed.
  func reading(_ body: () throws -> Void) rethrows {
    batchTime = now
    isInputUndrained = true
    session.bytesArrived(now: batchTime)
    depth += 1
    defer { depth -= 1 }
    try body()
  }

  func readCompleted() {
    isInputUndrained = false
    enter { delegate?.connectionDrainedInput(self) }
  }

  func becameWritable() {
    if isWritable { enter { delegate?.connectionCanSend(self) } }
  }

  // MARK: - Effects

  var now: MonotonicTime { MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds) }

  /// Runs a call into the session and what it asks for; the outermost one flushes.
  func enter(_ body: () -> Void) {
    beginCall()
    body()
    endCall()
  }

  func beginCall() {
    if depth == 0 { batchTime = now }
    depth += 1
  }

  func endCall() {
    perform()
    depth -= 1
    if depth == 0 { endOutermostCall() }
  }

  private func endOutermostCall() {
    handler?.flush()
    scheduleTimer()
  }

  /// Of an effect that never was among `effects`, as there were none.
  private func performAlone(_ effect: consuming Effect) {
    isPerforming = true
    perform(effect)
    isPerforming = false
  }

  func perform() {
    guard !isPerforming else { return }
    guard !effects.isEmpty else {
      if lost != nil { settle() }
      return
    }
    isPerforming = true
    var index = 0
    while index < effects.count {
      // Taken out, not copied: what it holds need not be counted twice.
      var effect = Effect.close
      swap(&effect, &effects[index])
      index += 1
      perform(effect)
    }
    effects.removeAll(keepingCapacity: true)
    isPerforming = false
    if deferredBytes > 0 { performedDeferred() }
    if lost != nil { settle() }
  }

  /// Whoever stopped because of what waited as effects hears that it is gone; in a turn of its own, so
  /// that a producer without end leaves room for others.
  private func performedDeferred() {
    let wasFull = deferredBytes >= Self.maximumDeferred
    deferredBytes = 0
    if wasFull { eventLoop.assumeIsolated().execute { self.becameWritable() } }
  }

  private func perform(_ effect: consuming Effect) {
    switch consume effect {
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
    case .violation(let violation):
      cause = .violation(violation)
      traceViolation(.violation(violation), nil)
    case .close: if let handler { close(handler, cause: cause) }
    }
  }

  private func tell(_ event: ConnectionEvent) { delegate?.connection(self, event) }

  func send(_ packet: Packet) {
    guard let handler else { return }
    do throws(EncodeError) {
      _ = try handler.send(packet)
    } catch {
      close(handler, cause: .encode(error))
    }
  }

  /// - Returns: false when the packet came too late to be sent, or cannot be.
  func send(_ publish: Publish) -> Bool {
    guard let handler else { return false }
    do throws(EncodeError) {
      return try handler.send(publish)
    } catch {
      close(handler, cause: .encode(error))
      return false
    }
  }

  /// Lets go of memory that waits to be used again.
  func releaseSpare() {
    if !isPerforming, effects.isEmpty { effects = [] }
    handler?.releaseSpare()
  }

  // MARK: - Time

  /// Keeps one timer that is never later than the session's next deadline; as deadlines mostly move
  /// away, it is set anew when it fires, and not with every packet.
  private func scheduleTimer() {
    guard let due = Self.ask(&session, { $0.nextDeadline }) else { return }
    if let timer, timer.due <= due { return }
    timer?.task.cancel()
    let delay = TimeAmount.nanoseconds(Int64(clamping: due.nanoseconds) - Int64(clamping: now.nanoseconds))
    let task = eventLoop.assumeIsolated().scheduleTask(in: delay) { self.timerFired() }
    timer = (due, task)
  }

  private func timerFired() {
    timer = nil
    enter { session.timer(now: batchTime, into: &effects) }
  }
}
