import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@testable import Presentation

struct RecordingTests {
  // MARK: - Read what was written

  @Test(arguments: [UInt64(1), 2, 3])
  func everyMessageComesBack(_ seed: UInt64) throws {
    var random = RandomMessages(seed: seed)
    var writer = RecordingWriter()
    var bytes: [UInt8] = []
    var entries: [RecordingEntry] = []
    for sequence in 1...300 {
      let message = random.message(UInt64(sequence))
      writer.append(message, to: &bytes)
      entries.append(.message(message))
      if sequence % 50 == 0 {
        let gap = RecordingGap(
          at: message.receivedAt, messages: sequence % 100 == 0 ? 7 : nil, reason: "connection \"lost\"")
        writer.append(gap, to: &bytes)
        entries.append(.gap(gap))
      }
    }
    for size in [1, 7, 1000, bytes.count] {
      let read = try Self.read(bytes, block: size)
      #expect(read.entries == entries, "blocks of \(size)")
      #expect(!read.isCutOff)
      #expect(read.line == UInt64(entries.count))
    }
  }

  @Test func theLinesAreThoseOfTheJSONFormat() {
    let message = received(
      [0xFF, 0x00], topic: "ä/b", qos: .exactlyOnce, retain: true, properties: allProperties)
    var writer = RecordingWriter(zone: .utc)
    var bytes: [UInt8] = []
    writer.append(message, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == printed(message, .json))
  }

  @Test func aGapIsALineOfItsOwn() {
    var writer = RecordingWriter(zone: .utc)
    var bytes: [UInt8] = []
    writer.append(RecordingGap(at: moment, messages: 12, reason: "overload"), to: &bytes)
    writer.append(RecordingGap(at: moment, reason: "connection lost"), to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        {"tst":"2026-11-22T14:48:56.123456+0000","gap":{"messages":12,"reason":"overload"},\
        "timestamp_ns":1795358936123456789}
        {"tst":"2026-11-22T14:48:56.123456+0000","gap":{"reason":"connection lost"},\
        "timestamp_ns":1795358936123456789}

        """)
  }

  // MARK: - What other tools write

  @Test func aRecordNeedsATopicOnly() throws {
    let read = try Self.read(
      Array("{ \"topic\" : \"a\\/b\" }\r\n\n  \n{\"topic\":\"c\",\"payload\":null}\n".utf8))
    #expect(
      read.entries == [
        .message(Self.plain("a/b", at: 0, 1)), .message(Self.plain("c", at: 0, 2)),
      ])
    #expect(read.line == 4)
  }

  @Test func aRecordWithoutATimeIsOfTheTimeOfTheOneBefore() throws {
    let read = try Self.read(
      Array("{\"topic\":\"a\",\"timestamp_ns\":5}\n{\"topic\":\"b\"}\n".utf8))
    #expect(read.entries.last == .message(Self.plain("b", at: 5, 2)))
  }

  @Test(arguments: [
    ("2026-11-22T14:48:56.123456+0000", 1_795_358_936_123_456_000),
    ("2026-11-22T15:48:56.123456789+01:00", 1_795_358_936_123_456_789),
    ("2026-11-22T12:18:56-0230", 1_795_358_936_000_000_000),
    ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -500_000_000),
  ])
  func mosquittoTimes(_ text: String, _ nanoseconds: Int64) throws {
    let line =
      "{\"tst\":\"\(text)\",\"topic\":\"a\",\"qos\":0,\"retain\":0,\"payloadlen\":0,\"payload\":\"\"}\n"
    #expect(try Self.read(Array(line.utf8)).entries == [.message(Self.plain("a", at: nanoseconds, 1))])
  }

  @Test(arguments: [
    "", "2026", "2026-11-22", "2026-13-22T14:48:56Z", "2026-11-22T14:48:56", "2026-11-22T14:48:56.Z",
    "2026-11-22T14:48:56Zx", "2026-11-22 14:48:56Z", "2026-11-22T24:48:56Z", "9999-11-22T14:48:56Z",
  ])
  func noTimes(_ text: String) { #expect(WallTime(iso8601: text) == nil) }

  @Test func userPropertiesAsOneObject() throws {
    let line = #"{"topic":"a","properties":{"user-properties":{"x":"1","y":"2"}}}"# + "\n"
    var expected = Self.plain("a", at: 0, 1)
    expected.publish.message.properties = [
      .userProperty(name: "x", value: "1"), .userProperty(name: "y", value: "2"),
    ]
    #expect(try Self.read(Array(line.utf8)).entries == [.message(expected)])
  }

  // MARK: - Damage

  /// Wherever the file ends, every whole record is read, and half a record is told.
  @Test func cutOffAnywhere() throws {
    var random = RandomMessages(seed: 4)
    var writer = RecordingWriter()
    var bytes: [UInt8] = []
    for sequence in 1...2 { writer.append(random.message(UInt64(sequence)), to: &bytes) }
    let first = try #require(bytes.firstIndex(of: 0x0A)) + 1
    for end in bytes.indices {
      let read = try Self.read(Array(bytes[..<end]))
      // Whole but for its newline.
      let isWhole = [0, first - 1, first, bytes.count - 1].contains(end)
      #expect(read.isCutOff == !isWhole, "cut at \(end)")
      #expect(read.entries.count == (end < first - 1 ? 0 : end < bytes.count - 1 ? 1 : 2))
    }
  }

  struct Damage: Sendable {
    var line: String
    var problem: String
  }

  static let damages = [
    Damage(line: "hello", problem: "column 1: expected a value"),
    Damage(line: "[]", problem: "a record is a JSON object"),
    Damage(line: "{}", problem: "there is no topic"),
    Damage(line: "{\"topic\":", problem: "column 10: the text ends too early"),
    Damage(line: "{\"topic\":1}", problem: "topic is no string"),
    Damage(line: "{\"topic\":\"\"}", problem: "the topic is empty"),
    Damage(line: "{\"topic\":\"a/#\"}", problem: "the topic contains a wildcard"),
    Damage(line: "{\"topic\":\"a\",\"payload\":{}}", problem: "payload is no string"),
    Damage(
      line: "{\"topic\":\"a\",\"payload\":\"!\",\"payload_encoding\":\"base64\"}",
      problem: "the payload is not base 64"),
    Damage(
      line: "{\"topic\":\"a\",\"payload_encoding\":\"hex\"}",
      problem: "payload_encoding is neither utf8 nor base64"),
    Damage(line: "{\"topic\":\"a\",\"qos\":3}", problem: "qos is no number from 0 to 2"),
    Damage(line: "{\"topic\":\"a\",\"qos\":1.5}", problem: "qos is no number from 0 to 2"),
    Damage(line: "{\"topic\":\"a\",\"retain\":2}", problem: "retain is no number from 0 to 1"),
    Damage(line: "{\"topic\":\"a\",\"mid\":65536}", problem: "mid is no number from 1 to 65535"),
    Damage(line: "{\"topic\":\"a\",\"timestamp_ns\":1e30}", problem: "timestamp_ns is no whole number"),
    Damage(line: "{\"topic\":\"a\",\"tst\":\"now\"}", problem: "tst is no time"),
    Damage(line: "{\"topic\":\"a\",\"properties\":[]}", problem: "properties is no object"),
    Damage(
      line: "{\"topic\":\"a\",\"properties\":{\"receive-maximum\":1}}",
      problem: "a message has no property 'receive-maximum'"),
    Damage(
      line: "{\"topic\":\"a\",\"properties\":{\"topic-alias\":0}}",
      problem: "topic-alias is no number from 1 to 65535"),
    Damage(
      line: "{\"topic\":\"a\",\"properties\":{\"user-properties\":[{\"a\":1}]}}",
      problem: "a is no string"),
    Damage(line: "{\"topic\":\"a\",\"subscription_ids\":7}", problem: "subscription_ids is no list"),
  ]

  @Test(arguments: damages)
  func aDamagedLineIsNamed(_ damage: Damage) {
    let text = "{\"topic\":\"good\"}\n\n\(damage.line)\n{\"topic\":\"unread\"}\n"
    #expect(throws: RecordingError(line: 3, problem: damage.problem)) {
      try Self.read(Array(text.utf8))
    }
  }

  @Test func textThatIsNoRecordingIsNotTakenForACutOff() {
    #expect(throws: RecordingError(line: 1, problem: "column 1: expected a value")) {
      try Self.read(Array("hello".utf8))
    }
  }

  @Test func aLineThatNeverEnds() {
    var reader = RecordingReader(lineLimit: 100)
    reader.feed(ByteBuffer(string: "{\"topic\":\"a\"}\n" + String(repeating: " ", count: 101)))
    #expect(throws: Never.self) { _ = try reader.next() }
    #expect(throws: RecordingError(line: 2, problem: "longer than any message can be")) {
      _ = try reader.next()
    }
  }

  /// Nothing that a file holds does more than end the reading.
  @Test func mutatedRecordings() {
    var random = RandomMessages(seed: 5)
    for _ in 0..<2000 {
      var writer = RecordingWriter()
      var bytes: [UInt8] = []
      writer.append(random.message(1), to: &bytes)
      for _ in 0...2 { bytes[random.index(bytes.count)] = random.byte() }
      _ = try? Self.read(bytes)
    }
  }

  // MARK: - Reading

  private static func plain(_ topic: String, at nanoseconds: Int64, _ sequence: UInt64) -> ReceivedMessage {
    ReceivedMessage(
      Publish(message: Message(topic: topic)), receivedAt: WallTime(nanoseconds: nanoseconds),
      sequence: sequence)
  }

  private struct Read {
    var entries: [RecordingEntry] = []
    var isCutOff = false
    var line: UInt64 = 0
  }

  @discardableResult
  private static func read(_ bytes: [UInt8], block size: Int = .max) throws -> Read {
    var reader = RecordingReader()
    var read = Read()
    var rest = bytes[...]
    while !rest.isEmpty {
      reader.feed(ByteBuffer(bytes: rest.prefix(size)))
      rest = rest.dropFirst(size)
      while let entry = try reader.next() { read.entries.append(entry) }
    }
    if let entry = try reader.finish() { read.entries.append(entry) }
    (read.isCutOff, read.line) = (reader.isCutOff, reader.line)
    return read
  }
}

/// Messages with anything in them that a PUBLISH can carry; the same in every run.
private struct RandomMessages {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func index(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.next()) }
  private mutating func chance() -> Bool { random.next() % 2 == 0 }

  private mutating func text() -> String {
    let parts = [
      "a", "/", "\"", "\\", "\n", "\u{1}", "\u{7F}", "é", "\u{202E}", "😀", "{", "\\u0041", "\u{FEFF}",
    ]
    return (0..<index(9)).map { _ in parts[index(parts.count)] }.joined()
  }

  private mutating func bytes() -> ByteBuffer {
    if chance() { return ByteBuffer(string: text()) }
    return ByteBuffer(bytes: (0..<index(40)).map { _ in byte() })
  }

  mutating func message(_ sequence: UInt64) -> ReceivedMessage {
    let qos = QoS.allCases[index(3)]
    var message = Message(topic: "t" + text(), payload: bytes(), qos: qos, retain: chance())
    message.properties = properties()
    let publish = Publish(
      message: message, isDuplicate: chance(),
      packetIdentifier: qos == .atMostOnce ? nil : UInt16(1 + index(65_535)))
    return ReceivedMessage(
      publish, receivedAt: WallTime(nanoseconds: Int64(bitPattern: random.next())), sequence: sequence)
  }

  /// In the order that a recording keeps: user properties last, subscription identifiers together.
  private mutating func properties() -> Properties {
    var properties = Properties()
    var rest: [Property] = [
      .payloadFormatIndicator(UInt8(index(2))),
      .messageExpiryInterval(UInt32(truncatingIfNeeded: random.next())),
      .contentType(text()), .responseTopic(text()), .correlationData(bytes()),
      .topicAlias(UInt16(1 + index(65_535))), .subscriptionIdentifier(UInt32(1 + index(268_435_455))),
    ]
    while !rest.isEmpty {
      let property = rest.remove(at: index(rest.count))
      guard chance() else { continue }
      properties.append(property)
      guard case .subscriptionIdentifier = property else { continue }
      for _ in 0..<index(3) { properties.append(.subscriptionIdentifier(UInt32(1 + index(1000)))) }
    }
    for _ in 0..<index(3) { properties.append(.userProperty(name: text(), value: text())) }
    return properties
  }
}
