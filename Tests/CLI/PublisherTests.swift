import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import CLI

/// `Publisher` on a virtual connection.
struct PublisherTests {
  /// Payloads as a test gives them.
  private final class ScriptedInput: PublishInput {
    var payloads: [String] = []
    var hasEnded = false
    var failure: InputFailure?
    let due: NIODeadline? = nil

    var isAtEnd: Bool { failure != nil || (hasEnded && payloads.isEmpty) }

    func next(_ plan: PublishPlan) -> Message? {
      payloads.isEmpty || failure != nil ? nil : plan.message(ByteBuffer(string: payloads.removeFirst()))
    }
  }

  private final class EndlessInput: PublishInput {
    var onThousandth: () -> Void = {}
    private var count = 0
    let isAtEnd = false
    let failure: InputFailure? = nil
    let due: NIODeadline? = nil

    func next(_ plan: PublishPlan) -> Message? {
      count += 1
      if count == 1000 { onThousandth() }
      return plan.message(ByteBuffer())
    }
  }

  private final class Run {
    let server: VirtualServer
    let publisher: Publisher
    let outcomes: Outcomes

    final class Outcomes { var all: [String] = [] }

    init(
      _ plan: PublishPlan, _ input: any PublishInput, reconnects: Bool = false, server: VirtualServer? = nil
    ) throws {
      let outcomes = Outcomes()
      let server = try server ?? VirtualServer(reconnects: reconnects)
      publisher = Publisher(
        plan, connection: server.connection, input: input, notify: { _ in },
        finish: { outcomes.all.append(Run.line($0)) })
      server.connection.delegate = publisher
      (self.server, self.outcomes) = (server, outcomes)
    }

    /// The outcome, once the server has let go of the connection.
    func end() -> [String] {
      server.finish()
      return outcomes.all
    }

    static func line(_ outcome: Publisher.Outcome) -> String {
      switch outcome {
      case .done(let tally, nil): "done \(line(tally))"
      case .done(let tally, .failed(let code, _)?): "done \(line(tally)), first \(code.rawValue)"
      case .done(let tally, .rejected?): "done \(line(tally)), first rejected"
      case .done(let tally, .acknowledged(let code, _)?): "done \(line(tally)), first \(code.rawValue)"
      case .done(let tally, let first?): "done \(line(tally)), first \(first)"
      case .connectionFailed(_, let tally): "connection failed \(line(tally))"
      case .inputFailed(_, let tally): "input failed \(line(tally))"
      }
    }

    private static func line(_ tally: Publisher.Tally) -> String {
      "\(tally.finished) finished, \(tally.failed) failed, \(tally.open) open, \(tally.unknown) unknown, "
        + "\(tally.withoutSubscribers) unheard"
    }
  }

  private func plan(_ qos: QoS = .atMostOnce, repeats: Int = 1) -> PublishPlan {
    var plan = PublishPlan(
      topic: "t", source: .bytes(ByteBuffer()), qos: qos, retain: false, properties: [], payloadLimit: 1000)
    plan.repeats = repeats
    return plan
  }

  private func repeated(_ count: Int) -> RepeatedInput {
    RepeatedInput(ByteBuffer(string: "x"), count: count, clock: { .distantPast })
  }

  // MARK: - Ends

  @Test func oneMessageAndTheEnd() throws {
    let run = try Run(plan(), repeated(1))
    try run.server.accept()
    #expect(try run.server.sent() == ["PUBLISH t 'x'", "DISCONNECT", "close"])
    #expect(run.outcomes.all.isEmpty)
    #expect(run.end() == ["done 1 finished, 0 failed, 0 open, 0 unknown, 0 unheard"])
  }

  @Test func nothingAtAll() throws {
    let input = ScriptedInput()
    input.hasEnded = true
    let run = try Run(plan(), input)
    try run.server.accept()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    #expect(run.end() == ["done 0 finished, 0 failed, 0 open, 0 unknown, 0 unheard"])
  }

  @Test func theEndWaitsForEveryAcknowledgement() throws {
    let run = try Run(plan(.atLeastOnce), repeated(2))
    try run.server.accept()
    #expect(try run.server.sent() == ["PUBLISH t #1 'x'", "PUBLISH t #2 'x'"])
    run.server.send(.pubAck(Acknowledgement(1)))
    #expect(try run.server.sent() == [])
    run.server.send(.pubAck(Acknowledgement(2)))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    #expect(run.end() == ["done 2 finished, 0 failed, 0 open, 0 unknown, 0 unheard"])
  }

  @Test func qosTwoIsDoneWithItsLastPacket() throws {
    let run = try Run(plan(.exactlyOnce), repeated(1))
    try run.server.accept()
    #expect(try run.server.sent() == ["PUBLISH t #1 'x'"])
    run.server.send(.pubRec(Acknowledgement(1)))
    #expect(try run.server.sent() == ["PUBREL #1"])
    run.server.send(.pubComp(Acknowledgement(1)))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
  }

  @Test func disconnectHasItsProperties() throws {
    var plan = plan()
    plan.disconnectProperties = [.reasonString("why")]
    let run = try Run(plan, repeated(1))
    try run.server.accept()
    #expect(try run.server.sent() == ["PUBLISH t 'x'", "DISCONNECT with properties", "close"])
  }

  // MARK: - Pace

  @Test func noMoreIsTakenThanTheWindowHasRoomFor() throws {
    let input = ScriptedInput()
    input.payloads = ["1", "2", "3", "4", "5"]
    input.hasEnded = true
    let run = try Run(plan(.atLeastOnce), input)
    try run.server.accept([.receiveMaximum(2)])
    #expect(try run.server.sent() == ["PUBLISH t #1 '1'", "PUBLISH t #2 '2'"])
    #expect(input.payloads == ["3", "4", "5"])
    run.server.send(.pubAck(Acknowledgement(1)))
    #expect(try run.server.sent() == ["PUBLISH t #3 '3'"])
    run.server.send(.pubAck(Acknowledgement(2)), .pubAck(Acknowledgement(3)))
    #expect(try run.server.sent() == ["PUBLISH t #4 '4'", "PUBLISH t #5 '5'"])
    run.server.send(.pubAck(Acknowledgement(4)), .pubAck(Acknowledgement(5)))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
  }

  @Test func repeatsKeepTheirDelay() throws {
    let server = try VirtualServer()
    let input = RepeatedInput(
      ByteBuffer(string: "x"), count: 3, delay: .seconds(2), clock: { server.loop.now })
    let run = try Run(plan(repeats: 3), input, server: server)
    try run.server.accept()
    #expect(try run.server.sent() == ["PUBLISH t 'x'"])
    run.server.advance(.milliseconds(1999))
    #expect(try run.server.sent() == [])
    run.server.advance(.milliseconds(1))
    #expect(try run.server.sent() == ["PUBLISH t 'x'"])
    run.server.advance(.seconds(2))
    #expect(try run.server.sent() == ["PUBLISH t 'x'", "DISCONNECT", "close"])
  }

  @Test func messagesThatComeLaterArePublishedThen() throws {
    let input = ScriptedInput()
    let run = try Run(plan(), input)
    run.publisher.pump()
    try run.server.accept()
    #expect(try run.server.sent() == [])
    input.payloads = ["1"]
    run.publisher.pump()
    #expect(try run.server.sent() == ["PUBLISH t '1'"])
    input.hasEnded = true
    run.publisher.pump()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
  }

  @Test func aSourceWithoutEndLeavesRoomForOthers() throws {
    let input = EndlessInput()
    let run = try Run(plan(), input)
    let (loop, connection) = (run.server.loop, run.server.connection)
    input.onThousandth = { loop.assumeIsolated().execute { connection.disconnect() } }
    try run.server.accept()
    let sent = try run.server.sent()
    #expect(sent.last == "close")
    #expect(sent.count < 10_000)
  }

  /// The loop reads no socket while a task is due, and a task that always brings another would keep it so.
  @Test func anEndlessSourceLetsTheLoopLookAtItsSockets() throws {
    let run = try Run(plan(), EndlessInput())
    try run.server.accept()
    let sent = try run.server.sent()
    #expect((1000...10_000).contains(sent.count))
    for _ in 0..<3 { run.publisher.pump() }
    #expect(try run.server.sent() == [])
    run.server.advance(.microseconds(60))
    #expect((1000...10_000).contains(try run.server.sent().count))
  }

  // MARK: - Failures

  @Test func aDeniedMessageIsCountedAndTheOthersGoOn() throws {
    let run = try Run(plan(.atLeastOnce), repeated(3))
    try run.server.accept()
    run.server.send(
      .pubAck(Acknowledgement(1)), .pubAck(Acknowledgement(2, .notAuthorized)),
      .pubAck(Acknowledgement(3, .quotaExceeded)))
    _ = try run.server.sent()
    #expect(run.end() == ["done 3 finished, 2 failed, 0 open, 0 unknown, 0 unheard, first 135"])
  }

  @Test(arguments: [true, false])
  func aMessageThatNobodyHears(_ isRequired: Bool) throws {
    var plan = plan(.atLeastOnce)
    plan.requiresSubscribers = isRequired
    let run = try Run(plan, repeated(1))
    try run.server.accept()
    run.server.send(.pubAck(Acknowledgement(1, .noMatchingSubscribers)))
    #expect(
      run.end() == [
        isRequired
          ? "done 1 finished, 0 failed, 0 open, 0 unknown, 1 unheard, first 16"
          : "done 1 finished, 0 failed, 0 open, 0 unknown, 0 unheard"
      ])
  }

  @Test func aMessageThatIsTooLargeForTheServer() throws {
    let input = ScriptedInput()
    input.payloads = [String(repeating: "x", count: 200), "small"]
    input.hasEnded = true
    let run = try Run(plan(), input)
    try run.server.accept([.maximumPacketSize(100)])
    run.server.send()
    #expect(try run.server.sent() == ["PUBLISH t 'small'", "DISCONNECT", "close"])
    #expect(run.end() == ["done 2 finished, 1 failed, 0 open, 0 unknown, 0 unheard, first rejected"])
  }

  @Test func afterAnInputFailureTheRestIsWaitedFor() throws {
    let input = ScriptedInput()
    input.payloads = ["1"]
    let run = try Run(plan(.atLeastOnce), input)
    try run.server.accept()
    input.failure = .lineTooLong(limit: 1, line: 2)
    run.publisher.pump()
    #expect(try run.server.sent() == ["PUBLISH t #1 '1'"])
    run.server.send(.pubAck(Acknowledgement(1)))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    #expect(run.end() == ["input failed 1 finished, 0 failed, 0 open, 0 unknown, 0 unheard"])
  }

  @Test func aLostConnectionLeavesMessagesOpen() throws {
    let run = try Run(plan(.atLeastOnce), repeated(2))
    try run.server.accept()
    run.server.send(.pubAck(Acknowledgement(1)))
    #expect(run.end() == ["connection failed 1 finished, 0 failed, 1 open, 0 unknown, 0 unheard"])
  }

  @Test func noConnectionAtAll() throws {
    let run = try Run(plan(), repeated(1))
    run.server.connection.start()
    run.server.fail(.connection([]))
    run.server.loop.run()
    #expect(run.outcomes.all == ["connection failed 0 finished, 0 failed, 0 open, 0 unknown, 0 unheard"])
  }

  @Test func stoppingEndsWithWhatIsOpen() throws {
    let run = try Run(plan(.atLeastOnce), repeated(2))
    try run.server.accept()
    run.server.connection.disconnect()
    #expect(try run.server.sent() == ["PUBLISH t #1 'x'", "PUBLISH t #2 'x'", "DISCONNECT", "close"])
    #expect(run.end() == ["done 0 finished, 0 failed, 2 open, 0 unknown, 0 unheard"])
  }

  // MARK: - Reconnection

  @Test func goesOnAfterALostConnection() throws {
    let input = ScriptedInput()
    input.payloads = ["1"]
    let run = try Run(plan(.atLeastOnce), input, reconnects: true)
    try run.server.accept()
    _ = try run.server.sent()
    run.server.finish()
    input.payloads = ["2"]
    input.hasEnded = true
    run.publisher.pump()
    run.server.advance(.seconds(1))
    try run.server.accept(present: true)
    #expect(try run.server.sent().map { $0.suffix(3) } == ["'1'", "'2'"])
    run.server.send(.pubAck(Acknowledgement(1)), .pubAck(Acknowledgement(2)))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    #expect(run.end() == ["done 2 finished, 0 failed, 0 open, 0 unknown, 0 unheard"])
  }

  @Test func aLostSessionLeavesQoSTwoUnknown() throws {
    let run = try Run(plan(.exactlyOnce), repeated(1), reconnects: true)
    try run.server.accept()
    run.server.finish()
    run.server.advance(.seconds(1))
    try run.server.accept(present: false)
    run.server.send()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    #expect(run.end() == ["done 1 finished, 0 failed, 0 open, 1 unknown, 0 unheard, first unknown"])
  }
}
