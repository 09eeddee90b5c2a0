import Client
import MQTTPackets
import MQTTSession
import NIOCore

/// One client of a run: its connection, and what it does on it. Small, for there may be thousands.
final class LoadClient: ConnectionDelegate {
  let index: Int
  /// Until the run has ended.
  unowned let run: LoadRun
  let connection: Connection
  /// What a publishing client has beside it.
  let sender: LoadSender?
  /// Among those that subscribe.
  let receiver: Int?
  private(set) var isReady = false
  private(set) var hasEnded = false
  private(set) var hasConnected = false
  private var received: UInt64 = 0
  private var acknowledges = false
  private var subscribedAt: Int64 = 0

  init(_ index: Int, run: LoadRun, connection: Connection, sender: LoadSender?, receiver: Int?) {
    self.index = index
    self.run = run
    self.connection = connection
    self.sender = sender
    self.receiver = receiver
  }

  func start() {
    connection.delegate = self
    watchPhases()
    connection.start()
  }

  /// Only while it connects, unless somebody else wants to know: a connection that is watched costs more.
  private func watchPhases() {
    var phases = ConnectPhases()
    let trace = index == 0 ? run.trace : nil
    connection.tracer = { [weak self] event in
      trace?(event)
      guard phases.record(event), let self else { return }
      connection.tracer = trace
      for (kind, time) in phases.times { run.record(kind, time) }
    }
  }

  // MARK: - ConnectionDelegate

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    received = sequence
    if publish.message.qos != .atMostOnce { acknowledges = true }
    run.received(publish.message.payload, by: self)
  }

  func connectionDrainedInput(_ connection: Connection) {
    if acknowledges {
      acknowledges = false
      connection.delivered(upTo: received)
    }
    run.pumpUnblocked()
  }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    if case .sent = outcome { return }
    run.finished(self, request, outcome)
  }

  func connectionCanSend(_ connection: Connection) {
    guard let sender, sender.isStalled else { return }
    sender.isStalled = false
    sender.blockedUntil = run.now
    // Told in the midst of a write, which would not end as long as more is written.
    run.pumpSoon(self)
  }

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .connected: connected()
    case .subscribed(_, let subAck, _): subscribed(subAck)
    case .resubscribed(let subAck, _): subscribed(subAck)
    case .rejected: run.subscribeFailed(self, "the server's CONNACK rules the subscription out")
    case .retrying(let error, _): interrupted(error)
    case .ended(let error):
      hasEnded = true
      if let error { interrupted(error) } else { lost() }
      run.ended(self, error)
    default: break
    }
  }

  private func connected() {
    hasConnected = true
    run.connected(self)
    guard let receiver else { return ready() }
    if subscribedAt == 0 {
      subscribedAt = run.now
      let qos = QoS(rawValue: run.plan.qos) ?? .atMostOnce
      connection.subscribe(
        run.filters(of: receiver).map { Subscription($0, qos: qos) },
        properties: run.plan.subscribeProperties, RequestID(.max >> 1))
    } else {
      ready()
    }
  }

  private func subscribed(_ subAck: SubAck) {
    if let code = subAck.reasonCodes.first(where: \.isError) {
      let name = code.name(in: .subAck, version: .v5) ?? "code \(code.rawValue)"
      run.subscribeFailed(self, "SUBACK: \(name)")
    } else if !isReady {
      run.record(.subscribe, run.now - subscribedAt)
    }
    ready()
  }

  private func ready() {
    guard !isReady else { return }
    isReady = true
    run.ready(self)
  }

  private func interrupted(_ error: ClientError) {
    run.interrupted(self, error, wasConnected: isUp)
    lost()
    if !hasEnded { watchPhases() }
  }

  private func lost() {
    if isUp { run.disconnected(self, wasReady: isReady) }
    isUp = false
    isReady = false
    sender?.connectionLost()
  }

  /// Whether the run counts it among those with a connection.
  var isUp = false
}

/// What a publishing client knows of its messages.
final class LoadSender {
  let number: Int
  /// How many receivers get each of its messages.
  let audience: UInt64
  var schedule: Schedule
  var payloads: PayloadMaker
  var topics: [String]
  /// Messages sent, over all its topics.
  var sent: UInt64 = 0
  /// One more than the highest message that was heard of.
  var heard: UInt64 = 0
  /// When something was heard, or the window last opened.
  var progressAt: Int64 = 0
  /// Of QoS 1 and 2, when they were due and when they were sent, by request.
  var open: [UInt64: (intended: Int64, actual: Int64)] = [:]
  /// The socket takes no more.
  var isStalled = false
  /// Until then something else than this process kept it from sending: what was due before is late for
  /// no fault of ours.
  var blockedUntil: Int64 = 0
  /// Waits in the run's heap.
  var isScheduled = false
  var isUnblocked = false
  /// As many messages are under way as may be.
  var waitsForWindow = false
  private var random: SeededRandom

  init(
    number: Int, audience: UInt64, schedule: Schedule, payloads: PayloadMaker, topics: [String], seed: UInt64
  ) {
    self.number = number
    self.audience = audience
    self.schedule = schedule
    self.payloads = payloads
    self.topics = topics
    random = SeededRandom(seed: seed)
  }

  func nextRandom() -> UInt64 { random.next() }

  /// Messages of QoS 0 under way.
  var outstanding: Int { Int(clamping: sent - min(heard, sent)) }

  /// Whatever was under way is no longer waited for.
  func connectionLost() {
    heard = sent
    isStalled = false
    waitsForWindow = false
  }
}
