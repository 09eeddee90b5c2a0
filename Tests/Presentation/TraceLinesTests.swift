import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import Presentation

@Suite("Lines of a trace")
struct TraceLinesTests {
  private static func trace(_ layout: TraceLayout, _ kinds: [TraceEvent.Kind]) -> [String] {
    var lines = TraceLines(
      layout, monotonic: MonotonicTime(nanoseconds: 0), wall: WallTime(nanoseconds: 1_700_000_000_000_000_000)
    )
    var output: [UInt8] = []
    for (index, kind) in kinds.enumerated() {
      let time = MonotonicTime(nanoseconds: UInt64(index) * 1_000_000)
      lines.append(TraceEvent(time: time, kind: kind), to: &output)
    }
    // Without the time of day, which depends on the zone.
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map { String($0.dropFirst(13)) }
  }

  private static func frame(_ packets: Packet..., byClient: Bool) throws -> ByteBuffer {
    var payload = ByteBuffer()
    for packet in packets { try packet.encode(.v5, into: &payload) }
    var encoder = FrameEncoder(role: byClient ? .client : .server)
    var bytes = ByteBuffer()
    encoder.write(.binary, payload, into: &bytes)
    return bytes
  }

  private static func subscription() throws -> [TraceEvent.Kind] {
    let connect = Connect(
      version: .v5, clientIdentifier: "c", username: "u", password: Array("canary".utf8),
      will: Message(topic: "w", payload: ByteBuffer(string: "gone"), qos: .atLeastOnce),
      properties: [.sessionExpiryInterval(10)])
    return [
      .state(.connecting(attempt: 1)),
      .bytes(.sent, try frame(.connect(connect), byClient: true)),
      .bytes(.received, try frame(.connAck(ConnAck(sessionPresent: true)), byClient: false)),
      .bytes(
        .sent, try frame(.subscribe(Subscribe(1, [Subscription("a/#", qos: .exactlyOnce)])), byClient: true)),
      .bytes(.received, try frame(.subAck(SubAck(1, [.notAuthorized])), byClient: false)),
    ]
  }

  @Test func packetsInWords() throws {
    #expect(
      Self.trace(TraceLayout(level: 1), try Self.subscription()) == [
        "+0s      * conn  connecting",
        "+1ms     > mqtt  CONNECT #3 MQTT 5.0 will q1 clean keep-alive 0 s {Session Expiry Interval 10} "
          + "client \"c\" will \"w\" will payload \"gone\" user \"u\" password ***",
        "+1ms     < mqtt  CONNACK #5 session present Success · 1ms after #3",
        "+1ms     > mqtt  SUBSCRIBE #7 id 1 \"a/#\" q2",
        "+1ms     < mqtt  SUBACK #9 id 1 0x87 Not authorized · 1ms after #7",
      ])
  }

  @Test func framesAndBytesAreFurtherLevels() throws {
    let all = try Self.subscription()
    let two = Self.trace(TraceLayout(level: 2), all)
    #expect(two.contains("+0s      < mqtt  CONNACK #5 session present Success in frame #4 · 1ms after #3"))
    #expect(two.contains("+1ms     < ws    BINARY #4 5 bytes"))
    let three = Self.trace(TraceLayout(level: 3), all)
    #expect(three.contains("         <       0000  20 03 01 00 00                                    ...."))
    #expect(three.count > two.count + 8)
    #expect(!three.joined().contains("canary"))
  }

  @Test func linesFitTheTerminal() throws {
    let narrow = Self.trace(TraceLayout(level: 1, width: 80), try Self.subscription())
    // Thirteen columns were dropped above, and the last one stays free.
    #expect(narrow.allSatisfy { $0.count <= 66 })
    #expect(narrow[1].contains("…"))
    #expect(narrow[1].hasSuffix("password ***"))
    let plain = Self.trace(TraceLayout(level: 1, width: 80, asciiOnly: true), try Self.subscription())
    #expect(plain.allSatisfy { $0.utf8.allSatisfy { 0x20...0x7E ~= $0 } })
  }

  @Test func foreignTextDoesNotAct() throws {
    let message = Message(topic: "a\u{202E}b", payload: ByteBuffer(string: "\u{1B}[2J\n"))
    // No CONNECT was seen: read as 3.1.1.
    var bytes = ByteBuffer(bytes: [0x82, 14])
    try Packet.publish(Publish(message: message)).encode(.v3_1_1, into: &bytes)
    #expect(bytes.readableBytes == 16)
    let lines = Self.trace(TraceLayout(level: 1), [.bytes(.received, bytes)])
    #expect(lines == ["+0s      < mqtt  PUBLISH #2 q0 \"a\\u{202E}b\" payload \"\\e[2J\\n\""])
  }

  @Test func whatBreaksARuleIsShownWithItsBytes() throws {
    let bytes = ByteBuffer(bytes: [0x82, 4, 0x36, 2, 0, 1])
    let lines = Self.trace(TraceLayout(level: 1), [.bytes(.received, bytes)])
    #expect(
      lines == [
        "+0s      ! mqtt  [MQTT-3.3.1-4] PUBLISH: QoS 3 is no QoS (byte 0)",
        "         < mqtt  PUBLISH [QoS: 3 is no QoS] Not Decoded 3 bytes",
        "         !       0000  36 02 00 01                                      6...",
      ])
    let frame = Self.trace(TraceLayout(level: 1), [.bytes(.received, ByteBuffer(bytes: [0x81, 1, 0x61]))])
    #expect(
      frame == [
        "+0s      ! ws    [MQTT-6.0.0-1] a text frame where MQTT needs binary ones",
        "         !       0000  81 01 61                                         ..a",
      ])
  }

  @Test func endsHaveTheirCauses() {
    let lines = Self.trace(
      TraceLayout(level: 1),
      [
        .transport(.closed(.reset)), .transport(.closed(nil)), .transport(.closed(.endOfStream)),
        .state(.waiting(.seconds(2))),
      ])
    #expect(
      lines == [
        "+0s      * tcp   reset by the server (RST)", "+1ms     * tcp   closed by this side",
        "+1ms     * tcp   closed by the server (FIN)", "+1ms     * conn  waiting 2s before the next attempt",
      ])
  }
}
