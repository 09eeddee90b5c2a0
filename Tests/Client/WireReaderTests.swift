import MQTTPackets
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import Client

struct WireReaderTests {
  // MARK: - Side by side

  @Test func connectionsSideBySideAreKeptApart() throws {
    var scripts = [WireScript(), WireScript()]
    var readers = WireReaders()
    var items: [WireItem] = []
    func tell(_ kind: TraceEvent.Kind, _ source: Int) {
      readers.read(
        TraceEvent(time: MonotonicTime(nanoseconds: 0), kind: kind), from: source, into: &items)
    }
    for source in 0...1 { tell(.state(.connecting(attempt: 1)), source) }
    // A packet in two halves, with one of the other connection in between.
    let publish = scripts[0].frame(scripts[0].bytes(of: [.message("a", "x")]), byClient: true)
    let ping = scripts[1].frame(scripts[1].bytes(of: [.pingReq]), byClient: true)
    let half = try #require(publish.getSlice(at: 0, length: 8))
    let rest = try #require(publish.getSlice(at: 8, length: publish.readableBytes - 8))
    tell(.bytes(.sent, half), 0)
    tell(.bytes(.sent, ping), 1)
    tell(.bytes(.sent, rest), 0)
    tell(.state(.connecting(attempt: 2)), 0)
    let packets = items.compactMap { item -> String? in
      guard case .packet(let packet) = item.kind else { return nil }
      return "\(item.connection) \(packet.type.name)"
    }
    #expect(packets == ["2 PINGREQ", "1 PUBLISH"])
    #expect(items.map(\.number) == Array(1...items.count))
    #expect(items.last?.connection == 3)
  }

  // MARK: - Exchanges

  @Test func everyAnswerKnowsItsRequest() {
    var script = WireScript()
    script.connect()
    script.client(.connect(Connect(version: .v5, clientIdentifier: "c")))
    script.wait(5)
    script.server(.connAck(ConnAck()))
    script.client(.subscribe(Subscribe(1, [Subscription("a")])), .message("a", "x", .exactlyOnce, id: 1))
    script.wait(1)
    script.server(.subAck(1, .grantedQoS0), .pubRec(1))
    script.wait(2)
    script.client(.pubRel(1), .pingReq)
    script.wait(3)
    script.server(.pubComp(1), .pingResp)
    #expect(
      script.takeLines() == [
        "2 > BINARY 16", "3 > CONNECT clean",
        "4 < BINARY 5", "5 < CONNACK re 3 5.0ms",
        "6 > BINARY 18", "7 > SUBSCRIBE 1 a", "8 > PUBLISH 1 q2 a=x",
        "9 < BINARY 10", "10 < SUBACK re 7 1.0ms", "11 < PUBREC 1 re 8 1.0ms",
        "12 > BINARY 6", "13 > PUBREL 1 re 11 2.0ms of 8 3.0ms", "14 > PINGREQ",
        "15 < BINARY 6", "16 < PUBCOMP 1 re 13 3.0ms of 8 6.0ms", "17 < PINGRESP re 14 3.0ms",
      ])
  }

  @Test func bothSidesUseTheSameIdentifiers() {
    var script = Self.script()
    script.client(.message("a", "x", .atLeastOnce, id: 1))
    script.server(.message("b", "y", .atLeastOnce, id: 1))
    script.wait(1)
    script.client(.pubAck(1))
    script.server(.pubAck(1))
    #expect(
      script.takeLines() == [
        "4 > BINARY 9", "5 > PUBLISH 1 q1 a=x", "6 < BINARY 9", "7 < PUBLISH 1 q1 b=y",
        "8 > BINARY 4", "9 > PUBACK 1 re 7 1.0ms", "10 < BINARY 4", "11 < PUBACK 1 re 5 1.0ms",
      ])
  }

  @Test(arguments: [true, false]) func anExchangeGoesOnAcrossConnections(isResumed: Bool) {
    var script = WireScript()
    script.connect()
    script.client(.message("a", "x", .exactlyOnce, id: 1), .message("a", "x", .exactlyOnce, id: 2))
    script.wait(10)
    script.server(.pubRec(1))
    script.client(.pubRel(1))
    script.connect(attempt: 2)
    script.client(.connect(Connect(version: .v5, clientIdentifier: "c", cleanStart: false)))
    script.server(.connAck(ConnAck(sessionPresent: isResumed)))
    _ = script.takeLines()
    script.wait(10)
    script.client(.pubRel(1), .message("a", "x", .exactlyOnce, id: 2, dup: true))
    script.wait(1)
    script.server(.pubComp(1), .pubRec(2))
    let expected =
      isResumed
      ? ["PUBCOMP 1 re 15 1.0ms of 3 21.0ms", "PUBREC 2 re 16 1.0ms of 4 21.0ms"]
      : ["PUBCOMP 1", "PUBREC 2 re 16 1.0ms"]
    #expect(
      script.takeLines() == [
        "14 > BINARY 13", "15 > PUBREL 1", "16 > PUBLISH 2 q2 a=x dup",
        "17 < BINARY 8", "18 < \(expected[0])", "19 < \(expected[1])",
      ])
  }

  @Test func whatAServerTapsIsReadTheSameWay() {
    var script = WireScript(role: .server)
    script.version = .v3_1_1
    script.client(.connect(Connect(version: .v3_1_1, clientIdentifier: "c")))
    script.wait(2)
    script.server(.connAck(ConnAck()))
    #expect(
      script.takeLines() == [
        "1 < BINARY 15", "2 < CONNECT clean", "3 > BINARY 4", "4 > CONNACK re 2 2.0ms",
      ])
  }

  // MARK: - Borders

  private static let packets: [Packet] = [
    .message("a/b", "payload"), .message("a", String(repeating: "x", count: 300)),
    .pingResp, .message("b", "y", .atLeastOnce, id: 7),
  ]

  private static let packetLines = packets.map { "< \(describe($0))" }

  private static func packetLines(_ script: inout WireScript) -> [String] {
    script.takeLines().map { $0.drop { $0 != " " }.dropFirst() }.filter { !$0.hasPrefix("< BINARY") }
      .map(String.init)
  }

  /// The version is learned from the CONNECT.
  private static func script() -> WireScript {
    var script = WireScript()
    script.connect()
    script.client(.connect(Connect(version: .v5, clientIdentifier: "c")))
    _ = script.takeLines()
    return script
  }

  @Test func cutsOfReadsChangeNothing() {
    var whole = Self.script()
    let stream = whole.frame(whole.bytes(of: Self.packets), byClient: false)
    for cut in 1..<stream.readableBytes {
      var script = Self.script()
      var rest = stream
      while let part = rest.readSlice(length: min(cut, max(rest.readableBytes, 1))) {
        script.pass(part, byClient: false)
      }
      #expect(Self.packetLines(&script) == Self.packetLines, "pieces of \(cut)")
    }
  }

  @Test(arguments: [1, 2, 3, 7, 100, 1000]) func packetsStraddleFrames(size: Int) throws {
    var script = Self.script()
    var payload = script.bytes(of: Self.packets)
    var stream = ByteBuffer()
    var count = 0
    while let part = payload.readSlice(length: min(size, max(payload.readableBytes, 1))) {
      stream.writeImmutableBuffer(script.frame(part, byClient: false))
      count += 1
    }
    script.pass(stream, byClient: false)
    let items = script.items
    #expect(Self.packetLines(&script) == Self.packetLines)
    let frames = items.filter { if case .frame = $0.kind { true } else { false } }
    #expect(frames.count == count)
    for item in items {
      guard case .packet(let packet) = item.kind else { continue }
      let carried = try #require(packet.frames)
      // Its frames are those that overlap with it, and come before it.
      #expect(carried.count == frames.filter { carried.first...carried.last ~= $0.number }.count)
      #expect(carried.last < item.number)
      #expect(carried.count >= (packet.length + size - 1) / size)
    }
  }

  @Test func withoutAWebSocketTheStreamIsPackets() {
    var script = WireScript()
    script.connect()
    script.tell(.transport(.upgraded(nil)))
    script.pass(script.bytes(of: [.connect(Connect(version: .v5, clientIdentifier: "c"))]), byClient: true)
    script.pass(script.bytes(of: [.connAck(ConnAck())]), byClient: false)
    #expect(script.takeLines() == ["3 > CONNECT clean", "4 < CONNACK re 3 0.0ms"])
  }

  // MARK: - Bounds

  @Test func aLongMessageIsNotKept() throws {
    var script = WireScript(keptBytes: 1024)
    script.connect()
    let payload = ByteBuffer(repeating: 0x78, count: 20 << 20)
    let message = Message(topic: "a", payload: payload, qos: .atLeastOnce)
    let frame = script.frame(
      script.bytes(of: [.publish(Publish(message: message, packetIdentifier: 1))]), byClient: true)
    for start in stride(from: 0, to: frame.readableBytes, by: 65_536) {
      let length = min(65_536, frame.readableBytes - start)
      script.pass(try #require(frame.getSlice(at: start, length: length)), byClient: true)
    }
    script.server(.pubAck(1))
    var sizes: [Int] = []
    for item in script.items {
      switch item.kind {
      case .frame(let frame): sizes.append(frame.payload.readableBytes)
      case .packet(let packet):
        sizes.append(packet.bytes.readableBytes)
        if case .publish(let publish) = packet.packet {
          #expect(publish.message.topic == "a")
          #expect(packet.length == (20 << 20) + 11)
          #expect(publish.message.payload.readableBytes < 1024)
        }
      default: break
      }
    }
    #expect(sizes == [1024, 1024, 4, 4])
    #expect(script.takeLines().last?.hasSuffix("PUBACK 1 re 3 0.0ms") == true)
  }

  // MARK: - Damage

  @Test(
    arguments: [
      ([0x82, 2, 0xD1, 0], "[MQTT-2.1.3-1]", ["< BINARY 2"]),
      ([0x82, 5, 0xD0, 0, 0x36, 0, 1], "[MQTT-3.3.1-4]", ["< BINARY 5", "< PINGRESP"]),
      ([0x81, 2, 0xD0, 0], "[MQTT-6.0.0-1]", []),
      ([0x82, 0x82, 0, 0, 0, 0, 0xD0, 0], "RFC 6455 5.1", []),
      ([0xC2, 2, 0xD0, 0], "RFC 6455 5.2", []),
      ([0x88, 2, 0, 1], "RFC 6455 7.4", ["< CLOSE 2"]),
    ] as [([UInt8], String, [String])])
  func whatBreaksARuleIsShownWithIt(_ bytes: [UInt8], _ rule: String, _ before: [String]) throws {
    var script = Self.script()
    script.pass(ByteBuffer(bytes: bytes), byClient: false)
    let error = try #require(script.items.compactMap(\.rejection).first)
    #expect(!error.bytes.readableBytesView.isEmpty)
    // What this side objects to has been said.
    script.tell(.violation(error.error, error.bytes))
    script.server(.pingResp)
    script.client(.pingReq)
    let lines = script.takeLines().map { $0.drop { $0 != " " }.dropFirst() }.map(String.init)
    // Frames are still found after a packet that is none.
    let isPacket = if case .decode = error.error { true } else { false }
    let after = (isPacket ? ["< BINARY 2"] : []) + ["> BINARY 2", "> PINGREQ"]
    #expect(lines == before + ["< rejected \(rule)"] + after)
  }

  @Test func theNextConnectionIsReadAgain() {
    var script = Self.script()
    script.pass(ByteBuffer(bytes: [0x81, 0]), byClient: false)
    script.connect(attempt: 2)
    script.client(.connect(Connect(version: .v5, clientIdentifier: "c")))
    script.server(.connAck(ConnAck()))
    #expect(
      script.takeLines() == [
        "4 < rejected [MQTT-6.0.0-1]", "6 > BINARY 16", "7 > CONNECT clean", "8 < BINARY 5",
        "9 < CONNACK re 7 0.0ms",
      ])
    #expect(script.items.isEmpty)
  }
}

extension WireItem {
  var rejection: WireRejection? { if case .rejected(let rejection) = kind { rejection } else { nil } }
}
