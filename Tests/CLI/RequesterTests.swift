import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Testing
import WebSocketTransport

@testable import CLI

/// `Requester` on a virtual connection and an output that writes when the test says so.
struct RequesterTests {
  private final class Run {
    let server: VirtualServer
    let requester: Requester
    let output = Output()
    let heard: Heard

    final class Heard {
      var outcomes: [String] = []
      var tally = Requester.Tally()
    }

    init(
      _ plan: RequestPlan, _ format: MessageFormat = .payload, version: ProtocolVersion = .v5
    ) throws {
      let heard = Heard()
      let server = try VirtualServer(version: version)
      requester = Requester(
        plan, payload: ByteBuffer(string: "?"), connection: server.connection,
        formatter: MessageFormatter(format), wallClock: { WallTime(nanoseconds: 0) }, notify: { _ in },
        problem: { _, _ in },
        finish: { outcome, tally in
          heard.outcomes.append(Run.line(outcome))
          heard.tally = tally
        })
      requester.writer = output
      server.connection.delegate = requester
      (self.server, self.heard) = (server, heard)
    }

    /// CONNACK and SUBACK, up to the request.
    func ask(_ properties: Properties = [], _ code: ReasonCode = .grantedQoS0) throws {
      try server.accept(properties)
      _ = try server.sent()
      server.send(.subAck(SubAck(1, [code])))
    }

    /// The properties of the request.
    func request() throws -> Properties {
      _ = try server.sent()
      return try #require(server.published.last).properties
    }

    func answer(_ payload: String, _ correlation: String?, retain: Bool = false) {
      var message = Message(topic: "answers", payload: ByteBuffer(string: payload), retain: retain)
      if let correlation { message.properties = [.correlationData(ByteBuffer(string: correlation))] }
      server.send(.publish(Publish(message: message)))
    }

    func write() {
      guard let sequence = output.take() else { return }
      requester.written(upTo: sequence)
      server.loop.run()
    }

    static func line(_ outcome: Requester.Outcome) -> String {
      switch outcome {
      case .answered: "answered"
      case .timedOut: "timed out"
      case .subscriptionDenied(let code, _): "denied \(code.rawValue)"
      case .subscriptionRejected: "rejected"
      case .publishFailed: "publish failed"
      case .connectionFailed: "connection failed"
      case .outputFailed: "output failed"
      case .stopped: "stopped"
      }
    }
  }

  private final class Output: MessageOutput {
    private(set) var text = ""
    private var waiting: UInt64?
    var isDrained: Bool { waiting == nil }

    func append(_ bytes: inout [UInt8], sequence: UInt64) -> Bool {
      text += String(decoding: bytes, as: UTF8.self)
      bytes.removeAll()
      waiting = sequence
      return true
    }

    func take() -> UInt64? {
      defer { waiting = nil }
      return waiting
    }
  }

  private func plan(
    _ qos: QoS = .atMostOnce, _ properties: Properties = [], count: UInt64 = 1
  ) -> RequestPlan {
    let publish = PublishPlan(
      topic: "ask", source: .bytes(ByteBuffer()), qos: qos, retain: false, properties: properties,
      payloadLimit: 1000)
    return RequestPlan(publish: publish, count: count, random: 0xAB)
  }

  private let token = "00000000000000ab"

  // MARK: - The question

  @Test func theSubscriptionComesFirst() throws {
    let run = try Run(plan())
    try run.server.accept()
    #expect(try run.server.sent() == ["SUBSCRIBE #1 mqttws/response/\(token)"])
    run.server.send(.subAck(SubAck(1, [.grantedQoS0])))
    #expect(try run.server.sent() == ["PUBLISH ask '?'"])
    let properties: Properties = [
      .responseTopic("mqttws/response/\(token)"), .correlationData(ByteBuffer(string: token)),
    ]
    #expect(run.server.published.last?.properties == properties)
  }

  @Test func whatWasGivenIsKept() throws {
    let given: Properties = [
      .contentType("x"), .responseTopic("answers"), .correlationData(ByteBuffer(string: "mine")),
    ]
    let run = try Run(plan(.atLeastOnce, given))
    try run.ask()
    #expect(try run.request() == given)
  }

  @Test(arguments: [
    ("resp", "resp/"), ("resp/x/", "resp/x/"), ("a/#", "mqttws/response/"), ("", "mqttws/response/"),
  ])
  func theServersResponseInformation(_ information: String, _ prefix: String) throws {
    let run = try Run(plan())
    try run.ask([.responseInformation(information)])
    #expect(try run.request().responseTopic == prefix + token)
  }

  @Test func olderVersionsAgreeOnATopic() throws {
    let run = try Run(plan(.atMostOnce, [.responseTopic("answers")]), version: .v3_1_1)
    try run.server.accept()
    #expect(try run.server.sent() == ["SUBSCRIBE #1 answers"])
    run.server.send(.subAck(SubAck(1, [.grantedQoS0])))
    #expect(try run.request() == [])
    run.answer("old", nil, retain: true)
    run.answer("yes", nil)
    #expect(run.output.text == "yes\n")
  }

  // MARK: - Answers

  @Test func theAnswerEndsIt() throws {
    let run = try Run(plan())
    try run.ask()
    _ = try run.server.sent()
    run.server.advance(.milliseconds(12))
    run.answer("yes", token)
    #expect(try run.server.sent() == [], "not before it is written")
    run.write()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["answered"])
    #expect(run.heard.tally.latencies == [.milliseconds(12)])
    #expect(run.output.text == "yes\n")
  }

  @Test func answersToOthersAreCounted() throws {
    let run = try Run(plan(count: 2))
    try run.ask()
    for (payload, correlation) in [("1", token), ("x", "other"), ("none", nil), ("late", token)] {
      run.answer(payload, correlation)
    }
    run.write()
    run.server.finish()
    #expect(run.output.text == "1\nnone\n", "nobody else knows the topic")
    #expect(run.heard.tally.ignored == 1)
  }

  @Test func onASharedTopicAnAnswerNeedsItsCorrelationData() throws {
    let run = try Run(plan(.atMostOnce, [.responseTopic("answers")]))
    try run.ask()
    run.answer("none", nil)
    run.answer("yes", token)
    #expect(run.output.text == "yes\n")
  }

  @Test func latencyIsPartOfTheJSONLine() throws {
    let run = try Run(plan(), .json)
    try run.ask()
    run.server.advance(.microseconds(1500))
    run.answer("yes", token)
    #expect(run.output.text.hasSuffix("\"dup\":0,\"latency_ns\":1500000}\n"))
  }

  // MARK: - No answer

  @Test(arguments: [UInt64(1), 2])
  func timeIsOver(_ count: UInt64) throws {
    let run = try Run(plan(.atLeastOnce, count: count))
    try run.server.accept()
    run.server.advance(.seconds(9))
    _ = try run.server.sent()
    run.server.send(.subAck(SubAck(1, [.grantedQoS1])))
    _ = try run.server.sent()
    run.server.send(.pubAck(Acknowledgement(2, .noMatchingSubscribers)))
    if count == 2 { run.answer("one", token) }
    run.write()
    run.server.advance(.milliseconds(9999))
    #expect(try run.server.sent() == [])
    run.server.advance(.milliseconds(1))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["timed out"])
    #expect(run.heard.tally.isUnheard)
    #expect(run.heard.tally.latencies.count == Int(count) - 1)
  }

  @Test func aServerThatNeverAnswersTheSubscription() throws {
    let run = try Run(plan())
    try run.server.accept()
    run.server.advance(.seconds(10))
    run.server.finish()
    #expect(run.heard.outcomes == ["timed out"])
  }

  @Test func aDeniedSubscriptionPublishesNothing() throws {
    let run = try Run(plan())
    try run.ask([], .notAuthorized)
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["denied 135"])
  }

  @Test func aDeniedRequest() throws {
    let run = try Run(plan(.atLeastOnce))
    try run.ask()
    _ = try run.server.sent()
    run.server.send(.pubAck(Acknowledgement(2, .notAuthorized)))
    run.server.finish()
    #expect(run.heard.outcomes == ["publish failed"])
  }

  @Test func aLostConnection() throws {
    let run = try Run(plan())
    try run.ask()
    run.server.finish()
    #expect(run.heard.outcomes == ["connection failed"])
  }
}
