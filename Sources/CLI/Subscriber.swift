import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

/// Carries out a `SubscribePlan` on a connection: what arrives is filtered, formatted and handed to the
/// writer; only what was written is acknowledged.
///
/// Lives on the event loop.
final class Subscriber: ConnectionDelegate {
  enum Outcome {
    /// The count was reached, or the run ended for the reason it was meant to end.
    case done
    case waitExpired
    case subscriptionDenied([Denial])
    /// Some were granted, some not, and all were required.
    case subscriptionIncomplete([Denial])
    case rejected(LocalRefusal)
    case connectionFailed(ClientError)
    case outputFailed(SystemError)
  }

  struct Denial: Equatable {
    var filter: String
    var reasonCode: ReasonCode
  }

  /// What the summary tells.
  struct Tally: Equatable {
    var printed: UInt64 = 0
    var hidden: UInt64 = 0
    var payloadBytes: UInt64 = 0
    var reconnections: UInt64 = 0
  }

  /// Formatted bytes that are handed to the writer even in the middle of a read batch.
  private static let handOverSize = 64 * 1024

  private let plan: SubscribePlan
  private let connection: Connection
  private var formatter: MessageFormatter
  private let wallClock: () -> WallTime
  private let notify: (ConnectionEvent) -> Void
  private let isReady: () -> Void
  private let finish: (Outcome, Tally) -> Void
  /// Set right after the start; the writer calls back into this object.
  var writer: OutputWriter?

  private var tally = Tally()
  private var outcome: Outcome?
  private var output: [UInt8] = []
  /// The last message that was formatted or left out.
  private var lastSequence: UInt64 = 0
  private var batchTime: WallTime?
  private var awaitedAnswers = Set<RequestID>()
  private var grantedCount = 0
  private(set) var denials: [Denial] = []
  private var removals: UInt64 = 0
  private var isPaused = false
  private var hasEnded = false

  private static let subscribeID = RequestID(1)
  private static let unsubscribeID = RequestID(2)
  private static let firstRemovalID: UInt64 = 16

  /// - Parameters:
  ///   - notify: hears the connection's events, for messages to the user.
  ///   - isReady: called when every filter has its answer, and at least one was granted.
  ///   - finish: called once, when everything is written and the connection has ended.
  init(
    _ plan: SubscribePlan, connection: Connection, formatter: MessageFormatter,
    wallClock: @escaping () -> WallTime, notify: @escaping (ConnectionEvent) -> Void,
    isReady: @escaping () -> Void, finish: @escaping (Outcome, Tally) -> Void
  ) {
    self.plan = plan
    self.connection = connection
    self.formatter = formatter
    self.wallClock = wallClock
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
      connection.unsubscribe(plan.unsubscribes, Self.unsubscribeID)
    }
    if let wait = plan.wait {
      connection.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { self.end(.waitExpired) }
    }
    connection.start()
  }

  // MARK: - Messages

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    guard outcome == nil else { return }
    lastSequence = sequence
    guard isWanted(publish) else {
      tally.hidden += 1
      return
    }
    let receivedAt = batchTime ?? wallClock()
    batchTime = receivedAt
    formatter.append(ReceivedMessage(publish, receivedAt: receivedAt, sequence: sequence), to: &output)
    tally.printed += 1
    tally.payloadBytes += UInt64(publish.message.payload.readableBytes)
    if plan.removesRetained, publish.message.retain { removeRetained(publish.message) }
    if tally.printed == plan.count {
      handOver()
      end(.done)
    } else if output.count >= Self.handOverSize {
      handOver()
    }
  }

  func connectionDrainedInput(_ connection: Connection) {
    batchTime = nil
    handOver()
  }

  private func isWanted(_ publish: Publish) -> Bool {
    if publish.message.retain {
      if plan.hidesRetained { return false }
    } else if plan.retainedOnly {
      end(.done)
      return false
    }
    for filter in plan.filteredOut where filter.matches(publish.message.topic) { return false }
    return true
  }

  private func removeRetained(_ message: Message) {
    guard message.payload.readableBytes > 0 else { return }
    removals += 1
    let empty = Message(topic: message.topic, qos: message.qos, retain: true)
    connection.publish(empty, RequestID(Self.firstRemovalID + removals))
  }

  private func handOver() {
    guard let writer else { return }
    if !output.isEmpty {
      let hasRoom = writer.append(&output, sequence: lastSequence)
      if !hasRoom, !isPaused {
        isPaused = true
        connection.pauseInput()
      }
    } else if writer.isDrained {
      connection.delivered(upTo: lastSequence)
    }
  }

  /// Everything up to this message has been written.
  func written(upTo sequence: UInt64) {
    guard let writer else { return }
    connection.delivered(upTo: sequence)
    guard writer.isDrained else { return }
    if output.isEmpty { connection.delivered(upTo: lastSequence) }
    if isPaused {
      isPaused = false
      connection.resumeInput()
    }
    if hasEnded { finishIfWritten() } else { disconnectIfDone() }
  }

  func outputFailed(_ error: SystemError) {
    outcome = .outputFailed(error)
    writer = nil
    connection.disconnect()
  }

  // MARK: - The end

  /// Ends the run once everything that was printed is written and acknowledged.
  func end(_ outcome: Outcome) {
    guard self.outcome == nil else { return }
    self.outcome = outcome
    handOver()
    disconnectIfDone()
  }

  private func disconnectIfDone() {
    guard outcome != nil, removals == 0, writer?.isDrained ?? true else { return }
    connection.disconnect()
  }

  private func finishIfWritten() {
    guard writer?.isDrained ?? true else { return }
    finish(outcome ?? .done, tally)
  }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    if request.rawValue > Self.firstRemovalID { removals -= 1 }
    disconnectIfDone()
  }

  func connectionCanSend(_ connection: Connection) {}

  // MARK: - Events

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    notify(event)
    switch event {
    case .subscribed(let id, let subAck, let asked): subscribed(id, subAck, asked)
    case .unsubscribed(let id, _): answered(id)
    case .rejected(_, let refusal): end(.rejected(refusal))
    case .ended(let error):
      if let error, outcome == nil { outcome = .connectionFailed(error) }
      hasEnded = true
      finishIfWritten()
    case .connected, .resubscribed, .authentication, .sessionLost: break
    case .retrying: tally.reconnections += 1
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

  private func answered(_ id: RequestID) {
    guard awaitedAnswers.remove(id) != nil, awaitedAnswers.isEmpty else { return }
    if !denials.isEmpty, grantedCount == 0 { return end(.subscriptionDenied(denials)) }
    if !denials.isEmpty, plan.requiresAll { return end(.subscriptionIncomplete(denials)) }
    isReady()
    if plan.endsAfterSubscribing { end(.done) }
  }
}
