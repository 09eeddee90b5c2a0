import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing

@testable import Client
@testable import WebSocketTransport

/// A real `Connection` on a virtual clock and virtual sockets. What it tells its delegate and what it
/// writes becomes one list of lines, in order: `> …` is on the wire, all else is an event.
final class Stage: ConnectionDelegate {
  let loop = EmbeddedEventLoop()
  private(set) var connection: Connection
  private(set) var lines: [String] = []
  /// One for each attempt to connect, in order.
  private(set) var dials: [Dial] = []
  private(set) var peers: [Peer] = []

  /// Messages are acknowledged as they come.
  var acknowledges = true
  var onMessage: (Publish) -> Void = { _ in }
  var onFinished: (RequestID) -> Void = { _ in }
  var onEvent: (ConnectionEvent) -> Void = { _ in }
  var onRoom: () -> Void = {}
  private(set) var drains = 0

  /// One call of the dialer.
  final class Dial {
    let settings: TransportSettings
    let makeHandler: Dialing.MakeHandler
    let promise: EventLoopPromise<any Channel>
    var isCancelled = false

    init(
      _ settings: TransportSettings, _ makeHandler: @escaping Dialing.MakeHandler,
      _ promise: EventLoopPromise<any Channel>
    ) {
      self.settings = settings
      self.makeHandler = makeHandler
      self.promise = promise
    }
  }

  init(
    _ session: SessionSettings = .lasting, reconnect: ReconnectPolicy = ReconnectPolicy(),
    credentials: any CredentialsProvider = FixedCredentials()
  ) throws {
    let url = try WebSocketURL(parsing: "ws://test/mqtt")
    let settings = ConnectionSettings(
      transport: TransportSettings(url: url), session: session, credentials: credentials,
      reconnect: reconnect)
    connection = Connection(settings, eventLoop: loop, dialing: .system)
    let dialing = Dialing { [unowned self] settings, loop, _, makeHandler in
      let dial = Dial(settings, makeHandler, loop.makePromise())
      dials.append(dial)
      return Dialing.Attempt(
        channel: dial.promise.futureResult,
        cancel: {
          dial.isCancelled = true
          dial.promise.fail(TransportError.cancelled)
        })
    }
    // Half of every delay's ceiling.
    connection = Connection(settings, eventLoop: loop, dialing: dialing, random: { 1 << 63 })
    connection.delegate = self
  }

  deinit {
    if let last = dials.last { last.promise.fail(TransportError.cancelled) }
    for peer in peers where peer.isOpen { peer.channel.close(promise: nil) }
    loop.run()
  }

  var version: ProtocolVersion { connection.settings.session.version }

  // MARK: - The dialer's outcome

  /// The WebSocket of the last attempt is open.
  @discardableResult
  func open() throws -> Peer {
    let dial = try #require(dials.last)
    let peer = try Peer(loop: loop, version: version) { [weak self] in self?.lines.append($0) }
    peers.append(peer)
    let result = DialResult(response: nil, localAddress: nil, remoteAddress: nil, tls: nil)
    try peer.channel.pipeline.syncOperations.addHandler(dial.makeHandler(result))
    dial.promise.succeed(peer.channel)
    peer.channel.read()
    return peer
  }

  func fail(_ error: TransportError) { dials.last?.promise.fail(error) }

  /// Opens and accepts; the lines of it are dropped.
  @discardableResult
  func connect(present: Bool = false, _ properties: Properties = []) throws -> Peer {
    if dials.isEmpty { connection.start() }
    let peer = try open()
    lines.removeAll()
    peer.send(.connAck(ConnAck(sessionPresent: present, properties: properties)))
    return peer
  }

  func advance(_ time: Duration) { loop.advanceTime(by: TimeAmount(time)) }

  // MARK: - Lines

  /// All lines since the last call.
  func expect(_ expected: String..., sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(lines == expected, sourceLocation: sourceLocation)
    lines.removeAll()
  }

  func clear() { lines.removeAll() }

  // MARK: - ConnectionDelegate

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    lines.append("message \(sequence) \(describe(publish))")
    onMessage(publish)
    if acknowledges { connection.delivered(upTo: sequence) }
  }

  func connectionDrainedInput(_ connection: Connection) { drains += 1 }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    lines.append("finished \(request.rawValue) \(describe(outcome))")
    onFinished(request)
  }

  func connectionCanSend(_ connection: Connection) { onRoom() }

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    lines.append(describe(event))
    onEvent(event)
  }
}

extension SessionSettings {
  /// No keep-alive, and a session that outlives its connection.
  static var lasting: SessionSettings { lasting(.v5) }

  static func lasting(_ version: ProtocolVersion) -> SessionSettings {
    SessionSettings(
      version: version, clientIdentifier: "c", cleanStart: version == .v5, keepAlive: 0,
      sessionExpiryInterval: version == .v5 ? 60 : nil)
  }
}

extension Message {
  static func to(_ topic: String, _ payload: String = "", _ qos: QoS = .atMostOnce) -> Message {
    Message(topic: topic, payload: ByteBuffer(string: payload), qos: qos)
  }
}

extension Packet {
  static func message(
    _ topic: String, _ payload: String = "", _ qos: QoS = .atMostOnce, id: UInt16? = nil, dup: Bool = false
  ) -> Packet {
    .publish(
      Publish(message: .to(topic, payload, qos), isDuplicate: dup, packetIdentifier: id))
  }
  static func pubAck(_ id: UInt16) -> Packet { .pubAck(Acknowledgement(id)) }
  static func pubRec(_ id: UInt16) -> Packet { .pubRec(Acknowledgement(id)) }
  static func pubRel(_ id: UInt16) -> Packet { .pubRel(Acknowledgement(id)) }
  static func pubComp(_ id: UInt16) -> Packet { .pubComp(Acknowledgement(id)) }
  static func subAck(_ id: UInt16, _ codes: ReasonCode...) -> Packet { .subAck(SubAck(id, codes)) }
  static func disconnect(_ code: ReasonCode) -> Packet { .disconnect(Disconnect(code)) }
}
