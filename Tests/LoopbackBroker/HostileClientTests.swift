import LoopbackBroker
import MQTTPackets
import NIOCore
import Support
import Testing

/// Clients that break rules, each answered as the specification says and closed, while a well-behaved
/// one goes on without a gap.
@Suite(.ownThread) struct HostileClientTests {
  /// What a client sends, and how the broker may end it.
  struct Case: Sendable, CustomTestStringConvertible {
    enum Stage: Sendable { case upgraded, connected }

    let name: String
    let stage: Stage
    let bytes: [UInt8]
    /// The reason of the DISCONNECT or the CONNACK; empty when there must be none.
    let reasons: [UInt8]
    let closeCodes: [Int]

    var testDescription: String { name }
    /// The codes 1 to 5 are those of 3.1.1.
    var version: ProtocolVersion { reasons.contains { (1...5).contains($0) } ? .v3_1_1 : .v5 }

    /// Raw bytes after the upgrade.
    static func frames(_ name: String, _ bytes: [UInt8], _ closeCodes: Int...) -> Case {
      Case(name: name, stage: .upgraded, bytes: bytes, reasons: [], closeCodes: closeCodes)
    }

    /// A packet instead of CONNECT.
    static func first(_ name: String, _ packet: [UInt8], _ reasons: UInt8..., close: Int = 1002) -> Case {
      Case(
        name: name, stage: .upgraded, bytes: RawClient.frame(packet), reasons: reasons, closeCodes: [close])
    }

    /// A packet after CONNECT.
    static func packet(_ name: String, _ packet: [UInt8], _ reasons: UInt8...) -> Case {
      Case(
        name: name, stage: .connected, bytes: RawClient.frame(packet), reasons: reasons,
        closeCodes: [1002, 1009])
    }
  }

  /// A PUBLISH of 5.0 with this first byte and this much after the fixed header.
  private static func publish(_ first: UInt8 = 0x30, _ rest: [UInt8]) -> [UInt8] {
    [first, UInt8(rest.count)] + rest
  }

  private static func subscribe(_ filter: String, options: UInt8 = 0) -> [UInt8] {
    let rest: [UInt8] = [0, 1, 0, 0, UInt8(filter.utf8.count)] + Array(filter.utf8) + [options]
    return [0x82, UInt8(rest.count)] + rest
  }

  private static func connect(_ name: String, level: UInt8, flags: UInt8 = 2, tail: [UInt8] = [0, 0])
    -> [UInt8]
  {
    let rest = [0, UInt8(name.utf8.count)] + Array(name.utf8) + [level, flags, 0, 0] + tail
    return [0x10, UInt8(rest.count)] + rest
  }

  private static let frameCases: [Case] = [
    .frames("unmasked", RawClient.frame([0xc0, 0], mask: nil), 1002),
    .frames("RSV bit", RawClient.frame(first: 0xc2, [0xc0, 0]), 1002),
    .frames("reserved opcode 3", RawClient.frame(first: 0x83, []), 1002),
    .frames("reserved opcode 15", RawClient.frame(first: 0x8f, []), 1002),
    .frames("16-bit length of 5", [0x82, 0xfe, 0, 5, 0, 0, 0, 0], 1002),
    .frames("64-bit length of 5", [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0], 1002),
    .frames("length 2^63", [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002),
    .frames("length 2^63-1", [0x82, 0xff, 0x7f] + [UInt8](repeating: 0xff, count: 7) + [0, 0, 0, 0], 1009),
    .frames("length 2^32", [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 1009),
    .frames("long ping", RawClient.frame(first: 0x89, [UInt8](repeating: 0, count: 126)), 1002),
    .frames("fragmented ping", RawClient.frame(first: 0x09, []), 1002),
    .frames("continuation without a start", RawClient.frame(first: 0x80, [0xc0]), 1002),
    .frames(
      "new message in a fragmented one",
      RawClient.frame(first: 0x02, [0xc0]) + RawClient.frame([0xc0, 0]), 1002),
    .frames(
      "endless empty fragments",
      RawClient.frame(first: 0x02, [])
        + (0..<100_000).flatMap { _ in [0x00, 0x80, 0, 0, 0, 0] as [UInt8] }, 1009),
    .frames("text", RawClient.frame(first: 0x81, [0xc0, 0]), 1002, 1003),
    .frames("close of one byte", RawClient.frame(first: 0x88, [3]), 1002),
    .frames("close 999", RawClient.frame(first: 0x88, [0x03, 0xe7]), 1002),
    .frames("close 1005", RawClient.frame(first: 0x88, [0x03, 0xed]), 1002),
    .frames("close with bad UTF-8", RawClient.frame(first: 0x88, [0x03, 0xe8, 0xff]), 1007),
  ]

  private static let firstPackets: [Case] = [
    .first("length of five bytes", [0x10, 0xff, 0xff, 0xff, 0xff, 0x01]),
    .first("256 MB before CONNECT", [0x10, 0xff, 0xff, 0xff, 0x7f], close: 1009),
    .first("PINGREQ first", [0xc0, 0]), .first("CONNACK first", [0x20, 3, 0, 0, 0]),
    .first("type 0", [0x00, 0]), .first("flags of CONNECT", [0x11, 0]),
    .first("MQIsdp", connect("MQIsdp", level: 3), 0x84), .first("MQTt", connect("MQTt", level: 5), 0x84),
    .first("level 3", connect("MQTT", level: 3), 0x01), .first("level 6", connect("MQTT", level: 6), 0x84),
    .first("level 255", connect("MQTT", level: 255), 0x84),
    .first("reserved flag", connect("MQTT", level: 5, flags: 3, tail: [0, 0, 0]), 0x81),
    .first("will QoS without a will", connect("MQTT", level: 5, flags: 0x0a, tail: [0, 0, 0]), 0x81),
    .first("password without a name", connect("MQTT", level: 4, flags: 0x42, tail: [0, 0, 0, 1, 65])),
    .first("no identifier, no clean session", connect("MQTT", level: 4, flags: 0), 0x02),
    .first("trailing byte", connect("MQTT", level: 4, tail: [0, 1, 65, 66])),
  ]

  private static let packets: [Case] = [
    .packet("type 0", [0x00, 0], 0x81), .packet("AUTH", [0xf0, 0], 0x82),
    .packet("flags of SUBSCRIBE", [0x80, 0], 0x81), .packet("flags of PINGREQ", [0xc1, 0], 0x81),
    .packet("CONNECT again", connect("MQTT", level: 5, tail: [0, 0, 0]), 0x82),
    .packet("CONNACK", [0x20, 3, 0, 0, 0], 0x82), .packet("SUBACK", [0x90, 4, 0, 1, 0, 0], 0x82),
    .packet("UNSUBACK", [0xb0, 4, 0, 1, 0, 0], 0x82), .packet("PINGRESP", [0xd0, 0], 0x82),
    .packet("padded length", [0xc0, 0x80, 0x00], 0x81),
    .packet("length of five bytes", [0x30, 0xff, 0xff, 0xff, 0xff, 0x01], 0x81),
    .packet("QoS 3", publish(0x36, [0, 1, 65, 0, 1, 0]), 0x81),
    .packet("DUP at QoS 0", publish(0x38, [0, 1, 65, 0]), 0x81),
    .packet("identifier 0", publish(0x32, [0, 1, 65, 0, 0, 0]), 0x81, 0x82),
    .packet("no identifier", publish(0x32, [0, 1, 65]), 0x81),
    .packet("topic over the end", publish(0x30, [0, 9, 65, 0]), 0x81),
    .packet("empty topic, no alias", publish(0x30, [0, 0, 0]), 0x82),
    .packet("wildcard in a topic", publish(0x30, [0, 1, 0x23, 0]), 0x90, 0x81),
    .packet("U+0000 in a topic", publish(0x30, [0, 1, 0, 0]), 0x81, 0x90),
    .packet("overlong UTF-8", publish(0x30, [0, 2, 0xc0, 0x80, 0]), 0x81),
    .packet("surrogate", publish(0x30, [0, 3, 0xed, 0xa0, 0x80, 0]), 0x81),
    .packet("alias 0", publish(0x30, [0, 1, 65, 3, 0x23, 0, 0]), 0x94),
    .packet("alias above the maximum", publish(0x30, [0, 1, 65, 3, 0x23, 0xff, 0xff]), 0x94),
    .packet("alias never set", publish(0x30, [0, 0, 3, 0x23, 0, 9]), 0x94, 0x82),
    .packet("property length over the end", publish(0x30, [0, 1, 65, 9, 1, 1]), 0x81),
    .packet("unknown property", publish(0x30, [0, 1, 65, 2, 0x04, 1]), 0x81, 0x82),
    .packet("property of another packet", publish(0x30, [0, 1, 65, 3, 0x13, 0, 1]), 0x82, 0x81),
    .packet("property twice", publish(0x30, [0, 1, 65, 4, 1, 1, 1, 1]), 0x82),
    .packet("subscription identifier from a client", publish(0x30, [0, 1, 65, 2, 0x0b, 1]), 0x82),
    .packet("SUBSCRIBE of nothing", [0x82, 3, 0, 1, 0], 0x82, 0x81),
    .packet("SUBSCRIBE with QoS 3", subscribe("a", options: 3), 0x82, 0x81),
    .packet("SUBSCRIBE with reserved options", subscribe("a", options: 0xc0), 0x81, 0x82),
    .packet("SUBSCRIBE with retain handling 3", subscribe("a", options: 0x30), 0x82, 0x81),
    .packet("shared no local", subscribe("$share/g/a", options: 4), 0x82),
    .packet("DISCONNECT of a server", [0xe0, 1, 0x8e], 0x82, 0x81),
  ]

  private static let invalidFilters = [
    "a/#/b", "a+", "#a", "$share//x", "$share/g+/x", "$share/g", "$share/g/",
  ]

  @Test func everyRowWhileACanarySings() throws {
    let broker = try RunningBroker()
    let canary = try Canary(broker.port)
    for row in Self.frameCases + Self.firstPackets + Self.packets {
      let client =
        row.stage == .connected
        ? try RawClient.connected(broker.port, "hostile")
        : try RawClient(port: broker.port, version: row.version)
      if row.stage == .upgraded { _ = try client.request() }
      // The broker may hang up before it has read everything.
      try? client.write(row.bytes)
      let answers = try client.readToEnd()
      #expect(
        answers.allSatisfy { Self.reason($0).map(row.reasons.contains) ?? false }, "\(row.name): \(answers)")
      if row.stage == .connected { #expect(answers.count == 1, "\(row.name)") }
      #expect(
        row.closeCodes.contains(client.closeCode ?? 0), "\(row.name): closed with \(client.closeCode ?? 0)")
      try canary.sing()
    }
    try broker.stop()
  }

  private static func reason(_ packet: Packet) -> UInt8? {
    switch packet {
    case .disconnect(let disconnect): disconnect.reasonCode.rawValue
    case .connAck(let ack): ack.reasonCode.rawValue
    default: nil
    }
  }

  @Test func invalidFiltersAreAnswered() throws {
    let broker = try RunningBroker()
    for filter in Self.invalidFilters {
      let client = try RawClient.connected(broker.port, "a")
      try client.write(RawClient.frame(Self.subscribe(filter)))
      let answer = try client.readPacket()
      let isAnswered =
        answer == .subAck(SubAck(1, [.topicFilterInvalid])) || answer.flatMap(Self.reason) == 0x8f
        || answer.flatMap(Self.reason) == 0x81
      #expect(isAnswered, "\(filter): \(String(describing: answer))")
    }
    try broker.stop()
  }

  @Test func connectionsThatJustBreak() throws {
    let broker = try RunningBroker()
    let canary = try Canary(broker.port)
    let packet = RawClient.frame([0x30, 0x80, 0x80, 0x04] + [UInt8](repeating: 0, count: 1000))
    for bytes in [[], [0x82], [0x82, 0xff, 0, 0], packet, Array(packet.dropLast(500))] as [[UInt8]] {
      for isReset in [false, true] {
        let client = try RawClient.connected(broker.port, "hostile")
        if isReset { client.resetOnClose() }
        try client.write(bytes)
        try canary.sing()
      }
    }
    try canary.sing()
    try broker.stop()
  }

  /// Floods whose senders read nothing.
  @Test func floods() throws {
    var settings = BrokerSettings()
    settings.stallTimeout = .milliseconds(100)
    let broker = try RunningBroker(settings)
    let canary = try Canary(broker.port)

    let pinger = try RawClient.connected(broker.port, "pinger")
    let ping = RawClient.frame(first: 0x89, [UInt8](repeating: 1, count: 125))
    try pinger.write((0..<5_000).flatMap { _ in ping })
    try canary.sing()

    let exact = try RawClient.connected(broker.port, "exact")
    let flood = try (1...2_000).flatMap { id in
      try RawClient.frame(
        RawClient.bytes(
          .publish(
            Publish(message: Message(topic: "f", qos: .exactlyOnce), packetIdentifier: UInt16(id)))))
    }
    try exact.write(flood)
    #expect(try exact.readToEnd().last == .disconnect(Disconnect(.receiveMaximumExceeded)))
    try canary.sing()

    // Subscribes to everything and never reads: for others there is no more than a hiccup.
    let deaf = try RawClient.connected(broker.port, "deaf")
    try deaf.send(.subscribe(Subscribe(1, [Subscription("#")])))
    let talker = try RawClient.connected(broker.port, "talker")
    let frame = RawClient.frame(
      try RawClient.bytes(
        .publish(Publish(message: Message(topic: "f", payload: ByteBuffer(repeating: 7, count: 10_000))))),
      mask: [0, 0, 0, 0])
    for _ in 0..<2_000 { try talker.write(frame) }
    try canary.sing()
    #expect(try broker.on { $0.counters.droppedAtMostOnce } > 0)
    try broker.stop()
  }

  @Test func deepTopicsAndManyProperties() throws {
    let broker = try RunningBroker()
    let client = try RawClient.connected(broker.port, "deep")
    let deep = String(repeating: "/", count: 65_535)
    try client.send(
      .subscribe(Subscribe(1, [Subscription(deep), Subscription("#"), Subscription(deep.dropLast() + "#")])))
    #expect(try client.readPacket()?.type == .subAck)
    var properties = Properties()
    for index in 0..<100_000 { properties.append(.userProperty(name: "n", value: "\(index)")) }
    let packet = Packet.publish(Publish(message: Message(topic: deep, properties: properties)))
    try client.write(RawClient.frame(RawClient.bytes(packet), mask: [0, 0, 0, 0]))
    #expect(try client.readPacket() == packet)
    try broker.stop()
  }
}

/// A well-behaved client that hears itself: each song must come back, in order and at once.
private final class Canary {
  private let client: RawClient
  private var songs = 0

  init(_ port: Int) throws {
    client = try RawClient.connected(port, "canary")
    try client.send(.subscribe(Subscribe(1, [Subscription("canary", qos: .atLeastOnce)])))
    _ = try client.readPacket()
  }

  func sing() throws {
    let deadline = Deadline.after(.seconds(5))
    songs += 1
    let message = Message(topic: "canary", payload: ByteBuffer(integer: songs), qos: .atLeastOnce)
    try client.send(.publish(Publish(message: message, packetIdentifier: 1)))
    var heard: Int?
    for _ in 0..<2 {
      if case .publish(let publish)? = try client.readPacket() {
        heard = publish.message.payload.getInteger(at: publish.message.payload.readerIndex)
        try client.send(.pubAck(Acknowledgement(publish.packetIdentifier ?? 0)))
      }
    }
    #expect(heard == songs)
    #expect(!deadline.hasPassed)
  }
}
