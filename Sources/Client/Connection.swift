import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// One MQTT client over one WebSocket at a time: dials, runs the session, reconnects, resubscribes.
///
/// Lives on its event loop: every call and every delegate call happens there. Theory of operation: the
/// session is pure and says what to do as effects; `perform` interprets them in order. Calls made from
/// within a delegate call only append effects, which the outermost call then performs, so that order is
/// kept without recursion; the end of a transport that is noticed meanwhile waits until they are
/// performed. What was sent leaves the process when the outermost call ends. How a connection comes
/// about and ends is in Connection+Connecting, what effects do in Connection+Effects.
package final class Connection {
  enum State {
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

    /// The handler of the present transport.
    var handler: ConnectionHandler? {
      switch self {
      case .handshaking(let handler), .connected(let handler), .closing(let handler, _): handler
      default: nil
      }
    }
  }

  package let settings: ConnectionSettings
  package let eventLoop: any EventLoop
  /// Kept until the connection has ended.
  package var delegate: (any ConnectionDelegate)?
  /// Who takes large messages of QoS 0 as they come; with nil, every message is whole. Kept until the
  /// connection has ended.
  package var payloadStream: (any PayloadStream)?
  /// The tap; nil costs one branch per read and per write. Kept until the connection has ended.
  package var tracer: ((TraceEvent) -> Void)?
  /// Tells a reset from an end in order also where a write is the first to meet it, for a promise a write.
  package var noticesFailedWrites = false
  /// What the last successful upgrade looked like.
  package internal(set) var dialResult: DialResult?

  /// Exact, over all transports so far.
  package internal(set) var tally = Tally()

  package struct Tally: Equatable, Sendable {
    package var framesReceived: UInt64 = 0
    package var framesSent: UInt64 = 0
    package var packetsReceived: UInt64 = 0
    package var packetsSent: UInt64 = 0

    package init() {}
  }

  /// How long nothing had gone either way when the last connection was lost; nil when it never worked.
  package internal(set) var lastSilence: Duration?

  let dialing: Dialing
  let random: () -> UInt64
  var policy: ReconnectPolicy
  var session: Session
  var subscriptions = SubscriptionList()
  var state = State.idle {
    didSet {
      handler = state.handler
      isConnected = if case .connected = state { true } else { false }
    }
  }
  // Of the state, where every message finds it without looking into the state.
  private(set) var handler: ConnectionHandler?
  package private(set) var isConnected = false

  // Connecting.
  /// Counts attempts: callbacks of one that was given up find another number.
  var attempt = 0
  /// When the attempt has to have its CONNACK.
  var due = NIODeadline.distantFuture
  var deadline: Scheduled<Void>?
  /// Only from their arrival until CONNECT is sent.
  var credentials = ConnectCredentials()
  /// Nothing came on this connection that shows it to be of use.
  var isUnproven = true
  /// Why the session asked for the transport to be closed, until it is.
  var cause: ClientError?
  /// How the transport ended, until the effects that came before are performed.
  var lost: ClientError?
  var endsAfterClose = false
  /// The present transport ends because another was asked for.
  var redialsAtOnce = false

  // Effects.
  var effects: [Effect] = []
  var isPerforming = false
  var depth = 0
  /// Bytes of messages that wait as effects, and so for the socket.
  var deferredBytes = 0
  var timer: (due: MonotonicTime, task: Scheduled<Void>)?
  /// The clock's reading when the outermost call began, or the bytes were read that are being taken apart.
  package internal(set) var batchTime = MonotonicTime(nanoseconds: 0)
  var isInputPaused = false
  /// Since the start of a read batch, until the delegate has heard that it was all.
  var isInputUndrained = false

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
    case .connected, .handshaking:
      var properties = properties
      if !settings.keepsSession, session.canOutliveConnection, settings.session.version == .v5 {
        properties.append(.sessionExpiryInterval(0))
      }
      enter { session.disconnect(reason, properties: properties, now: batchTime, into: &effects) }
    case .closing, .ended: break
    case .dialing(let dial):
      attempt += 1
      dial.cancel()
      end(nil)
    case .waiting(let task):
      task.cancel()
      end(nil)
    case .idle, .fetchingCredentials: end(nil)
    }
  }

  /// Ends at once: no DISCONNECT, so that the server publishes the will.
  package func abort() {
    endsAfterClose = true
    if let handler { handler.abort() } else { disconnect() }
  }

  /// Dials now: cuts the wait for the next attempt short, or closes the present connection and opens
  /// another, which takes its session over as after a loss. Does nothing while an attempt is under way, or
  /// after the end.
  package func reconnectNow() {
    switch state {
    case .waiting(let task):
      task.cancel()
      connect()
    case .connected, .handshaking:
      redialsAtOnce = true
      enter { session.disconnect(now: batchTime, into: &effects) }
    case .idle, .fetchingCredentials, .dialing, .closing, .ended: break
    }
  }

  /// Nothing can follow.
  package var hasEnded: Bool { if case .ended = state { true } else { false } }

  // MARK: - Requests

  /// Several requests whose packets leave in one write.
  package func batch(_ body: () -> Void) { enter(body) }

  package func publish(_ message: Message, _ id: RequestID) {
    if isPerforming { deferredBytes += 16 + message.topic.utf8.count + message.payload.readableBytes }
    beginCall()
    // A message that may go out now takes the short way, without effects.
    if !isPerforming, effects.isEmpty, let publish = session.publishAtOnce(message, id, now: batchTime) {
      isPerforming = true
      if send(publish), publish.packetIdentifier == nil { delegate?.connection(self, finished: id, .sent) }
      isPerforming = false
    } else {
      session.publish(message, id, now: batchTime, into: &effects)
    }
    endCall()
  }

  /// A message of QoS 0 whose payload is read while it is sent; `message` has none. To be called while
  /// `isConnected` and `isWritable`; the request finishes at once, and the payload with `whenSent`.
  package func publish(_ message: Message, _ payload: any PayloadSource, _ id: RequestID) {
    enter {
      guard let handler else { return }
      let (publish, refusal) = session.publishHead(message, payloadLength: payload.length, now: batchTime)
      do throws(EncodeError) {
        if refusal == nil, try !handler.send(publish, payload) { return }
        delegate?.connection(self, finished: id, refusal.map { .rejected($0) } ?? .sent)
      } catch {
        close(handler, cause: .encode(error))
      }
    }
  }

  package func subscribe(_ asked: [Subscription], properties: Properties = [], _ id: RequestID) {
    enter {
      subscriptions.ask(asked, properties: properties, id)
      session.subscribe(asked, properties: properties, id, now: batchTime, into: &effects)
    }
  }

  package func unsubscribe(_ filters: [String], properties: Properties = [], _ id: RequestID) {
    enter {
      subscriptions.remove(filters)
      session.unsubscribe(filters, properties: properties, id, now: batchTime, into: &effects)
    }
  }

  package func authenticate(_ auth: Auth) {
    enter { session.authenticate(auth, now: batchTime, into: &effects) }
  }

  /// Everything up to this message is where it was meant to go: acknowledges it.
  package func delivered(upTo sequence: UInt64) {
    enter { session.delivered(upTo: sequence, now: batchTime, into: &effects) }
  }

  package var vitals: SessionVitals { session.vitals }

  /// QoS 1 and 2 exchanges that are not finished, the oldest first, ours before the peer's.
  package func openExchanges(limit: Int) -> [OpenExchange] { session.openExchanges(limit: limit) }

  /// Sends a WebSocket ping and calls `body` with the time that the pong took; never when none comes.
  /// - Returns: false without a WebSocket that is open, and while an earlier ping waits for its pong.
  package func pingWebSocket(_ body: @escaping (Duration) -> Void) -> Bool {
    guard case .connected(let handler) = state else { return false }
    return handler.sendPing(body)
  }

  /// How many QoS 1 and 2 messages would go out at once.
  package var publishQuota: Int { Self.ask(&session) { $0.publishQuota } }

  /// Of a session in an object, a getter of another module is given a copy, which takes longer than the answer.
  @inline(__always)
  static func ask<Answer>(_ session: inout Session, _ question: (inout Session) -> Answer) -> Answer {
    question(&session)
  }

  /// Requests that have no outcome yet.
  package var unacknowledgedCount: Int { session.unacknowledged }

  /// False while what was sent waits for the socket: producers of messages should stop until
  /// `connectionCanSend`.
  package var isWritable: Bool {
    guard isConnected, let handler else { return false }
    return deferredBytes < Self.maximumDeferred && handler.isWritable
  }

  /// Calls `body` once the kernel has everything that was sent on this connection so far, perhaps at once;
  /// never when the connection ends before.
  package func whenSent(_ body: @escaping () -> Void) {
    if case .connected(let handler) = state { handler.whenSent(body) }
  }

  /// Bytes that delegate calls may add to the effects before `isWritable` is false.
  static let maximumDeferred = 64 * 1024

  // MARK: - Back-pressure

  /// Stops reading the socket until `resumeInput`. What was read before is still handed over.
  package func pauseInput() {
    isInputPaused = true
    session.readingPaused(true, now: now)
    if case .connected(let handler) = state { handler.pauseReading() }
  }

  package func resumeInput() {
    guard isInputPaused else { return }
    isInputPaused = false
    session.readingPaused(false, now: now)
    handler?.resumeReading()
  }

  // MARK: - Trace

  func trace(_ kind: @autoclosure () -> TraceEvent.Kind) {
    if let tracer { tracer(TraceEvent(time: now, kind: kind())) }
  }

  /// `bytes` begins with what was objected to.
  func traceViolation(_ error: ClientError, _ bytes: @autoclosure () -> ByteBuffer?) {
    trace(.violation(error, bytes() ?? ByteBuffer()))
  }
}
