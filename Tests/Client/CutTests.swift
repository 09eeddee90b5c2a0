import LoopbackBroker
import MQTTPackets
import MQTTSession
import NIOCore
import NIOPosix
import Support
import Testing
import WebSocketTransport

@testable import Client

/// What must hold however often the line is cut, and wherever: real connections, the embedded broker and
/// a relay between them, over real sockets.
@Suite(.ownThread) struct CutTests {
  struct Run: Sendable, CustomTestStringConvertible {
    var version: ProtocolVersion
    var cuts: Int
    var seed: UInt64
    var testDescription: String { "\(version), \(cuts) cuts, seed \(seed)" }
  }

  @Test(arguments: [
    Run(version: .v5, cuts: 200, seed: 1), Run(version: .v3_1_1, cuts: 200, seed: 2),
  ]) func exactlyOnceAndAtLeastOnce(_ run: Run) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { group.shutdownGracefully { _ in } }
    let loop = group.next()
    let broker = try loop.flatSubmit {
      LoopbackBroker.start(on: loop).map { NIOLoopBound($0, eventLoop: loop) }
    }.wait()
    let port = try loop.submit { broker.value.port }.wait()
    let relay = try Relay(to: UInt16(port))
    let ledger = Monitor(Ledger())
    let clients = try loop.submit {
      let clients = try Clients(run.version, relay.port, loop, ledger)
      clients.start()
      return NIOLoopBound(clients, eventLoop: loop)
    }.wait()
    try ledger.await { $0.isPublishing }

    var random = SeededRandom(seed: run.seed)
    for count in 1...run.cuts {
      // Now the upgrade, now a packet, now many.
      let bytes = Int.random(in: 1...(Bool.random(using: &random) ? 400 : 4000), using: &random)
      try relay.cut(
        after: bytes, Bool.random(using: &random) ? .toServer : .toClient,
        Bool.random(using: &random) ? .reset : .finish)
      try relay.wait { $0.cuts.count >= count }
    }
    try loop.submit { clients.value.finish() }.wait()
    let outcome = try ledger.await { $0.isComplete || !$0.failures.isEmpty }
    try loop.submit {
      clients.value.stop()
      broker.value.stop()
    }.wait()

    #expect(outcome.failures == [])
    #expect(outcome.published > run.cuts / 4)
    let unfinished = relay.now.cuts.count { $0.unfinishedExchanges > 0 }
    #expect(unfinished > run.cuts / 20, "cuts in the middle of a QoS 2 exchange")
    for number in 0..<outcome.published {
      let times = outcome.received[number, default: 0]
      #expect(number.isMultiple(of: 2) ? times == 1 : times >= 1, "message \(number) came \(times) times")
    }
    #expect(outcome.exactlyOnceOrder == outcome.exactlyOnceOrder.sorted())
  }
}

/// What was sent, and what came of it.
private struct Ledger: Sendable {
  var isPublishing = false
  var isFinished = false
  var published = 0
  var acknowledged = 0
  var received: [Int: Int] = [:]
  /// Numbers of the QoS 2 messages as they came.
  var exactlyOnceOrder: [Int] = []
  var failures: [String] = []

  var isComplete: Bool { isFinished && acknowledged == published && received.count == published }
}

extension Monitor where State == Ledger {
  @discardableResult
  fileprivate func await(_ condition: (Ledger) -> Bool) throws -> Ledger {
    if let found = wait(until: .after(.seconds(60)), for: { condition($0) ? $0 : nil }) { return found }
    throw DeadlineExceeded(
      withLock { "\($0.published) published, \($0.acknowledged) acknowledged, \($0.received.count) received" }
    )
  }
}

/// Two clients, on their loop: one publishes, even numbers with QoS 2 and odd ones with QoS 1, the other
/// receives.
private final class Clients: ConnectionDelegate {
  private let publisher: Connection
  private let subscriber: Connection
  private let ledger: Monitor<Ledger>
  private var published = 0
  private var acknowledged = 0
  private var isFinished = false
  private var last: UInt64 = 0

  init(_ version: ProtocolVersion, _ port: UInt16, _ loop: any EventLoop, _ ledger: Monitor<Ledger>) throws {
    self.ledger = ledger
    publisher = try Self.connection("publisher", version, port, loop)
    subscriber = try Self.connection("subscriber", version, port, loop)
    publisher.delegate = self
    subscriber.delegate = self
  }

  private static func connection(
    _ identifier: String, _ version: ProtocolVersion, _ port: UInt16, _ loop: any EventLoop
  ) throws -> Connection {
    let url = try WebSocketURL(parsing: "ws://127.0.0.1:\(port)/mqtt")
    let session = SessionSettings(
      version: version, clientIdentifier: identifier, cleanStart: version == .v5, keepAlive: 0,
      sessionExpiryInterval: version == .v5 ? 3600 : nil, receiveMaximum: version == .v5 ? 10 : nil,
      maximumInFlight: 20)
    var policy = ReconnectPolicy()
    policy.firstDelay = .milliseconds(1)
    policy.longestDelay = .milliseconds(4)
    return Connection(
      ConnectionSettings(transport: TransportSettings(url: url), session: session, reconnect: policy),
      eventLoop: loop)
  }

  func start() {
    subscriber.subscribe([Subscription("t/#", qos: .exactlyOnce)], RequestID(0))
    subscriber.start()
  }

  func finish() {
    isFinished = true
    ledger.withLock { [published] ledger in
      ledger.isFinished = true
      ledger.published = published
    }
  }

  func stop() {
    publisher.abort()
    subscriber.abort()
  }

  private func pump() {
    publisher.batch {
      while !isFinished, publisher.isWritable, publisher.publishQuota > 0 {
        let qos: QoS = published.isMultiple(of: 2) ? .exactlyOnce : .atLeastOnce
        publisher.publish(
          Message(topic: "t/\(published)", payload: ByteBuffer(string: "\(published)"), qos: qos),
          RequestID(UInt64(published)))
        published += 1
      }
    }
  }

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {
    last = sequence
    guard let number = Int(String(buffer: publish.message.payload)) else { return fail("a strange message") }
    ledger.withLock { ledger in
      ledger.received[number, default: 0] += 1
      if publish.message.qos == .exactlyOnce { ledger.exactlyOnceOrder.append(number) }
    }
  }

  func connectionDrainedInput(_ connection: Connection) {
    if connection === subscriber { subscriber.delivered(upTo: last) } else { pump() }
  }

  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {
    guard case .acknowledged = outcome else { return fail("\(request): \(outcome)") }
    acknowledged += 1
    ledger.withLock { [acknowledged] in $0.acknowledged = acknowledged }
  }

  func connectionCanSend(_ connection: Connection) { pump() }

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .subscribed where !ledger.withLock({ $0.isPublishing }): publisher.start()
    case .connected(_, let resumed):
      guard connection === publisher else { break }
      if !resumed { ledger.withLock { $0.isPublishing = true } }
      pump()
    case .sessionLost(let loss): fail("session lost: \(loss)")
    case .ended(let error?): fail(describe(error))
    default: break
    }
  }

  private func fail(_ text: String) { ledger.withLock { $0.failures.append(text) } }
}
