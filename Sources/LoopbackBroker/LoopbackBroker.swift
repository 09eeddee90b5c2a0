import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// The embedded broker: a `Broker` behind a WebSocket listener, in this process, on one event loop.
///
/// Confined to that event loop; everything here is to be called on it. Each turn collects what the
/// broker wants sent, and ends with one write and one flush per connection.
package final class LoopbackBroker {
  /// What a broker takes from outside, so that a test can own it.
  package struct Environment {
    /// Nanoseconds of a clock that never goes back.
    package var clock: () -> MonotonicTime
    /// Seconds since 1970, for the simulated devices.
    package var unixTime: () -> Int64
    /// Of client identifiers and simulated devices.
    package var seed: UInt64

    package init(
      clock: @escaping () -> MonotonicTime, unixTime: @escaping () -> Int64, seed: UInt64
    ) {
      self.clock = clock
      self.unixTime = unixTime
      self.seed = seed
    }

    /// The machine's clocks and chance.
    package static func system() -> Environment {
      Environment(
        clock: { MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds) },
        unixTime: { Int64(time(nil)) }, seed: UInt64.random(in: .min ... .max))
    }
  }

  package let eventLoop: any EventLoop
  let broker: Broker
  let environment: Environment
  private let observe: (BrokerNotice) -> Void
  private var listener: Listener?

  private var connections: [ConnectionID: BrokerConnection] = [:]
  private var connectionCount: UInt64 = 0
  private var effects: [BrokerEffect] = []
  /// Connections with something to write.
  private var dirty: [BrokerConnection] = []
  /// Forwards that left during the present flush.
  private var departures: [(ConnectionID, cost: Int)] = []
  private var isFlushing = false
  private var written = SharedBytes()
  private var timer: (due: MonotonicTime, task: Scheduled<Void>)?
  private var devices: SimulatedDevices?
  private var devicesStart = MonotonicTime(nanoseconds: 0)
  /// Set by `stop`.
  private var stopped: EventLoopPromise<Void>?

  private init(
    _ settings: BrokerSettings, on eventLoop: any EventLoop, environment: Environment,
    observe: @escaping (BrokerNotice) -> Void
  ) {
    self.eventLoop = eventLoop
    self.environment = environment
    self.observe = observe
    broker = Broker(settings: settings, seed: environment.seed)
  }

  /// Starts to listen. Fails with a `ListenerError`.
  /// - Parameters:
  ///   - simulatesDevices: publishes `SimulatedDevices` under `sensor/`.
  ///   - observe: hears of connections, refusals and losses, on the event loop.
  ///   - observeListener: hears of what happens before there is a WebSocket.
  package static func start(
    _ listener: ListenerSettings = ListenerSettings(), settings: BrokerSettings = BrokerSettings(),
    simulatesDevices: Bool = false, on eventLoop: any EventLoop,
    environment: Environment = .system(), observe: @escaping (BrokerNotice) -> Void = { _ in },
    observeListener: ((ListenerEvent) -> Void)? = nil
  ) -> EventLoopFuture<LoopbackBroker> {
    let broker = LoopbackBroker(settings, on: eventLoop, environment: environment, observe: observe)
    return Listener.start(
      listener, on: eventLoop, observe: observeListener,
      makeHandler: { _, _ in BrokerConnection(owner: broker) }
    ).assumeIsolated().map { listener in
      broker.listener = listener
      if simulatesDevices { broker.startDevices() }
      return broker
    }.nonisolated()
  }

  package var port: Int { listener?.port ?? 0 }
  package var counters: BrokerCounters { broker.counters }
  package var settings: BrokerSettings { broker.settings }

  /// Stops listening, tells 5.0 clients that the server shuts down and closes all connections.
  /// - Returns: a future of when the last one is gone, after a second at the latest.
  @discardableResult
  package func stop() -> EventLoopFuture<Void> {
    if let stopped { return stopped.futureResult }
    let stopped = eventLoop.makePromise(of: Void.self)
    self.stopped = stopped
    listener?.close()
    devices = nil
    turn { $0.broker.shutdown(now: $0.now, into: &$0.effects) }
    timer?.task.cancel()
    timer = nil
    if connections.isEmpty { stopped.succeed() }
    return stopped.futureResult
  }

  /// Publishes in the name of the process.
  package func publish(_ message: Message) {
    turn { $0.broker.publish(message, now: $0.now, into: &$0.effects) }
  }

  // MARK: - Connections

  var now: MonotonicTime { environment.clock() }

  func opened(_ connection: BrokerConnection) -> ConnectionID {
    connectionCount += 1
    let id = ConnectionID(connectionCount)
    connections[id] = connection
    broker.connectionOpened(id, now: now)
    reschedule()
    return id
  }

  func received(_ packet: Packet, from id: ConnectionID, now: MonotonicTime) {
    broker.received(packet, from: id, now: now, into: &effects)
    perform()
  }

  func received(_ error: DecodeError, from id: ConnectionID, now: MonotonicTime) {
    broker.received(error, from: id, now: now, into: &effects)
    perform()
  }

  func closed(_ id: ConnectionID) {
    guard connections.removeValue(forKey: id) != nil else { return }
    turn { $0.broker.connectionClosed(id, now: $0.now, into: &$0.effects) }
    if connections.isEmpty { stopped?.succeed() }
  }

  /// Ends a turn that one or more `received` made.
  func finishTurn() {
    flush()
    reschedule()
  }

  func departed(_ cost: Int, from id: ConnectionID) {
    departures.append((id, cost))
    if !isFlushing { finishTurn() }
  }

  func needsFlush(_ connection: BrokerConnection) { dirty.append(connection) }

  private func turn(_ body: (LoopbackBroker) -> Void) {
    body(self)
    perform()
    finishTurn()
  }

  // MARK: - Effects

  private func perform() {
    // Performing has no way back into the broker, so the array cannot change meanwhile.
    for effect in effects {
      switch effect {
      case .forward(let publish, let version, let id, let cost, let sharing):
        connections[id]?.forward(publish, version, cost: cost, sharing: sharing, &written)
      case .send(let packet, let version, let id): connections[id]?.send(packet, version)
      case .accepted(let id, let size): connections[id]?.accepted(maximumPacketSize: size)
      case .close(let id, let cause): connections[id]?.end(cause)
      case .pauseReading(let id): connections[id]?.setPaused(true)
      case .resumeReading(let id): connections[id]?.setPaused(false)
      case .notice(let notice): observe(notice)
      }
    }
    effects.removeAll(keepingCapacity: true)
  }

  private func flush() {
    if isFlushing { return }
    isFlushing = true
    defer { isFlushing = false }
    while !dirty.isEmpty || !departures.isEmpty {
      written.forget()
      while let connection = dirty.popLast() { connection.flush() }
      let gone = departures
      departures.removeAll(keepingCapacity: true)
      let now = self.now
      for (id, cost) in gone { broker.written(cost, to: id, now: now, into: &effects) }
      perform()
    }
  }

  // MARK: - Time

  private func reschedule() {
    guard stopped == nil, let due = broker.nextDeadline else { return }
    if let timer {
      if timer.due <= due { return }
      timer.task.cancel()
    }
    let task = eventLoop.assumeIsolated().scheduleTask(in: timeUntil(due)) { [weak self] in
      guard let self else { return }
      self.timer = nil
      self.turn { $0.broker.timer(now: $0.now, into: &$0.effects) }
    }
    timer = (due, task)
  }

  private func timeUntil(_ due: MonotonicTime) -> TimeAmount {
    let now = self.now
    return .nanoseconds(due > now ? Int64(clamping: due.nanoseconds - now.nanoseconds) : 0)
  }

  private func startDevices() {
    var devices = SimulatedDevices(seed: environment.seed, unixTime: environment.unixTime())
    devicesStart = now
    for status in devices.statuses() { publish(status) }
    self.devices = devices
    scheduleDevices()
  }

  private func scheduleDevices() {
    guard let devices else { return }
    let due = MonotonicTime(nanoseconds: devicesStart.nanoseconds &+ devices.nextDue)
    eventLoop.assumeIsolated().scheduleTask(in: timeUntil(due)) { [weak self] in
      guard let self, self.devices != nil else { return }
      let elapsed = self.now.nanoseconds &- self.devicesStart.nanoseconds
      self.turn { owner in
        owner.devices?.messages(at: elapsed) {
          owner.broker.publish($0, now: owner.now, into: &owner.effects)
        }
      }
      self.scheduleDevices()
    }
  }
}
