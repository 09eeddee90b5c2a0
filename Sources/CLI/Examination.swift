import Client
import Doctor
import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// Performs what a `Walk` asks for, on real connections.
///
/// Lives on the event loop.
final class Examination: ConnectionDelegate {
  private(set) var walk: Walk
  private let eventLoop: any EventLoop
  private let tracer: ((TraceEvent) -> Void)?
  private let onChange: (Walk) -> Void
  private let onEnd: (Report) -> Void
  private var connection: Connection?
  private var probe: ProbeRun?
  private var timer: Scheduled<Void>?
  private var isOver = false

  /// - Parameters:
  ///   - tracer: sees all connections, of which there is one at a time.
  ///   - onChange: after everything that happened.
  ///   - onEnd: once, with the verdict; not after `stop`.
  init(
    _ plan: WalkPlan, eventLoop: any EventLoop, tracer: ((TraceEvent) -> Void)?,
    onChange: @escaping (Walk) -> Void,
    onEnd: @escaping (Report) -> Void
  ) {
    walk = Walk(plan)
    self.eventLoop = eventLoop
    self.tracer = tracer
    self.onChange = onChange
    self.onEnd = onEnd
  }

  func start() {
    let actions = walk.start(at: now)
    onChange(walk)
    perform(actions)
  }

  /// Gives up at once, with a DISCONNECT where there is a connection.
  func stop() {
    isOver = true
    timer?.cancel()
    connection?.disconnect()
    probe?.stop()
  }

  private var now: MonotonicTime { MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds) }

  private func handle(_ input: Walk.Input, at time: MonotonicTime? = nil) {
    guard !isOver else { return }
    let actions = walk.handle(input, at: time ?? now)
    onChange(walk)
    perform(actions)
  }

  // MARK: - Actions

  private func perform(_ actions: [Walk.Action]) {
    for action in actions where !isOver { perform(action) }
  }

  private func perform(_ action: Walk.Action) {
    switch action {
    case .connect: connect()
    case .subscribe(let topic, let qos):
      connection?.subscribe([Subscription(topic, qos: qos)], RequestID(1))
    case .publish(let topic, let payload, let qos):
      let message = Message(topic: topic, payload: ByteBuffer(bytes: payload), qos: qos)
      connection?.publish(message, RequestID(2))
    case .unsubscribe(let topic): connection?.unsubscribe([topic], RequestID(3))
    case .timer(let time): start(timer: time)
    case .disconnect: connection?.disconnect()
    case .probe(let probe): run(probe)
    case .finish:
      isOver = true
      timer?.cancel()
      onEnd(walk.report)
    }
  }

  private func connect() {
    var settings = walk.plan.settings
    settings.reconnect = ReconnectPolicy(reconnects: false)
    let connection = Connection(settings, eventLoop: eventLoop)
    self.connection = connection
    connection.delegate = self
    connection.noticesFailedWrites = true
    connection.tracer = { [weak self] event in
      guard let self else { return }
      tracer?(event)
      // The end is on its way, and tells more than a timer could.
      if case .state(.closing) = event.kind { timer?.cancel() }
      guard case .transport(let step) = event.kind else { return }
      if case .upgraded(let response) = step {
        handle(.upgraded(response), at: event.time)
      } else {
        handle(.transport(step), at: event.time)
      }
    }
    connection.start()
  }

  private func start(timer time: Duration) {
    timer?.cancel()
    timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { self.handle(.timer) }
  }

  private func run(_ probe: Probe) {
    let settings = probe.settings(from: walk.plan.settings, timeout: walk.probeTimeout)
    let run = ProbeRun(settings, depth: probe.depth, eventLoop: eventLoop, tracer: tracer) {
      [weak self] result in
      self?.handle(.probed(result))
    }
    self.probe = run
    run.start()
  }

  // MARK: - What the connection tells

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    let message = publish.message
    handle(.received(topic: message.topic, payload: Array(message.payload.readableBytesView)))
    connection.delivered(upTo: sequence)
  }

  func connectionDrainedInput(_ connection: Connection) {}

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    handle(.published(outcome))
  }

  func connectionCanSend(_ connection: Connection) {}

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .connected(let connAck, let resumed): handle(.connected(connAck, resumed: resumed))
    case .subscribed(_, let subAck, _): handle(.subscribed(subAck))
    case .unsubscribed: handle(.unsubscribed)
    case .rejected(_, let refusal): handle(.rejected(refusal))
    case .ended(let error): handle(.ended(error))
    case .resubscribed, .authentication, .sessionLost, .retrying: break
    }
  }
}
