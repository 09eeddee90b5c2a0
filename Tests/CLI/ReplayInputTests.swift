import Glibc
import MQTTPackets
import NIOCore
import Support
import Testing

@testable import CLI
@testable import Presentation

/// `ReplayInput` on real files, taken message by message.
@Suite(.ownThread)
final class ReplayInputTests: Sendable {
  private struct Seen {
    var messages: [Message] = []
    var failure: InputFailure?
    var passes = 0
    var gaps = 0
    var missing: UInt64 = 0
    var withoutProperties: UInt64 = 0
    var cutOffAfter: UInt64?
    var lines: [String] { messages.map { "\($0.topic) \(String(buffer: $0.payload))" } }
  }

  private let loop = RunningLoop()
  private let input = Monitor<NIOLoopBound<ReplayInput>?>(nil)
  private let over = Monitor<Seen?>(nil)
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func replay(
    _ text: String, version: ProtocolVersion = .v5, _ plan: ReplayPlan = ReplayPlan(speed: .unlimited)
  ) throws -> Seen {
    try replay(.file(try directory.write("recording", text)), version: version, plan)
  }

  private func replay(
    _ source: WholeInput.Source, version: ProtocolVersion, _ plan: ReplayPlan
  ) throws -> Seen {
    let (input, over) = (input, over)
    try loop.on { loop in
      let seen = Box()
      let take: () -> Void = {
        guard let input = input.withLock({ $0 })?.value else { return }
        if let result = Self.take(input, seen) { over.withLock { $0 = result } }
      }
      let replay = ReplayInput(source, plan, version: version, eventLoop: loop, onChange: take)
      let bound = NIOLoopBound(replay, eventLoop: loop)
      input.withLock { $0 = bound }
      try replay.open(onReady: take)
    }
    return try #require(over.wait(until: .after(.seconds(60))) { $0 })
  }

  private final class Box { var messages: [Message] = [] }

  private static func take(_ input: ReplayInput, _ box: Box) -> Seen? {
    let plan = PublishPlan(
      topic: "", source: .recording(.standardInput), qos: .atMostOnce, retain: false, properties: [],
      payloadLimit: 0)
    while let message = input.next(plan) { box.messages.append(message) }
    guard input.isAtEnd else { return nil }
    let tally = input.tally
    return Seen(
      messages: box.messages, failure: input.failure, passes: tally.passes, gaps: tally.gaps,
      missing: tally.missing, withoutProperties: tally.withoutProperties, cutOffAfter: tally.cutOffAfter)
  }

  private static func recording(_ messages: [Message], each step: Int64 = 1_000_000) -> String {
    var writer = RecordingWriter()
    var bytes: [UInt8] = []
    for (index, message) in messages.enumerated() {
      let publish = Publish(message: message, packetIdentifier: message.qos == .atMostOnce ? nil : 1)
      let time = WallTime(nanoseconds: 1_000_000_000 + Int64(index) * step)
      writer.append(ReceivedMessage(publish, receivedAt: time, sequence: UInt64(index + 1)), to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func message(_ topic: String, _ payload: String = "x") -> Message {
    Message(topic: topic, payload: ByteBuffer(string: payload))
  }

  // MARK: - Messages

  @Test func everyMessageOfALongRecordingInOrder() throws {
    let messages = (0..<20_000).map { Self.message("t/\($0 % 7)", "payload \($0)") }
    let seen = try replay(Self.recording(messages))
    #expect(seen.messages == messages)
    #expect(seen.failure == nil)
    #expect(seen.passes == 1)
  }

  @Test func whatBelongedToTheConnectionIsLeftOut() throws {
    var message = Self.message("a")
    message.qos = .exactlyOnce
    message.retain = true
    let kept: [Property] = [
      .contentType("text/plain"), .correlationData(ByteBuffer(bytes: [0xFF])),
      .userProperty(name: "k", value: "v"), .userProperty(name: "k", value: "w"),
    ]
    message.properties = Properties([.subscriptionIdentifier(7), .topicAlias(3)] + kept)
    let seen = try replay(Self.recording([message]))
    message.properties = Properties(kept)
    #expect(seen.messages == [message])
  }

  @Test func overrides() throws {
    var message = Self.message("from/a/b")
    message.retain = true
    message.properties = [
      .contentType("old"), .messageExpiryInterval(9), .userProperty(name: "k", value: "v"),
    ]
    var plan = ReplayPlan(speed: .unlimited)
    plan.qos = .atLeastOnce
    plan.retain = false
    plan.remaps = [try TopicRemap("nothing=x"), try TopicRemap("from/#=to/#"), try TopicRemap("#=never")]
    plan.properties = [.contentType("new"), .userProperty(name: "replayed", value: "1")]
    let seen = try replay(Self.recording([message]), plan)
    var expected = Message(topic: "to/a/b", payload: message.payload, qos: .atLeastOnce, retain: false)
    expected.properties = [
      .messageExpiryInterval(9), .userProperty(name: "k", value: "v"), .contentType("new"),
      .userProperty(name: "replayed", value: "1"),
    ]
    #expect(seen.messages == [expected])
  }

  @Test func olderVersionsHaveNoProperties() throws {
    var message = Self.message("a")
    message.properties = [.contentType("text/plain")]
    let seen = try replay(Self.recording([message, Self.message("b")]), version: .v3_1_1)
    #expect(seen.messages == [Self.message("a"), Self.message("b")])
    #expect(seen.withoutProperties == 1)
  }

  @Test func gapsAreCounted() throws {
    let gaps = "{\"gap\":{\"messages\":5,\"reason\":\"x\"}}\n{\"gap\":{\"reason\":\"y\"}}\n"
    let seen = try replay(Self.recording([Self.message("a")]) + gaps + Self.recording([Self.message("b")]))
    #expect(seen.lines == ["a x", "b x"])
    #expect(seen.gaps == 2)
    #expect(seen.missing == 5)
  }

  // MARK: - Ends

  @Test(arguments: [1, 3])
  func passes(_ count: Int) throws {
    let seen = try replay(
      Self.recording([Self.message("a"), Self.message("b")]), ReplayPlan(speed: .unlimited, passes: count))
    #expect(seen.lines == (0..<count).flatMap { _ in ["a x", "b x"] })
    #expect(seen.passes == count)
  }

  @Test func nothingIsNotRepeatedForEver() throws {
    let seen = try replay("\n", ReplayPlan(speed: .unlimited, passes: nil))
    #expect(seen.messages.isEmpty)
    #expect(seen.failure == nil)
  }

  @Test func aRecordingThatWasCutOff() throws {
    let whole = Self.recording([Self.message("a"), Self.message("b")])
    let seen = try replay(String(whole.dropLast(10)))
    #expect(seen.lines == ["a x"])
    #expect(seen.cutOffAfter == 1)
    #expect(seen.failure == nil)
  }

  @Test func aDamagedLineEndsIt() throws {
    let seen = try replay(Self.recording([Self.message("a")]) + "{}\n" + Self.recording([Self.message("b")]))
    #expect(seen.lines == ["a x"])
    #expect(
      seen.failure
        == .badRecord(directory.file("recording"), RecordingError(line: 2, problem: "there is no topic")))
  }

  @Test(arguments: [
    ("{\"topic\":\"a\",\"properties\":{\"response-topic\":\"a/#\"}}", "Response Topic contains a wildcard"),
    ("{\"topic\":\"a\",\"properties\":{\"content-type\":\"\\u0000\"}}", "Content Type contains U+0000"),
  ])
  func whatCannotBeSentIsNamed(_ line: String, _ problem: String) throws {
    let seen = try replay(line + "\n")
    #expect(
      seen.failure == .badRecord(directory.file("recording"), RecordingError(line: 1, problem: problem)))
  }

  @Test func aRemapThatLeavesNoTopic() throws {
    let plan = ReplayPlan(speed: .unlimited, remaps: [try TopicRemap("a/#=#")])
    let seen = try replay(Self.recording([Self.message("a/b"), Self.message("a")]), plan)
    #expect(seen.lines == ["b x"])
    #expect(
      seen.failure
        == .badRecord(
          directory.file("recording"),
          RecordingError(line: 2, problem: "--remap makes a topic that is empty")))
  }

  @Test func aFileThatIsNotThere() throws {
    let path = directory.file("nothing")
    let seen = try replay(.file(path), version: .v5, ReplayPlan(speed: .unlimited))
    #expect(seen.failure == .read(path, CLI.SystemError(errno: ENOENT, operation: "open")))
  }
}
