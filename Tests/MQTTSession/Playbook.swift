import MQTTPackets
import MQTTSession
import NIOCore
import Testing

prefix operator >>
prefix operator <<

/// One line of a transcript: `>>` something happens to the session, `<<` an effect of it. All effects
/// of an event must be listed, in order, before the next event.
enum Line {
  case event(Event)
  case effect(Effect)
  /// The end over a broken rule: DISCONNECT (where the version and the code allow one), violation,
  /// close.
  case end(ProtocolVersion, ReasonCode, PacketType?, rule: String)
}

prefix func >> (event: Event) -> Line { .event(event) }
prefix func << (effect: Effect) -> Line { .effect(effect) }

enum Event {
  case open
  case openAs(ConnectCredentials)
  case packet(Packet)
  case closed
  case publish(Message, UInt64)
  case subscribe([Subscription], UInt64, Properties = [])
  case unsubscribe([String], UInt64)
  case authenticate(Auth)
  case delivered(UInt64)
  case disconnect(ReasonCode)
  case fail(ProtocolViolation)
  /// Seconds since the start; fires the timer.
  case time(Int)
  case bytes
  case paused(Bool)
  case check(@Sendable (Session) -> Bool)

  /// A packet from the server.
  static func pubAck(_ id: UInt16, _ code: ReasonCode = .success) -> Event {
    .packet(.pubAck(Acknowledgement(id, code)))
  }
  static func pubRec(_ id: UInt16, _ code: ReasonCode = .success) -> Event {
    .packet(.pubRec(Acknowledgement(id, code)))
  }
  static func pubRel(_ id: UInt16, _ code: ReasonCode = .success) -> Event {
    .packet(.pubRel(Acknowledgement(id, code)))
  }
  static func pubComp(_ id: UInt16, _ code: ReasonCode = .success) -> Event {
    .packet(.pubComp(Acknowledgement(id, code)))
  }
  static func connAck(present: Bool = false, _ properties: Properties = []) -> Event {
    .packet(.connAck(ConnAck(sessionPresent: present, properties: properties)))
  }
  static func message(
    _ topic: String, _ qos: QoS = .atMostOnce, id: UInt16? = nil, dup: Bool = false,
    with properties: Properties = []
  ) -> Event {
    .packet(.publish(incoming(topic, qos, id: id, dup: dup, with: properties)))
  }
}

func incoming(
  _ topic: String, _ qos: QoS = .atMostOnce, id: UInt16? = nil, dup: Bool = false,
  with properties: Properties = []
) -> Publish {
  Publish(
    message: Message(topic: topic, qos: qos, properties: properties), isDuplicate: dup, packetIdentifier: id)
}

extension Effect {
  static func pubAck(_ id: UInt16) -> Effect { .send(.pubAck(Acknowledgement(id))) }
  static func pubRec(_ id: UInt16) -> Effect { .send(.pubRec(Acknowledgement(id))) }
  static func pubRel(_ id: UInt16, _ code: ReasonCode = .success) -> Effect {
    .send(.pubRel(Acknowledgement(id, code)))
  }
  static func pubComp(_ id: UInt16, _ code: ReasonCode = .success) -> Effect {
    .send(.pubComp(Acknowledgement(id, code)))
  }
  static func sendPublish(
    _ topic: String, _ qos: QoS = .atMostOnce, id: UInt16? = nil, dup: Bool = false,
    with properties: Properties = []
  ) -> Effect {
    .send(.publish(incoming(topic, qos, id: id, dup: dup, with: properties)))
  }
  static func acknowledged(_ id: UInt64, _ code: ReasonCode = .success) -> Effect {
    .published(RequestID(id), .acknowledged(code, []))
  }
  static func connected(present: Bool = false, _ properties: Properties = []) -> Effect {
    .connected(ConnAck(sessionPresent: present, properties: properties), resumed: present)
  }
  static func message(
    _ sequence: UInt64, _ topic: String, _ qos: QoS = .atMostOnce, id: UInt16? = nil, dup: Bool = false,
    with properties: Properties = []
  ) -> Effect {
    .deliver(sequence: sequence, incoming(topic, qos, id: id, dup: dup, with: properties))
  }
}

extension Message {
  static func to(_ topic: String, _ qos: QoS = .atMostOnce) -> Message { Message(topic: topic, qos: qos) }
}

extension SessionSettings {
  /// No keep-alive, and a session that outlives its connection.
  static func lasting(_ version: ProtocolVersion) -> SessionSettings {
    SessionSettings(
      version: version, clientIdentifier: "c", cleanStart: version == .v5, keepAlive: 0,
      sessionExpiryInterval: version == .v5 ? 60 : nil)
  }

  func connect(clean: Bool? = nil) -> Effect {
    .send(
      .connect(
        Connect(
          version: version, clientIdentifier: clientIdentifier, cleanStart: clean ?? cleanStart,
          keepAlive: keepAlive,
          properties: sessionExpiryInterval.map { [.sessionExpiryInterval($0)] } ?? [])))
  }
}

/// A session in the middle of a transcript.
struct Player {
  var session: Session
  var now = MonotonicTime(nanoseconds: 0)
  var effects: [Effect] = []

  init(_ settings: SessionSettings) { session = Session(settings) }

  mutating func perform(_ event: Event) -> Bool {
    switch event {
    case .open: session.transportOpened(ConnectCredentials(), now: now, into: &effects)
    case .openAs(let credentials): session.transportOpened(credentials, now: now, into: &effects)
    case .packet(let packet): session.receive(packet, now: now, into: &effects)
    case .closed: session.transportClosed(now: now, into: &effects)
    case .publish(let message, let id): session.publish(message, RequestID(id), now: now, into: &effects)
    case .subscribe(let asked, let id, let properties):
      session.subscribe(asked, properties: properties, RequestID(id), now: now, into: &effects)
    case .unsubscribe(let filters, let id):
      session.unsubscribe(filters, RequestID(id), now: now, into: &effects)
    case .authenticate(let auth): session.authenticate(auth, now: now, into: &effects)
    case .delivered(let sequence): session.delivered(upTo: sequence, now: now, into: &effects)
    case .disconnect(let reason): session.disconnect(reason, now: now, into: &effects)
    case .fail(let violation): session.fail(violation, now: now, into: &effects)
    case .time(let seconds):
      now = MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000)
      session.timer(now: now, into: &effects)
    case .bytes: session.bytesArrived(now: now)
    case .paused(let isPaused): session.readingPaused(isPaused, now: now)
    case .check(let holds): return holds(session)
    }
    return true
  }
}

/// Plays a transcript against a new session and reports the first line that does not fit.
func play(
  _ settings: SessionSettings, _ lines: Line..., sourceLocation: SourceLocation = #_sourceLocation
) {
  var transcript = Transcript(Player(settings))
  for (index, line) in lines.enumerated() {
    if let problem = transcript.play(line) {
      Issue.record("line \(index + 1): \(problem)", sourceLocation: sourceLocation)
      return
    }
  }
  if let extra = transcript.pending.first {
    Issue.record("at the end: unexpected \(extra)", sourceLocation: sourceLocation)
  }
}

private struct Transcript {
  var player: Player
  /// Effects of the last event that no line has named yet.
  var pending: ArraySlice<Effect> = []

  init(_ player: Player) { self.player = player }

  /// What does not fit; nil when all does.
  mutating func play(_ line: Line) -> String? {
    switch line {
    case .event(let event):
      if let extra = pending.first { return "before \(event): unexpected \(extra)" }
      player.effects.removeAll(keepingCapacity: true)
      if !player.perform(event) { return "the check does not hold" }
      pending = player.effects[...]
      return nil
    case .effect(let effect):
      return expect(effect)
    case .end(let version, let code, let packet, let rule):
      if version == .v5, code != .keepAliveTimeout,
        let problem = expect(.send(.disconnect(Disconnect(code))))
      {
        return problem
      }
      guard case .violation(let violation)? = pending.popFirst() else { return "no violation" }
      if violation.reasonCode != code || violation.packet != packet || violation.rule != rule {
        return "got \(violation)"
      }
      return expect(.close)
    }
  }

  private mutating func expect(_ effect: Effect) -> String? {
    guard let actual = pending.popFirst() else { return "missing \(effect)" }
    return actual == effect ? nil : "expected \(effect)\n     got \(actual)"
  }
}
