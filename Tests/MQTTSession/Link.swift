import MQTTPackets
import MQTTSession

/// A client session and a server that keeps a `DeliveryState` for it, with a wire between them that
/// holds packets until they are moved, one at a time, or lost.
struct Link {
  let version: ProtocolVersion
  var client: Session
  var server: DeliveryState
  var toServer: [Packet] = []
  var toClient: [Packet] = []
  var clientRules: WireRules
  var serverRules: WireRules

  private(set) var isUp = false
  private var hasSession = false
  private var serverSequence: UInt64 = 0
  /// Of the last delivery to the client, and the last one that its owner has dealt with.
  private(set) var clientSequence: UInt64 = 0
  private(set) var handled: UInt64 = 0

  /// How often each topic arrived.
  private(set) var atServer: [String: Int] = [:]
  private(set) var atClient: [String: Int] = [:]
  private(set) var outcomes: [RequestID: [PublishOutcome]] = [:]
  /// Tokens of server messages that were taken.
  private(set) var completed: [UInt64: Int] = [:]
  private(set) var losses = 0
  private(set) var problems: [String] = []

  private let window: UInt16
  private let now = MonotonicTime(nanoseconds: 0)

  init(_ version: ProtocolVersion, window: UInt16) {
    self.version = version
    self.window = window
    var settings = SessionSettings.lasting(version)
    settings.cleanStart = false
    settings.receiveMaximum = window
    settings.maximumInFlight = window
    client = Session(settings)
    server = DeliveryState(version: version)
    clientRules = WireRules(window: Int(window))
    serverRules = WireRules(window: Int(window))
  }

  var allProblems: [String] { problems + clientRules.problems + serverRules.problems }

  // MARK: What may happen

  mutating func connect() {
    guard !isUp else { return }
    isUp = true
    act { $0.transportOpened(ConnectCredentials(), now: $1, into: &$2) }
  }

  /// Everything on the wire is lost.
  mutating func cut() {
    guard isUp else { return }
    isUp = false
    toServer = []
    toClient = []
    server.connectionClosed()
    clientRules.connectionClosed()
    serverRules.connectionClosed()
    act { $0.transportClosed(now: $1, into: &$2) }
  }

  /// The server restarts without its store, and the client learns it by the next CONNACK. (Were that
  /// CONNACK lost too, no client could tell the new session from the old one.)
  mutating func loseServerState() {
    cut()
    hasSession = false
    server = DeliveryState(version: version)
    serverRules.sessionLost()
    connect()
    moveToServer()
    moveToClient()
  }

  mutating func clientPublishes(_ topic: String, _ qos: QoS, _ id: UInt64) {
    act { $0.publish(Message(topic: topic, qos: qos), RequestID(id), now: $1, into: &$2) }
  }

  mutating func serverPublishes(_ topic: String, _ qos: QoS, _ token: UInt64) {
    if let publish = server.send(Message(topic: topic, qos: qos), token: token) {
      serverSends(.publish(publish))
    }
  }

  /// The client's owner is done with all up to that message.
  mutating func handle(upTo sequence: UInt64) {
    handled = max(handled, sequence)
    act { [handled] in $0.delivered(upTo: handled, now: $1, into: &$2) }
  }

  mutating func moveToServer() {
    if toServer.isEmpty { return }
    serverReceives(toServer.removeFirst())
  }

  mutating func moveToClient() {
    if toClient.isEmpty { return }
    let packet = toClient.removeFirst()
    clientRules.got(packet)
    act { $0.receive(packet, now: $1, into: &$2) }
  }

  /// Lets everything run until nothing moves.
  mutating func settle() {
    connect()
    for _ in 0..<100_000 {
      if toServer.isEmpty, toClient.isEmpty, handled == clientSequence { return }
      moveToServer()
      moveToClient()
      handle(upTo: clientSequence)
    }
    problems.append("it never settles")
  }

  // MARK: The client's owner

  private mutating func act(_ event: (inout Session, MonotonicTime, inout [Effect]) -> Void) {
    var effects: [Effect] = []
    event(&client, now, &effects)
    for effect in effects { perform(effect) }
  }

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .send(let packet):
      clientRules.sent(packet)
      if isUp { toServer.append(packet) } else { problems.append("sent without a connection: \(packet)") }
    case .deliver(let sequence, let publish):
      if sequence != clientSequence + 1 { problems.append("sequence \(sequence) after \(clientSequence)") }
      clientSequence = sequence
      atClient[publish.message.topic, default: 0] += 1
    case .published(let id, let outcome): outcomes[id, default: []].append(outcome)
    case .sessionLost:
      losses += 1
      clientRules.sessionLost()
    case .connected: break
    default: problems.append("unexpected \(effect)")
    }
  }

  // MARK: The server

  private mutating func serverSends(_ packet: Packet) {
    serverRules.sent(packet)
    toClient.append(packet)
  }

  private mutating func serverReceives(_ packet: Packet) {
    serverRules.got(packet)
    switch packet {
    case .connect:
      let maximum: Properties = version == .v5 ? [.receiveMaximum(window)] : []
      serverSends(.connAck(ConnAck(sessionPresent: hasSession, properties: maximum)))
      hasSession = true
      server.connectionOpened(sendWindow: Int(window), receiveMaximum: Int(window))
    case .publish(let publish):
      switch server.admit(publish) {
      case .new:
        atServer[publish.message.topic, default: 0] += 1
        serverSequence += 1
        server.acknowledge(publish, sequence: serverSequence)
        server.release(upTo: serverSequence)
      case .duplicate: break
      case .quotaExceeded: problems.append("the client exceeds the server's window")
      }
    case .pubAck(let ack): serverProgress(server.pubAck(ack))
    case .pubRec(let ack): serverProgress(server.pubRec(ack))
    case .pubComp(let ack): serverProgress(server.pubComp(ack))
    case .pubRel(let ack):
      if let answer = server.pubRel(ack) { serverSends(.pubComp(answer)) }
    default: problems.append("unexpected \(packet)")
    }
    while let acknowledgement = server.nextAcknowledgement() { serverSends(acknowledgement) }
    while let outgoing = server.next() {
      switch outgoing {
      case .publish(let publish, _): serverSends(.publish(publish))
      case .pubRel(let ack): serverSends(.pubRel(ack))
      }
    }
  }

  private mutating func serverProgress(_ progress: DeliveryState.Progress) {
    switch progress {
    case .completed(let token, _, _): completed[token, default: 0] += 1
    case .reply(let ack): serverSends(.pubRel(ack))
    case .ignored: break
    }
  }
}
