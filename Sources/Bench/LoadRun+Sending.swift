import Client
import MQTTPackets
import MQTTSession
import NIOCore

/// When which client sends.
extension LoadRun {
  /// Messages that one client may send before others get their turn.
  private static let turn = 256
  /// Nothing heard for this long: what is under way is taken for lost, and the window opens again.
  private static let patience: Int64 = 5_000_000_000

  func startSending() {
    guard plan.senders > 0 else { return }
    for client in clients {
      guard let sender = client.sender else { continue }
      if isPaced { enqueue(client, sender) } else { pump(client) }
    }
    serveQueue()
  }

  private func enqueue(_ client: LoadClient, _ sender: LoadSender) {
    guard !sender.isScheduled, isInLoad(sender.schedule.next), remaining > 0 else { return }
    sender.isScheduled = true
    queue.insert(DueQueue.Entry(due: sender.schedule.next, client: client.index))
  }

  /// Lets everybody send whose message is due, and sets the timer for the next one.
  private func serveQueue() {
    guard phase == .loading || phase == .draining else { return }
    var time = now - loadStart
    while let first = queue.first {
      // What is due by the last look at the clock needs no other one.
      if first.due > time { time = now - loadStart }
      guard first.due <= time else { break }
      _ = queue.removeFirst()
      let client = clients[first.client]
      client.sender?.isScheduled = false
      pump(client)
    }
    guard let first = queue.first else { return }
    if let wake, wake.due <= first.due { return }
    wake?.task.cancel()
    let due = loadStart + first.due
    let task = eventLoop.assumeIsolated().scheduleTask(
      deadline: .uptimeNanoseconds(UInt64(max(due, 0)))
    ) {
      self.wake = nil
      self.serveQueue()
    }
    wake = (first.due, task)
  }

  func pumpAll() {
    for client in clients where client.sender != nil { pump(client) }
  }

  func pumpSoon(_ client: LoadClient) {
    eventLoop.assumeIsolated().execute { self.pumpAndServe(client) }
  }

  /// Whoever has sent all that was due is in the queue, and needs its timer.
  private func pumpAndServe(_ client: LoadClient) {
    pump(client)
    serveQueue()
  }

  /// Those whose window has opened while the input was read.
  func pumpUnblocked() {
    guard !unblocked.isEmpty else { return }
    let waiting = unblocked
    unblocked.removeAll(keepingCapacity: true)
    for client in waiting {
      client.sender?.isUnblocked = false
      pump(client)
    }
    serveQueue()
  }

  /// Sends what is due and allowed.
  func pump(_ client: LoadClient) {
    guard phase == .loading || phase == .draining, let sender = client.sender else { return }
    if sender.isScheduled { return }
    // What became due while it waited is late for the same reason.
    if sender.waitsForWindow { sender.blockedUntil = now }
    var left = Self.turn
    var isDue = true
    client.connection.batch {
      var now = self.now
      while left > 0 {
        isDue = self.isDue(sender, at: now)
        guard isDue, hasRoom(client, sender) else { break }
        left -= 1
        send(client, sender, at: now)
        // Otherwise it waits in the heap, which is looked at again with the clock.
        if self.isDue(sender, at: now) { now = self.now }
      }
    }
    if left == 0 {
      // After a look at the sockets: tasks without delay all come before it.
      _ = after(20_000) { self.pumpAndServe(client) }
    } else if isPaced, !isDue {
      enqueue(client, sender)
    }
    if phase == .loading, remaining == 0 {
      // Once, and not within a batch of one client.
      eventLoop.assumeIsolated().execute { self.drain() }
    } else if phase == .draining {
      leaveWhenComplete()
    }
  }

  private func isDue(_ sender: LoadSender, at now: Int64) -> Bool {
    guard remaining > 0 else { return false }
    guard isPaced else { return phase == .loading }
    let due = sender.schedule.next
    return isInLoad(due) && due <= now - loadStart
  }

  private func hasRoom(_ client: LoadClient, _ sender: LoadSender) -> Bool {
    let connection = client.connection
    guard client.isUp else { return false }
    guard connection.isWritable else {
      if !connection.isConnected { return false }
      if !sender.isStalled { counters.sendStalls += 1 }
      sender.isStalled = true
      sender.blockedUntil = now
      return false
    }
    sender.waitsForWindow = isWindowFull(client, sender)
    if sender.waitsForWindow { sender.blockedUntil = now }
    return !sender.waitsForWindow
  }

  private func isWindowFull(_ client: LoadClient, _ sender: LoadSender) -> Bool {
    if plan.qos > 0 { return client.connection.publishQuota == 0 || sender.open.count >= window }
    return window < .max && watches(sender) && sender.outstanding >= window
  }

  /// Whether somebody in this process hears what `sender` publishes: without that nothing tells what is
  /// under way.
  private func watches(_ sender: LoadSender) -> Bool {
    plan.hasHeader && sender.audience > 0 && upCount == plan.clients
  }

  private func send(_ client: LoadClient, _ sender: LoadSender, at now: Int64) {
    let due = isPaced ? loadStart + sender.schedule.next : now
    let number = sender.sent
    let topicCount = UInt64(plan.topicsPerClient)
    let topic = Int(number % topicCount)
    let header = PayloadHeader(
      run: environment.run, client: UInt32(truncatingIfNeeded: sender.number),
      topic: UInt32(truncatingIfNeeded: topic), sequence: number / topicCount, intended: due, actual: now)
    var values: LoadPlaceholders {
      LoadPlaceholders(run: environment.run, client: sender.number, topic: topic, sequence: number)
    }
    let payload = sender.payloads.payload(header, values, random: sender.nextRandom())
    counters.bytesSent += UInt64(payload.readableBytes)
    let name = sender.topics.isEmpty ? plan.topic.topic(values) : sender.topics[topic]
    sender.sent = number + 1
    sender.schedule.advance()
    remaining -= 1
    counters.sent += 1
    counters.expected += sender.audience
    lastSent = now
    if isPaced {
      if due >= sender.blockedUntil { generator.lag.record(now - due) } else { counters.heldBack += 1 }
    }
    if plan.qos > 0 {
      if sender.open.isEmpty { sender.progressAt = now }
      sender.open[number] = (due, now)
      openCount += 1
    } else if sender.heard == number {
      sender.progressAt = now
    }
    let qos = QoS(rawValue: plan.qos) ?? .atMostOnce
    client.connection.publish(
      Message(
        topic: name, payload: payload, qos: qos, retain: plan.retain, properties: plan.publishProperties),
      RequestID(number))
  }

  // MARK: - The window

  /// In a closed loop the plan's; in an open one, as a rule, a small multiple of what the latency so far
  /// needs at this rate.
  func adaptWindow() {
    switch (plan.pacing, plan.window) {
    case (.closed(let size), _): window = size
    case (.flatOut, _): window = .max
    case (.open, .fixed(let size)): window = size
    case (.open, .unlimited): window = .max
    case (.open, .adaptive): window = adaptiveWindow()
    }
  }

  /// Nanoseconds that are always allowed to be under way.
  private static let leastWindow = 50_000_000.0

  private func adaptiveWindow() -> Int {
    let times = plan.qos > 0 ? rawAcknowledged : raw
    var all = times.total
    all.add(times.interval)
    guard all.count >= 20, let rate = plan.totalRate, plan.senders > 0 else { return .max }
    let percentiles = all.percentiles([50, 99]).map { Double($0) }
    let span = max(Self.leastWindow, 8 * percentiles[0], 2 * percentiles[1])
    let messages = rate / Double(plan.senders) * span / 1e9
    return max(16, messages < 1e9 ? Int(messages) : .max)
  }

  /// A lost message must not keep its sender waiting for ever.
  func freeStuckWindows(_ now: Int64) {
    guard plan.qos == 0 else { return }
    for client in clients {
      guard let sender = client.sender, sender.waitsForWindow else { continue }
      if now - sender.progressAt > Self.patience {
        sender.heard = sender.sent
        sender.progressAt = now
        reopened += 1
      }
      // Or the window has grown, or nobody listens any more.
      if !isWindowFull(client, sender) { pumpSoon(client) }
    }
  }

  // MARK: - Stock

  /// What was due by now and never went.
  func countUnsent() {
    guard isPaced else { return }
    let end = min(now - loadStart, plan.duration?.nanoseconds ?? .max)
    for client in clients {
      guard let sender = client.sender else { continue }
      var schedule = sender.schedule
      while schedule.next < end, remaining > 0 {
        schedule.advance()
        remaining -= 1
        counters.unsent += 1
      }
    }
  }

  var isComplete: Bool {
    guard plan.senders > 0 else { return true }
    if openCount > 0 || plan.hasHeader && plan.receivers > 0 && arrived < counters.expected { return false }
    guard isPaced, remaining > 0 else { return true }
    for client in clients {
      guard let sender = client.sender, !client.hasEnded else { continue }
      if isInLoad(sender.schedule.next) { return false }
    }
    return true
  }
}
