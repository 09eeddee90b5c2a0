import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Text

/// One run of load against one target. Lives on its event loop, and reads no clock but the loop's.
///
/// Theory of operation. The clients connect at the plan's rate. When each is ready or has given up, the load
/// begins: in an open loop the clients wait in a heap for their next message to be due, and one timer serves
/// it; whoever cannot send leaves the heap until something changes, and then sends all that has become due.
/// A schedule only moves on with a message sent, so that a backlog takes no memory and keeps its instants.
/// After the load the last messages are awaited, and the clients disconnect. Sending is in LoadRun+Sending,
/// what comes back in LoadRun+Receiving, progress and the series of intervals in LoadRun+Intervals.
package final class LoadRun {
  enum Phase: Equatable {
    case idle, connecting, waiting, loading, draining, leaving, over
  }

  package enum Outcome {
    case done(LoadResult)
    /// No client ever had a connection.
    case failed(ClientError)
  }

  package let plan: LoadPlan
  package let target: LoadTarget
  let eventLoop: any EventLoop
  let environment: LoadEnvironment
  private let finish: (Outcome) -> Void
  /// Told about four times a second.
  package var onProgress: ((LoadProgress) -> Void)?
  /// Told at the end of each interval of the load.
  package var onInterval: (LoadInterval) -> Void = { _ in }

  /// What happens on the connection of the first client; set before the start.
  package var trace: ((TraceEvent) -> Void)?

  var phase = Phase.idle
  var clients: [LoadClient] = []
  private var started = 0
  private var readyCount = 0
  private var endedCount = 0
  var upCount = 0
  private var firstError: ClientError?

  // Of the plan, where every message finds it.
  /// Whether messages have a schedule.
  let isPaced: Bool
  /// Nanoseconds.
  private let loadLength: Int64
  /// Offsets of the messages that are measured.
  private let measured: Range<Int64>

  // The load.
  var queue = DueQueue()
  var wake: (due: Int64, task: Scheduled<Void>)?
  var unblocked: [LoadClient] = []
  /// Messages that may still be sent.
  var remaining: UInt64
  /// On the loop's clock, in nanoseconds; the schedule's instants count from it.
  var loadStart: Int64 = 0
  var window = Int.max
  /// Messages of QoS 1 and 2 under way.
  var openCount = 0
  /// How often a full window was opened again because nothing of it came.
  var reopened = 0
  var counters = Counters()
  var trackers: [[SequenceTracker]] = []
  var arrived: UInt64 = 0
  var corrected = LatencyTally()
  var raw = LatencyTally()
  var acknowledged = LatencyTally()
  var rawAcknowledged = LatencyTally()
  var others: [LatencyKind: LatencyHistogram] = [:]
  var generator = GeneratorCheck()
  var lastSent: Int64 = 0
  var lastReceived: Int64 = 0
  var result: LoadResult
  var tickTask: Scheduled<Void>?
  private var endTask: Scheduled<Void>?
  private var cpuAtStart: Int64 = 0
  var intervalStart: Int64 = 0
  var atIntervalStart = Counters()
  /// The longest time in which nothing came back though something was under way.
  var silence: (length: Int64, since: Int64) = (0, 0)
  var silenceStart: Int64 = 0

  package init(
    _ plan: LoadPlan, target: LoadTarget, eventLoop: any EventLoop, environment: LoadEnvironment,
    finish: @escaping (Outcome) -> Void
  ) {
    self.plan = plan
    self.target = target
    self.eventLoop = eventLoop
    self.environment = environment
    self.finish = finish
    remaining = plan.messages ?? .max
    isPaced = plan.totalRate != nil
    loadLength = plan.duration?.nanoseconds ?? .max
    let start = plan.warmUp.nanoseconds
    measured = start..<max(plan.trim > .zero ? loadLength - plan.trim.nanoseconds : .max, start)
    result = LoadResult(target: target.name, plan: plan.json)
    result.rate = plan.totalRate
    result.isOpenLoop = isPaced
    result.senders = plan.senders
    result.receivers = plan.receivers
    result.clients = plan.clients
  }

  var now: Int64 { Int64(clamping: eventLoop.now.uptimeNanoseconds) }

  func after(_ nanoseconds: Int64, _ body: @escaping () -> Void) -> Scheduled<Void> {
    eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(max(nanoseconds, 0)), body)
  }

  // MARK: - Connecting

  package func start() {
    phase = .connecting
    generator.sharesThread = target.sharesThread
    makeTrackers()
    clients.reserveCapacity(plan.clients)
    connectMore(since: now)
    tick()
  }

  /// As many as are due by the connect rate.
  private func connectMore(since begin: Int64) {
    guard phase == .connecting else { return }
    let due = Int(Double(now - begin) / 1e9 * plan.connectRate) + 1
    while started < min(due, plan.clients) {
      let client = makeClient(started)
      clients.append(client)
      started += 1
      client.start()
    }
    if started < plan.clients {
      _ = after(max(Int64(1e9 / plan.connectRate), 1_000_000)) { self.connectMore(since: begin) }
    }
  }

  private func makeClient(_ index: Int) -> LoadClient {
    let connection = Connection(target.settings(index), eventLoop: eventLoop, dialing: target.dialing)
    let isSender = index < plan.publishers || (index >= firstEcho && index < firstIdle)
    let number = index < plan.publishers ? index : index - plan.subscribers
    let isReceiver = index >= plan.publishers && index < firstIdle
    return LoadClient(
      index, run: self, connection: connection, sender: isSender ? makeSender(number) : nil,
      receiver: isReceiver ? index - plan.publishers : nil)
  }

  private var firstEcho: Int { plan.publishers + plan.subscribers }
  private var firstIdle: Int { firstEcho + plan.echoing }

  private func makeSender(_ number: Int) -> LoadSender {
    let topics =
      plan.topic.contains("seq")
      ? []
      : (0..<plan.topicsPerClient).map {
        plan.topic.topic(LoadPlaceholders(run: environment.run, client: number, topic: $0, sequence: 0))
      }
    return LoadSender(
      number: number, audience: UInt64(plan.audience(of: number)),
      schedule: Schedule(
        rate: plan.totalRate ?? 1, arrival: plan.arrival, client: number, of: plan.senders,
        seed: environment.seed),
      payloads: PayloadMaker(plan.payload, hasHeader: plan.hasHeader), topics: topics,
      seed: environment.seed &+ UInt64(number))
  }

  func connected(_ client: LoadClient) {
    client.isUp = true
    upCount += 1
    counters.connects += 1
    if let sender = client.sender, phase == .loading || phase == .draining {
      sender.blockedUntil = now
      pumpSoon(client)
    }
  }

  func ready(_ client: LoadClient) {
    readyCount += 1
    beginWhenReady()
  }

  func disconnected(_ client: LoadClient, wasReady: Bool) {
    upCount -= 1
    if wasReady { readyCount -= 1 }
  }

  func interrupted(_ client: LoadClient, _ error: ClientError, wasConnected: Bool) {
    guard phase != .leaving, phase != .over else { return }
    if wasConnected { counters.disconnects += 1 } else { counters.connectFailures += 1 }
    if firstError == nil { firstError = error }
    result.count(environment.describe(error))
  }

  func ended(_ client: LoadClient, _ error: ClientError?) {
    endedCount += 1
    if endedCount == (phase == .leaving ? clients.count : plan.clients) {
      if phase == .loading || phase == .draining {
        result.isPartial = true
        result.notes.append("every client's connection ended for good")
      }
      return end()
    }
    beginWhenReady()
  }

  func subscribeFailed(_ client: LoadClient, _ cause: String) {
    counters.subscribeFailures += 1
    result.count(cause)
  }

  // MARK: - The load

  private func beginWhenReady() {
    guard phase == .connecting, started == plan.clients, readyCount + endedCount >= plan.clients else {
      return
    }
    phase = .waiting
    // One turn later: whoever became ready last is still in the midst of it.
    let delay = environment.startAt.map { $0 - environment.wallClock() } ?? 0
    if delay < 0 {
      result.notes.append("the common start was \(TimeText.of(UInt64(-delay))) ago: started late")
    }
    _ = after(delay) { self.begin() }
  }

  private func begin() {
    guard phase == .waiting else { return }
    phase = .loading
    loadStart = now
    intervalStart = loadStart
    atIntervalStart = counters
    silence.since = loadStart
    adaptWindow()
    result.startedAt = environment.wallClock()
    cpuAtStart = environment.cpuTime()
    if let duration = plan.duration { endTask = after(duration.nanoseconds) { self.drain() } }
    for client in clients where client.sender != nil { client.sender?.progressAt = loadStart }
    startSending()
  }

  /// Whether the instant, from the start of the load, is one whose message belongs to the load.
  func isInLoad(_ offset: Int64) -> Bool { offset < loadLength }

  func isMeasured(_ offset: Int64) -> Bool { measured.contains(offset) }

  /// The load is over; what is due or under way is still waited for.
  func drain() {
    guard phase == .loading else { return }
    phase = .draining
    endTask?.cancel()
    endTask = after(plan.drain.nanoseconds) { self.leave() }
    pumpAll()
    leaveWhenComplete()
  }

  func leaveWhenComplete() {
    guard phase == .draining, isComplete else { return }
    leave()
  }

  // MARK: - The end

  /// Ends the run early; the result says so.
  package func stop() {
    guard phase != .leaving, phase != .over else { return }
    result.isPartial = true
    leave()
  }

  /// Does not wait for goodbyes any longer.
  package func abandon() { if phase == .leaving { end() } }

  private func leave() {
    guard phase != .leaving, phase != .over else { return }
    endLoad()
    phase = .leaving
    endTask?.cancel()
    endTask = after(1_200_000_000) { self.end() }
    for client in clients where !client.hasEnded { client.connection.disconnect() }
    if clients.isEmpty { end() }
  }

  /// Takes stock.
  private func endLoad() {
    guard phase == .loading || phase == .draining else { return }
    noteSilence(until: now)
    countUnsent()
    countLost()
    generator.cpuSeconds = Double(environment.cpuTime() - cpuAtStart) / 1e9
    generator.wallSeconds = Double(now - loadStart) / 1e9
    roll()
  }

  private func end() {
    guard phase != .over else { return }
    endLoad()
    phase = .over
    endTask?.cancel()
    tickTask?.cancel()
    wake?.task.cancel()
    for client in clients where !client.hasEnded { client.connection.abort() }
    // No callback of a client may come once the run is gone.
    for client in clients { client.connection.delegate = nil }
    if let firstError, counters.connects == 0 { return finish(.failed(firstError)) }
    finish(.done(completeResult()))
  }

  private func completeResult() -> LoadResult {
    for (kind, tally) in [
      (LatencyKind.corrected, corrected), (.raw, raw), (.acknowledgement, acknowledged),
      (.rawAcknowledgement, rawAcknowledged),
    ] where !tally.total.isEmpty {
      result.latencies[kind] = tally.total
    }
    for (kind, histogram) in others { result.latencies[kind] = histogram }
    generator.unconnected = plan.clients - clients.count { $0.hasConnected }
    result.counters = counters
    result.generator = generator
    if lastSent > 0 {
      // Where the messages were over before the time was, they took as long as they took.
      let scheduled = result.isPartial || remaining == 0 ? nil : plan.duration?.nanoseconds
      result.sendingTime = Double(max(lastSent - loadStart, scheduled ?? 0)) / 1e9
    }
    if lastReceived > 0 {
      result.receivingTime = max(Double(lastReceived - loadStart) / 1e9, result.sendingTime)
    }
    result.notes += explanations()
    return result
  }

  func countCause(_ cause: String) { result.count(cause) }

  func record(_ kind: LatencyKind, _ nanoseconds: Int64) {
    others[kind, default: LatencyHistogram()].record(nanoseconds)
  }
}
