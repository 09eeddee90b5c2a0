import MQTTPackets
import NIOCore
import Testing

@Suite("What cannot be encoded is refused and leaves the buffer alone")
struct EncodeErrorTests {
  private static let long = String(repeating: "a", count: 65_536)
  private static let id = Acknowledgement(0)

  struct Row: Sendable, CustomTestStringConvertible {
    let version: ProtocolVersion
    let packet: Packet
    let kind: EncodeError.Kind
    let field: String
    var testDescription: String { "\(version) \(packet.type.name) \(field)" }

    init(_ version: ProtocolVersion, _ packet: Packet, _ kind: EncodeError.Kind, _ field: String) {
      self.version = version
      self.packet = packet
      self.kind = kind
      self.field = field
    }
  }

  private static func publish(
    _ topic: String, _ qos: QoS = .atMostOnce, _ id: UInt16? = nil, dup: Bool = false,
    with properties: Properties = []
  ) -> Packet {
    .publish(
      Publish(
        message: Message(topic: topic, qos: qos, properties: properties), isDuplicate: dup,
        packetIdentifier: id))
  }

  private static func connect(_ version: ProtocolVersion, _ change: (inout Connect) -> Void) -> Packet {
    var connect = Connect(version: version, clientIdentifier: "c")
    change(&connect)
    return .connect(connect)
  }

  static let publishes: [Row] = [
    Row(.v5, publish(long), .fieldTooLong, "Topic Name"),
    Row(.v5, publish("a/+"), .invalidValue, "Topic Name"),
    Row(.v5, publish("a\u{0}"), .invalidValue, "Topic Name"),
    Row(.v5, publish(""), .invalidValue, "Topic Name"),
    Row(.v3_1_1, publish(""), .invalidValue, "Topic Name"),
    Row(.v5, publish("a", .atLeastOnce), .invalidValue, "Packet Identifier"),
    Row(.v5, publish("a", .atLeastOnce, 0), .invalidValue, "Packet Identifier"),
    Row(.v5, publish("a", .atMostOnce, 1), .invalidValue, "Packet Identifier"),
    Row(.v5, publish("a", dup: true), .invalidValue, "DUP"),
    Row(.v3_1_1, publish("a", with: [.contentType("t")]), .notInVersion, "Properties"),
    Row(.v5, publish("a", with: [.contentType(long)]), .fieldTooLong, "Content Type"),
    Row(.v5, publish("a", with: [.contentType("\u{0}")]), .invalidValue, "Content Type"),
    Row(.v5, publish("a", with: [.userProperty(name: "n", value: long)]), .fieldTooLong, "User Property"),
    Row(
      .v5, publish("a", with: [.correlationData(ByteBuffer(repeating: 0, count: 65_536))]), .fieldTooLong,
      "Correlation Data"),
    Row(.v5, publish("a", with: [.receiveMaximum(1)]), .invalidValue, "Receive Maximum"),
    Row(.v5, publish("a", with: [.topicAlias(1), .topicAlias(2)]), .invalidValue, "Topic Alias"),
    Row(.v5, publish("a", with: [.topicAlias(0)]), .invalidValue, "Topic Alias"),
    Row(.v5, publish("a", with: [.responseTopic("#")]), .invalidValue, "Response Topic"),
    Row(
      .v5, publish("a", with: [.subscriptionIdentifier(268_435_456)]), .invalidValue,
      "Subscription Identifier"),
    Row(.v5, publish("a", with: [.payloadFormatIndicator(2)]), .invalidValue, "Payload Format Indicator"),
  ]

  static let others: [Row] = [
    Row(.v5, .pubAck(id), .invalidValue, "Packet Identifier"),
    Row(.v5, .pubRel(Acknowledgement(1, .quotaExceeded)), .invalidValue, "Reason Code"),
    Row(.v3_1_1, .pubAck(Acknowledgement(1, .notAuthorized)), .notInVersion, "Reason Code"),
    Row(.v3_1_1, .disconnect(Disconnect(.protocolError)), .notInVersion, "Reason Code"),
    Row(.v3_1_1, .auth(Auth()), .notInVersion, "AUTH"),
    Row(.v5, .auth(Auth(.continueAuthentication)), .invalidValue, "Authentication Method"),
    Row(.v5, .subscribe(Subscribe(1, [])), .invalidValue, "Topic Filter"),
    Row(.v5, .subscribe(Subscribe(0, [Subscription("a")])), .invalidValue, "Packet Identifier"),
    Row(.v5, .subscribe(Subscribe(1, [Subscription("a#")])), .invalidValue, "Topic Filter"),
    Row(.v5, .subscribe(Subscribe(1, [Subscription(long)])), .fieldTooLong, "Topic Filter"),
    Row(
      .v3_1_1, .subscribe(Subscribe(1, [Subscription("a", noLocal: true)])), .notInVersion,
      "Subscription Options"),
    Row(
      .v5, .subscribe(Subscribe(1, [Subscription("$share/g/a", noLocal: true)])), .invalidValue,
      "Subscription Options"),
    Row(.v5, .subAck(SubAck(1, [])), .invalidValue, "Reason Code"),
    Row(.v3_1_1, .subAck(SubAck(1, [.notAuthorized])), .invalidValue, "Reason Code"),
    Row(.v5, .unsubscribe(Unsubscribe(1, [])), .invalidValue, "Topic Filter"),
    Row(.v5, .unsubAck(UnsubAck(1)), .invalidValue, "Reason Code"),
    Row(.v3_1_1, .unsubAck(UnsubAck(1, [.success])), .notInVersion, "Reason Code"),
    Row(.v5, .connAck(ConnAck(sessionPresent: true, reasonCode: .banned)), .invalidValue, "Session Present"),
    Row(.v3_1_1, .connAck(ConnAck(reasonCode: .banned)), .invalidValue, "Reason Code"),
    Row(.v5, connect(.v5) { $0.clientIdentifier = long }, .fieldTooLong, "Client Identifier"),
    Row(.v5, connect(.v5) { $0.username = long }, .fieldTooLong, "User Name"),
    Row(.v5, connect(.v5) { $0.password = Array(long.utf8) }, .fieldTooLong, "Password"),
    Row(.v3_1_1, connect(.v3_1_1) { $0.password = [] }, .invalidValue, "Password"),
    Row(
      .v3_1_1,
      connect(.v3_1_1) {
        $0.clientIdentifier = ""
        $0.cleanStart = false
      }, .invalidValue, "Client Identifier"),
    Row(.v3_1_1, connect(.v3_1_1) { $0.properties = [.receiveMaximum(1)] }, .notInVersion, "Properties"),
    Row(
      .v5, connect(.v5) { $0.properties = [.authenticationData(ByteBuffer())] }, .invalidValue,
      "Authentication Data"),
    Row(.v5, connect(.v5) { $0.will = Message(topic: "") }, .invalidValue, "Will Topic"),
    Row(.v5, connect(.v5) { $0.will = Message(topic: "#") }, .invalidValue, "Will Topic"),
    Row(
      .v5, connect(.v5) { $0.will = Message(topic: "w", payload: ByteBuffer(repeating: 0, count: 65_536)) },
      .fieldTooLong, "Will Payload"),
    Row(
      .v5, connect(.v5) { $0.will = Message(topic: "w", properties: [.topicAlias(1)]) }, .invalidValue,
      "Topic Alias"),
  ]

  @Test(arguments: publishes + others) func refuse(_ row: Row) throws {
    var buffer = ByteBuffer(string: "before")
    let error = #expect(throws: EncodeError.self) { try row.packet.encode(row.version, into: &buffer) }
    #expect(error?.kind == row.kind)
    #expect(error?.field == row.field)
    #expect(error?.packet == row.packet.type)
    #expect(error?.rule.isEmpty == false)
    #expect(buffer == ByteBuffer(string: "before"))
  }

  @Test func aPublishInRoomThatTheCallerMade() throws {
    let publish = Publish(message: Message(topic: "a/b", payload: ByteBuffer(string: "hi"), retain: true))
    let length = publish.encodedLength(.v5)
    var room = [UInt8](repeating: 0xEE, count: length + 1)
    let written = try room.withUnsafeMutableBytes { try publish.encode(.v5, length: length, into: $0) }
    #expect(written == length)
    #expect(room == wire(framed("31", "\"a/b\" 00 'hi'") + "EE"))
  }

  @Test func theLongestPacketAndOneByteMore() throws {
    var message = Message(topic: "a", payload: ByteBuffer(repeating: 0, count: 268_435_455 - 3))
    var buffer = ByteBuffer()
    let longest = Publish(message: message)
    #expect(longest.encodedLength(.v3_1_1) == PacketDecoder.protocolMaximum)
    try longest.encode(.v3_1_1, length: longest.encodedLength(.v3_1_1), into: &buffer)
    #expect(buffer.readableBytes == PacketDecoder.protocolMaximum)
    #expect(buffer.getBytes(at: 0, length: 5) == [0x30, 0xFF, 0xFF, 0xFF, 0x7F])

    message.topic = "aa"
    buffer.clear()
    let error = #expect(throws: EncodeError.self) {
      try Packet.publish(Publish(message: message)).encode(.v3_1_1, into: &buffer)
    }
    #expect(error?.kind == .packetTooLarge)
    #expect(buffer.readableBytes == 0)
  }
}
