import Client
import MQTTPackets
import MQTTSession
import NIOCore

/// Carries out a `PublishPlan` on a connection: takes messages from the source while socket and window
/// have room, and ends the run when every one has its outcome.
///
/// Lives on the event loop.
final class Publisher: ConnectionDelegate {
  /// How the run went, for the exit status.
  struct Tally: Equatable {
    var finished: UInt64 = 0
    var failed: UInt64 = 0
    /// QoS 2 messages whose session the server lost.
    var unknown: UInt64 = 0
    var withoutSubscribers: UInt64 = 0
    /// Handed to the session and without an outcome.
    var open: UInt64 = 0
    /// Of the first message that failed, where topics vary.
    var failedTopic: String?
  }

  enum Outcome {
    case done(Tally, firstFailure: PublishOutcome?)
    case connectionFailed(ClientError, Tally)
    case inputFailed(InputFailure, Tally)
  }

  /// Messages that may be published before the loop looks at its sockets again.
  private static let turn = 4096

  private let plan: PublishPlan
  private let connection: Connection
  private let input: any PublishInput
  private let notify: (ConnectionEvent) -> Void
  private let finish: (Outcome) -> Void
  private(set) var tally = Tally()
  /// Of messages without an outcome, where topics vary.
  private var topics: [RequestID: String] = [:]
  private var firstFailure: PublishOutcome?
  private(set) var issued: UInt64 = 0
  private var hasEnded = false
  private var wasConnected = false
  /// Everything is done but for bytes that wait for the socket.
  private var isLeaving = false
  private var isWaiting = false
  /// Of `turn`.
  private var left = Publisher.turn
  private var isYielding = false

  /// - Parameters:
  ///   - notify: hears the connection's events, for messages to the user.
  ///   - finish: called once, at the end.
  init(
    _ plan: PublishPlan, connection: Connection, input: any PublishInput,
    notify: @escaping (ConnectionEvent) -> Void, finish: @escaping (Outcome) -> Void
  ) {
    self.plan = plan
    self.connection = connection
    self.input = input
    self.notify = notify
    self.finish = finish
  }

  /// Publishes what is available and allowed now; to be called when the input has changed.
  func pump() {
    guard !hasEnded, !isWaiting, !isYielding else { return }
    guard connection.isConnected else { return endIfDone() }
    connection.batch {
      while left > 0, hasRoom {
        if let due = input.due {
          wait(until: due)
          break
        }
        guard let message = input.next(plan) else { break }
        left -= 1
        issued += 1
        if plan.hasVaryingTopics { topics[RequestID(issued)] = message.topic }
        if let source = input.source {
          connection.publish(message, source, RequestID(issued))
        } else {
          connection.publish(message, RequestID(issued))
        }
      }
    }
    if left == 0 { yield() }
    endIfDone()
  }

  /// A source without end leaves room for answers and timers. The event loop looks at its sockets only when
  /// no task is due, so it has to be a later time, however soon.
  private func yield() {
    isYielding = true
    connection.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) {
      self.isYielding = false
      self.left = Self.turn
      self.pump()
    }
  }

  private var hasRoom: Bool {
    connection.isWritable && (plan.highestQoS == .atMostOnce || connection.publishQuota > 0)
  }

  private func wait(until due: NIODeadline) {
    isWaiting = true
    connection.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
      self.isWaiting = false
      self.pump()
    }
  }

  private func endIfDone() {
    guard !hasEnded, !isLeaving, input.isAtEnd, tally.finished == issued else { return }
    guard connection.isConnected else {
      // Lost, and with nothing left to do there is no reason to come back. Before the first connection
      // there is: whoever runs this wants to know whether the broker is reachable.
      if wasConnected { leave() }
      return
    }
    isLeaving = true
    // A message of QoS 0 counts as sent long before a slow server has taken all of it.
    connection.whenSent { self.leave() }
  }

  private func leave() {
    hasEnded = true
    connection.disconnect(properties: plan.disconnectProperties)
  }

  // MARK: - ConnectionDelegate

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    tally.finished += 1
    let topic = topics.isEmpty ? nil : topics.removeValue(forKey: request)
    switch outcome {
    case .sent: return
    case .acknowledged(let reasonCode, _):
      guard plan.requiresSubscribers, reasonCode == .noMatchingSubscribers else { return }
      tally.withoutSubscribers += 1
    case .unknown: tally.unknown += 1
    case .failed, .rejected: tally.failed += 1
    }
    guard firstFailure == nil else { return }
    firstFailure = outcome
    tally.failedTopic = topic
  }

  func connectionDrainedInput(_ connection: Connection) {
    left = Self.turn
    pump()
  }

  /// Told in the midst of a write, which would not end as long as more is written.
  func connectionCanSend(_ connection: Connection) {
    connection.eventLoop.assumeIsolated().execute { self.pump() }
  }

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    connection.delivered(upTo: sequence)
  }

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    notify(event)
    switch event {
    case .connected:
      wasConnected = true
      isLeaving = false
      pump()
    case .retrying:
      isLeaving = false
      endIfDone()
    case .ended(let error): ended(error)
    default: break
    }
  }

  private func ended(_ error: ClientError?) {
    tally.open = issued - tally.finished
    if let inputFailure = input.failure {
      finish(.inputFailed(inputFailure, tally))
    } else if let error {
      finish(.connectionFailed(error, tally))
    } else {
      finish(.done(tally, firstFailure: firstFailure))
    }
  }
}
