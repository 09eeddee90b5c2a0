import Client
import Expression
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Testing
import WebSocketTransport

@testable import CLI

/// `Subscriber` on a virtual connection and an output that writes when the test says so.
struct SubscriberTests {
  /// The run that a test starts, with what it heard.
  private final class Run {
    let server: VirtualServer
    let subscriber: Subscriber
    let output = Output()
    let record = Output()
    let heard: Heard

    final class Heard {
      var isReady = 0
      var outcomes: [String] = []
      var tally = Subscriber.Tally()
      var problems: [String] = []
      var cuts: [String] = []
      var stalls = 0
    }

    init(
      _ plan: SubscribePlan, format: MessageFormat = .payload, reconnects: Bool = false,
      records: Bool = false, decoding: PayloadDecoding = .none
    ) throws {
      let heard = Heard()
      let server = try VirtualServer(reconnects: reconnects)
      subscriber = Subscriber(
        plan, connection: server.connection, formatter: MessageFormatter(format, decoding: decoding),
        wallClock: { WallTime(nanoseconds: 0) },
        notify: { notice in
          switch notice {
          case .connection: break
          case .problem(_, let topic): heard.problems.append(topic)
          case .cut(let topic, let printed, let length):
            heard.cuts.append("\(topic) \(printed)/\(length)")
          case .stalled: heard.stalls += 1
          }
        },
        isReady: { heard.isReady += 1 },
        finish: { outcome, tally in
          heard.outcomes.append(Run.line(outcome))
          heard.tally = tally
        })
      server.connection.delegate = subscriber
      if !records, subscriber.takesStreams { server.connection.payloadStream = subscriber }
      subscriber.writer = output
      if records { subscriber.record(to: record) }
      (self.server, self.heard) = (server, heard)
      subscriber.start()
    }

    /// CONNACK, and SUBACK with these codes.
    func accept(_ codes: ReasonCode...) throws {
      try server.accept()
      _ = try server.sent()
      server.send(.subAck(SubAck(1, codes.isEmpty ? [.grantedQoS1] : codes)))
    }

    /// The writer is done with everything that it has.
    func write() {
      guard let sequence = output.take() else { return }
      subscriber.written(upTo: sequence)
      server.loop.run()
    }

    /// The recording is on disk.
    func writeRecord() {
      guard let sequence = record.take() else { return }
      subscriber.recorded(upTo: sequence)
      server.loop.run()
    }

    static func line(_ outcome: Subscriber.Outcome) -> String {
      switch outcome {
      case .done: "done"
      case .waitExpired: "wait expired"
      case .expectationsFailed: "expectations failed"
      case .followUpFailed(let how): "--then \(how)"
      case .subscriptionDenied(let denials): "denied \(denials.map(\.filter))"
      case .subscriptionIncomplete(let denials): "incomplete \(denials.map(\.filter))"
      case .rejected: "rejected"
      case .removalFailed(let topic, _): "not removed \(topic)"
      case .connectionFailed: "connection failed"
      case .outputFailed(let error): "output failed \(error.errno)"
      case .recordingFailed(let error): "recording failed \(error.errno)"
      }
    }
  }

  private final class Output: MessageOutput {
    private(set) var text = ""
    /// Of those that came without a copy.
    private(set) var largeCount = 0
    private var waiting: UInt64?
    var hasRoom = true

    var isDrained: Bool { waiting == nil }

    /// Of a recording.
    var topics: [String] {
      var reader = RecordingReader()
      reader.feed(ByteBuffer(string: text))
      var topics: [String] = []
      while case .message(let message)? = try? reader.next() { topics.append(message.publish.message.topic) }
      return topics
    }

    func append(_ bytes: inout [UInt8], sequence: UInt64) -> Bool {
      text += String(decoding: bytes, as: UTF8.self)
      bytes.removeAll()
      waiting = sequence
      return hasRoom
    }

    func append(_ payload: LargeOutput, sequence: UInt64) {
      var (coder, bytes) = (payload.coder, [UInt8]())
      payload.payload.withUnsafeReadableBytes { coder.append($0, to: &bytes) }
      coder.finish(&bytes)
      bytes += payload.end
      largeCount += 1
      _ = append(&bytes, sequence: sequence)
    }

    func take() -> UInt64? {
      defer { waiting = nil }
      return waiting
    }
  }

  private func plan(_ change: (inout SubscribePlan) throws -> Void = { _ in }) rethrows -> SubscribePlan {
    var plan = SubscribePlan()
    plan.subscriptions = [Subscription("a/#", qos: .atLeastOnce)]
    try change(&plan)
    return plan
  }

  // MARK: - Printing and acknowledging

  @Test func onlyWhatWasWrittenIsAcknowledged() throws {
    let run = try Run(plan())
    try run.accept()
    #expect(run.heard.isReady == 1)
    run.server.send(.message("a/1", "one", 1), .message("a/2", "two", 2))
    #expect(run.output.text == "one\ntwo\n")
    #expect(try run.server.sent() == [])
    run.write()
    #expect(try run.server.sent() == ["PUBACK #1", "PUBACK #2"])
  }

  @Test func anotherBatchWaitsForItsOwnWrite() throws {
    let run = try Run(plan())
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    let first = try #require(run.output.take())
    run.server.send(.message("a/2", "two", 2))
    run.subscriber.written(upTo: first)
    #expect(try run.server.sent() == ["PUBACK #1"])
    run.write()
    #expect(try run.server.sent() == ["PUBACK #2"])
  }

  @Test func theCountEndsInTheMiddleOfABatch() throws {
    let run = try Run(plan { $0.count = 2 })
    try run.accept()
    run.server.send(.message("a/1", "one", 1), .message("a/2", "two", 2), .message("a/3", "three", 3))
    #expect(run.output.text == "one\ntwo\n")
    run.write()
    #expect(try run.server.sent() == ["PUBACK #1", "PUBACK #2", "DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
    #expect(run.heard.tally.printed == 2)
    #expect(run.heard.tally.payloadBytes == 6)
  }

  @Test func messagesThatAreLeftOutAreAcknowledged() throws {
    let run = try Run(
      plan {
        $0.filteredOut = [try? TopicFilter("a/x/#")].compactMap(\.self)
        $0.hidesRetained = true
      })
    try run.accept()
    run.server.send(.message("a/x", "1", 1), .message("a/b", "2", 2, retain: true))
    #expect(run.output.text == "")
    #expect(try run.server.sent() == ["PUBACK #1", "PUBACK #2"])
    run.server.send(.message("a/b", "3", 3), .message("a/x/y", "4", 4))
    #expect(run.output.text == "3\n")
    run.write()
    #expect(try run.server.sent() == ["PUBACK #3", "PUBACK #4"])
    #expect(run.subscriber.denials.isEmpty)
  }

  @Test func aPayloadThatDoesNotFitTheFormatIsTold() throws {
    let run = try Run(plan(), format: .template(try FormatTemplate("%J")))
    try run.accept()
    run.server.send(.message("a/1", "{}"), .message("a/2", "no"))
    #expect(run.heard.problems == ["a/2"])
  }

  @Test func whatCameBeforeTheEndOfTheConnectionIsPrinted() throws {
    let run = try Run(plan())
    try run.accept()
    run.server.send(.message("a/1", "last"), closing: CloseFrame(.goingAway))
    #expect(run.output.text == "last\n")
    #expect(run.heard.outcomes.isEmpty)
    run.write()
    #expect(run.heard.outcomes == ["connection failed"])
  }

  @Test func aSlowReaderIsTold() throws {
    let run = try Run(plan())
    try run.accept()
    run.output.hasRoom = false
    run.server.send(.message("a/1", "one"))
    run.server.advance(.seconds(4))
    run.write()
    run.server.advance(.seconds(4))
    #expect(run.heard.stalls == 0)
    run.server.send(.message("a/1", "two"))
    run.server.advance(.seconds(5))
    #expect(run.heard.stalls == 1)
    run.write()
    run.server.send(.message("a/1", "three"))
    run.server.advance(.seconds(60))
    #expect(run.heard.stalls == 1, "once is enough")
    #expect(run.output.text == "one\ntwo\nthree\n")
  }

  // MARK: - Large messages

  private static let large = String(repeating: "0123456789abc", count: 40_000)

  @Test(arguments: [MessageFormat.payload, .hex, .base64], [true, false])
  func aLargeMessageIsPrintedAsItComes(_ format: MessageFormat, _ isStreamed: Bool) throws {
    let run = try Run(plan { $0.count = 3 }, format: format)
    try run.accept()
    let identifier: UInt16? = isStreamed ? nil : 1
    run.server.send(
      .message("a/1", "one"), .message("a/2", Self.large, identifier), .message("a/3", "three"), cut: 60_000
    ) { if isStreamed { #expect(run.output.text.utf8.count >= $0 - 60_000) } }
    var expected: [UInt8] = []
    var formatter = MessageFormatter(format)
    for payload in ["one", Self.large, "three"] {
      let message = Message(topic: "a", payload: ByteBuffer(string: payload))
      formatter.append(
        ReceivedMessage(Publish(message: message), receivedAt: WallTime(nanoseconds: 0), sequence: 1),
        to: &expected)
    }
    #expect(Array(run.output.text.utf8) == expected)
    #expect(run.output.largeCount == (isStreamed ? 0 : 1))
    run.write()
    #expect(try run.server.sent() == (isStreamed ? [] : ["PUBACK #1"]) + ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.tally.payloadBytes == UInt64(Self.large.utf8.count + 8))
  }

  @Test func aLargeMessageMayBeLeftOut() throws {
    let run = try Run(plan { $0.hidesRetained = true })
    try run.accept()
    run.server.send(.message("a/1", Self.large, retain: true), .message("a/2", "two"), cut: 60_000)
    #expect(run.output.text == "two\n")
    run.subscriber.end(.done)
    run.write()
    run.server.finish()
    #expect(run.heard.tally.hidden == 1)
  }

  @Test func aLargeMessageMayBreakOff() throws {
    let run = try Run(plan(), reconnects: true)
    try run.accept()
    run.server.send(.message("a/1", Self.large), cut: 300_000, count: 1)
    run.server.finish()
    #expect(run.output.text.last == "\n")
    let printed = run.output.text.utf8.count - 1
    #expect((250_000..<300_000).contains(printed))
    #expect(run.heard.cuts == ["a/1 \(printed)/\(Self.large.utf8.count)"])
    #expect(Self.large.hasPrefix(run.output.text.dropLast()))
  }

  /// A filter may look into the payload.
  @Test func aFilteredMessageIsWhole() throws {
    let run = try Run(plan { $0.filters = try [Expression("size > 3", for: .messages)] })
    try run.accept()
    run.server.send(.message("a/1", Self.large), cut: 60_000) { sent in
      #expect(run.output.text.isEmpty || sent > Self.large.utf8.count)
    }
    #expect(run.output.text.utf8.count == Self.large.utf8.count + 1)
  }

  // MARK: - Recording

  @Test(arguments: [true, false])
  func whatIsRecordedIsAcknowledgedWhenBothAreWritten(_ printsFirst: Bool) throws {
    let run = try Run(plan { $0.hidesRetained = true }, records: true)
    try run.accept()
    run.server.send(.message("a/1", "one", 1), .message("a/2", "left out", 2, retain: true))
    #expect(run.record.topics == ["a/1"])
    if printsFirst { run.write() } else { run.writeRecord() }
    #expect(try run.server.sent() == [])
    if printsFirst { run.writeRecord() } else { run.write() }
    #expect(try run.server.sent() == ["PUBACK #1", "PUBACK #2"])
  }

  @Test func theCountWaitsForTheRecord() throws {
    let run = try Run(plan { $0.count = 1 }, records: true)
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    run.write()
    #expect(try run.server.sent() == [])
    run.writeRecord()
    #expect(try run.server.sent() == ["PUBACK #1", "DISCONNECT", "close"])
  }

  @Test func aRecordThatCannotBeWrittenEndsTheRun() throws {
    let run = try Run(plan(), records: true)
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    run.subscriber.recordingFailed(CLI.SystemError(errno: 28, operation: "write"))
    run.write()
    #expect(try run.server.sent() == ["DISCONNECT", "close"], "and no acknowledgement")
    run.server.finish()
    #expect(run.heard.outcomes == ["recording failed 28"])
  }

  @Test func aSlowDiskStopsTheReading() throws {
    let run = try Run(plan(), records: true)
    try run.accept()
    run.record.hasRoom = false
    run.server.send(.message("a/1", "one"))
    run.write()
    run.server.advance(.seconds(5))
    #expect(run.heard.stalls == 1)
  }

  @Test(arguments: [true, false])
  func aLostConnectionLeavesAGap(_ resumes: Bool) throws {
    let run = try Run(plan(), reconnects: true, records: true)
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    run.write()
    run.writeRecord()
    run.server.finish()
    run.server.advance(.seconds(1))
    try run.server.accept(present: resumes)
    #expect(
      run.record.text.split(separator: "\n").last?.contains(
        "\"gap\":{\"reason\":\"connection lost, session \(resumes ? "resumed" : "new")\"}") == true)
  }

  // MARK: - Checks

  @Test func whatIsFilteredOutIsAcknowledged() throws {
    let run = try Run(plan { $0.filters = try [Expression("json.t > 1", for: .messages)] })
    try run.accept()
    run.server.send(.message("a/1", #"{"t":1}"#, 1), .message("a/1", #"{"t":2}"#, 2))
    #expect(run.output.text == "{\"t\":2}\n")
    run.write()
    #expect(try run.server.sent() == ["PUBACK #1", "PUBACK #2"])
    run.subscriber.end(.done)
    run.server.finish()
    #expect(run.heard.tally.hidden == 1)
  }

  @Test func expressionsLookIntoWhatWasDecoded() throws {
    let run = try Run(
      plan { $0.filters = try [Expression("json.t > 21", for: .messages)] }, decoding: .messagePack)
    try run.accept()
    run.server.send(
      .message("a/1", "\u{1}", 1),
      .publish(
        Publish(message: Message(topic: "a/2", payload: ByteBuffer(bytes: [0x81, 0xA1, 0x74, 22])))))
    run.subscriber.end(.done)
    #expect(run.heard.problems.isEmpty)
    run.server.finish()
    run.write()
    #expect(run.heard.tally.printed == 1 && run.heard.tally.hidden == 1)
  }

  private func expecting(
    _ matching: [String] = [], none: [String] = [], count: UInt64? = nil,
    _ change: (inout SubscribePlan) -> Void = { _ in }
  ) throws -> SubscribePlan {
    try plan {
      $0.expectations.matching = try matching.map { try Expression($0, for: .messages) }
      $0.expectations.none = try none.map { try Expression($0, for: .messages) }
      $0.expectations.count = count
      $0.wait = .seconds(3)
      change(&$0)
    }
  }

  @Test func theRunEndsWhenAllThatIsExpectedHasCome() throws {
    let run = try Run(expecting(["json.t > 1", "retain"]))
    try run.accept()
    run.server.send(.message("a/1", #"{"t":2}"#), .message("a/2", "x"))
    run.write()
    #expect(try run.server.sent() == [])
    run.server.send(.message("a/3", "y", retain: true), .message("a/4", "too late"))
    run.write()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
    #expect(run.heard.tally.printed == 3)
  }

  /// At the end of the wait, after a message of topic a/1 with {"t":2}.
  @Test(
    arguments: [
      (["json.t > 2"], [], nil, nil, "expectations failed"),
      ([], ["json.t > 1"], nil, nil, "expectations failed"),
      ([], ["json.t > 2"], nil, nil, "done"), ([], [], 1, nil, "done"),
      ([], [], 0, nil, "expectations failed"),
      ([], [], 2, nil, "expectations failed"), (["json.t > 1"], ["json.t > 2"], 1, nil, "done"),
      (["json.t > 1"], [], nil, 2, "wait expired"), (["json.t > 2"], [], nil, 2, "expectations failed"),
      (["json.t > 2"], [], nil, 1, "expectations failed"), (["json.t > 1"], [], nil, 1, "done"),
    ] as [([String], [String], UInt64?, UInt64?, String)])
  func theEndOfTheWaitJudges(
    _ matching: [String], _ none: [String], _ expected: UInt64?, _ count: UInt64?, _ outcome: String
  ) throws {
    let run = try Run(expecting(matching, none: none, count: expected) { $0.count = count })
    try run.accept()
    run.server.send(.message("a/1", #"{"t":2}"#))
    run.write()
    run.server.advance(.seconds(3))
    run.server.finish()
    #expect(run.heard.outcomes == [outcome])
  }

  @Test func whatCameInsteadIsListedNearestFirst() throws {
    let run = try Run(expecting([#"topic == "a/9" json.t > 5 retain"#]))
    try run.accept()
    for index in 1...10 { run.server.send(.message("a/\(index)", #"{"t":\#(index)}"#)) }
    run.write()
    let verdicts = run.subscriber.expectations.verdicts
    #expect(
      verdicts == [
        Expectations.Verdict(
          name: #"--expect topic == "a/9" json.t > 5 retain"#, failure: "none of 10 messages matched",
          evidence: [
            #"a/9: {"t":9}"#, "  retain, but it is false",
            #"a/6: {"t":6}"#, #"  topic == "a/9", but it is "a/6""#, "  retain, but it is false",
            #"a/7: {"t":7}"#, #"  topic == "a/9", but it is "a/7""#, "  retain, but it is false",
          ])
      ])
  }

  @Test func aGoodEndWaitsForTheFollowUp() throws {
    let run = try Run(expecting(["json.t > 1"]))
    run.subscriber.awaitFollowUp()
    try run.accept()
    run.server.send(.message("a/1", #"{"t":2}"#))
    run.write()
    #expect(try run.server.sent() == [])
    run.subscriber.followUpEnded(nil)
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
  }

  @Test(arguments: [true, false])
  func aFollowUpThatFailsEndsTheRun(_ hasMatched: Bool) throws {
    let run = try Run(expecting(["json.t > 1"]))
    run.subscriber.awaitFollowUp()
    try run.accept()
    if hasMatched { run.server.send(.message("a/1", #"{"t":2}"#)) }
    run.write()
    run.subscriber.followUpEnded("ended with exit code 7")
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["--then ended with exit code 7"])
  }

  @Test func aFollowUpThatDoesNotEndIsNotWaitedForLonger() throws {
    let run = try Run(expecting(["json.t > 1"]))
    run.subscriber.awaitFollowUp()
    try run.accept()
    run.server.send(.message("a/1", #"{"t":2}"#))
    run.write()
    run.server.advance(.seconds(3))
    run.server.finish()
    #expect(run.heard.outcomes == ["--then still ran when -W was over"])
  }

  // MARK: - Retained messages

  @Test func theFirstLiveMessageEndsRetainedOnlyAndIsNotTaken() throws {
    let run = try Run(plan { $0.retainedOnly = true })
    try run.accept()
    run.server.send(.message("a/1", "old", 1, retain: true), .message("a/2", "live", 2))
    #expect(run.output.text == "old\n")
    run.write()
    #expect(try run.server.sent() == ["PUBACK #1", "DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
  }

  @Test func retainedMessagesAreRemovedBeforeTheEnd() throws {
    let run = try Run(
      plan {
        $0.removesRetained = true
        $0.count = 2
      })
    try run.accept()
    run.server.send(.message("a/1", "old", 1, retain: true), .message("a/2", "live", 2))
    run.write()
    #expect(try run.server.sent() == ["PUBLISH a/1 #2 retain ''", "PUBACK #1", "PUBACK #2"])
    run.server.send(.pubAck(Acknowledgement(2)))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
  }

  @Test func aRemovalThatIsDeniedIsAFailure() throws {
    let run = try Run(
      plan {
        $0.removesRetained = true
        $0.count = 1
      })
    try run.accept()
    run.server.send(.message("a/1", "old", 1, retain: true))
    run.write()
    run.server.send(.pubAck(Acknowledgement(2, .notAuthorized)))
    run.server.finish()
    #expect(run.heard.outcomes == ["not removed a/1"])
  }

  @Test func anEmptyRetainedMessageNeedsNoRemoval() throws {
    let run = try Run(plan { $0.removesRetained = true })
    try run.accept()
    run.server.send(.message("a/1", "", retain: true))
    run.write()
    #expect(try run.server.sent() == [])
  }

  // MARK: - The subscription's answer

  @Test func everyFilterDenied() throws {
    let run = try Run(plan())
    try run.accept(.notAuthorized)
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["denied [\"a/#\"]"])
    #expect(run.heard.isReady == 0)
  }

  @Test(arguments: [false, true])
  func someFiltersDenied(_ requiresAll: Bool) throws {
    let run = try Run(
      plan {
        $0.subscriptions.append(Subscription("b"))
        $0.requiresAll = requiresAll
      })
    try run.accept(.grantedQoS1, .notAuthorized)
    #expect(run.subscriber.denials == [Subscriber.Denial(filter: "b", reasonCode: .notAuthorized)])
    #expect(run.heard.isReady == (requiresAll ? 0 : 1))
    run.subscriber.end(.done)
    run.server.finish()
    #expect(run.heard.outcomes == [requiresAll ? "incomplete [\"b\"]" : "done"])
  }

  @Test func theAnswerCanBeAllThatIsWaitedFor() throws {
    let run = try Run(plan { $0.endsAfterSubscribing = true })
    try run.accept()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
    #expect(run.heard.isReady == 1)
  }

  @Test func unsubscribingIsAnsweredToo() throws {
    let run = try Run(plan { $0.unsubscribes = ["old"] })
    try run.server.accept()
    #expect(try run.server.sent() == ["SUBSCRIBE #1 a/#", "UNSUBSCRIBE #2 old"])
    run.server.send(.subAck(SubAck(1, [.grantedQoS0])))
    #expect(run.heard.isReady == 0)
    run.server.send(.unsubAck(UnsubAck(2, [.success])))
    #expect(run.heard.isReady == 1)
  }

  @Test func aFilterThatThisServerCannotBeAskedFor() throws {
    let run = try Run(plan())
    try run.server.accept([.wildcardSubscriptionAvailable(false)])
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["rejected"])
  }

  @Test func aSessionThatIsLostAndDeniedAnewEndsTheRun() throws {
    let run = try Run(plan(), reconnects: true)
    try run.accept()
    run.server.finish()
    run.server.advance(.seconds(1))
    try run.server.accept()
    #expect(try run.server.sent() == ["SUBSCRIBE #2 a/#"])
    run.server.send(.subAck(SubAck(2, [.notAuthorized])))
    run.server.finish()
    #expect(run.heard.outcomes == ["denied [\"a/#\"]"])
    #expect(run.heard.tally.reconnections == 1)
  }

  // MARK: - Ends

  @Test func theWaitExpires() throws {
    let run = try Run(plan { $0.wait = .seconds(3) })
    try run.accept()
    run.server.send(.message("a/1", "one"))
    run.server.advance(.seconds(3))
    #expect(try run.server.sent() == [], "not before the output is written")
    run.write()
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["wait expired"])
  }

  @Test func theWaitExpiresWithoutAConnection() throws {
    let run = try Run(plan { $0.wait = .seconds(3) })
    run.server.advance(.seconds(3))
    #expect(run.heard.outcomes == ["wait expired"])
  }

  @Test func aStopWaitsForTheOutput() throws {
    let run = try Run(plan())
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    run.subscriber.end(.done)
    #expect(try run.server.sent() == [])
    run.write()
    #expect(try run.server.sent() == ["PUBACK #1", "DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["done"])
  }

  @Test func nothingIsAcknowledgedAfterTheOutputFailed() throws {
    let run = try Run(plan())
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    run.subscriber.outputFailed(CLI.SystemError(errno: 28, operation: "write"))
    #expect(try run.server.sent() == ["DISCONNECT", "close"])
    run.server.finish()
    #expect(run.heard.outcomes == ["output failed 28"])
  }

  @Test func theOutputMayFailAfterTheConnectionEnded() throws {
    let run = try Run(plan())
    try run.accept()
    run.server.send(.message("a/1", "one", 1))
    run.server.finish()
    #expect(run.heard.outcomes.isEmpty)
    run.subscriber.outputFailed(CLI.SystemError(errno: 28, operation: "write"))
    run.subscriber.outputFailed(CLI.SystemError(errno: 32, operation: "write"))
    #expect(run.heard.outcomes == ["output failed 28"])
  }

  @Test func disconnectHasItsProperties() throws {
    let run = try Run(
      plan {
        $0.endsAfterSubscribing = true
        $0.disconnectProperties = [.reasonString("why")]
      })
    try run.accept()
    #expect(try run.server.sent() == ["DISCONNECT with properties", "close"])
  }
}
