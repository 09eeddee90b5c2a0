import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import Client

/// Packets and frames have nothing to do with each other, nor with what one read brings
/// ([MQTT-6.0.0-2]).
@Suite struct FramingTests {
  static let packets: [Packet] = [
    .connAck(ConnAck()), .message("a/b", "one"), .message("c", "", .atLeastOnce, id: 0x1234),
    .message("d", String(repeating: "x", count: 200), .exactlyOnce, id: 7), .pubRel(7), .pingResp,
    .message("e", "last"),
  ]

  static let transcript = [
    "connected", "message 1 a/b=one", "message 2 4660 q1 c=", "message 3 7 q2 d=200 bytes",
    "message 4 e=last", "> PUBACK 4660", "> PUBREC 7", "> PUBCOMP 7",
  ]

  /// A stage whose CONNECT has just been sent.
  private func begin(_ settings: SessionSettings = .lasting) throws -> (Stage, Peer) {
    let stage = try Stage(settings)
    stage.connection.start()
    let peer = try stage.open()
    stage.clear()
    return (stage, peer)
  }

  private func stream(_ peer: Peer) -> [UInt8] {
    Self.packets.flatMap { Array(peer.encoded($0).readableBytesView) }
  }

  private func frames(_ peer: Peer) -> [UInt8] { Array(peer.frames(Self.packets).readableBytesView) }

  private func check(_ stage: Stage, _ comment: Comment) {
    // Acknowledgements leave at the end of each read: only their order is certain.
    #expect(
      stage.lines.filter { !$0.hasPrefix(">") } == Self.transcript.filter { !$0.hasPrefix(">") }, comment)
    #expect(stage.lines.filter { $0.hasPrefix(">") } == Self.transcript.filter { $0.hasPrefix(">") }, comment)
  }

  @Test func readsCutAtEveryByte() throws {
    let count = frames(try begin().1).count
    for cut in 0...count {
      let (stage, peer) = try begin()
      let bytes = frames(peer)
      peer.read(Array(bytes[..<cut]))
      peer.read(Array(bytes[cut...]))
      check(stage, "cut at \(cut)")
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7, 11, 64]) func readsOf(_ size: Int) throws {
    let (stage, peer) = try begin()
    let bytes = frames(peer)
    for start in stride(from: 0, to: bytes.count, by: size) {
      peer.read(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    check(stage, "reads of \(size)")
  }

  @Test func allPacketsInOneFrame() throws {
    let (stage, peer) = try begin()
    peer.send(.binary, stream(peer))
    check(stage, "one frame")
  }

  @Test func framesCutAtEveryByte() throws {
    let count = stream(try begin().1).count
    for cut in 0...count {
      let (stage, peer) = try begin()
      let bytes = stream(peer)
      peer.send(.binary, Array(bytes[..<cut]))
      peer.send(.binary, Array(bytes[cut...]))
      check(stage, "cut at \(cut)")
    }
  }

  @Test func fragmentsCutAtEveryByteWithAPingBetween() throws {
    let count = stream(try begin().1).count
    for cut in 0...count {
      let (stage, peer) = try begin()
      let bytes = stream(peer)
      func fragment(_ first: UInt8, _ payload: ArraySlice<UInt8>) -> [UInt8] {
        payload.count < 126
          ? [first, UInt8(payload.count)] + payload
          : [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
      }
      peer.read(fragment(0x02, bytes[..<cut]))
      peer.read(Peer.frame(0x89, Array("hi".utf8)))
      peer.read(fragment(0x80, bytes[cut...]))
      #expect(stage.lines.contains("> pong hi"))
      let rest = stage.lines.filter { $0 != "> pong hi" }
      #expect(rest.filter { !$0.hasPrefix(">") } == Self.transcript.filter { !$0.hasPrefix(">") }, "\(cut)")
      #expect(rest.filter { $0.hasPrefix(">") } == Self.transcript.filter { $0.hasPrefix(">") }, "\(cut)")
    }
  }

  @Test func emptyFramesAndPongsNobodyAskedFor() throws {
    let (stage, peer) = try begin()
    let bytes = stream(peer)
    peer.send(.binary, [])
    peer.send(.binary, Array(bytes[..<10]))
    peer.send(.pong, [1])
    peer.send(.binary, [])
    peer.send(.binary, Array(bytes[10...]))
    check(stage, "empty frames")
  }

  // MARK: - Size

  @Test(.timeLimit(.minutes(1))) func twentyMegabytes() throws {
    let (stage, peer) = try begin()
    peer.send(.connAck(ConnAck()))
    let payload = ByteBuffer(repeating: 3, count: 20 * 1024 * 1024)
    var isEqual = false
    stage.onMessage = { isEqual = $0.message.payload == payload }
    let packet = Packet.publish(Publish(message: Message(topic: "big", payload: payload)))
    var bytes = peer.frames([packet])
    while let part = bytes.readSlice(length: min(1448, bytes.readableBytes)), part.readableBytes > 0 {
      peer.read(part)
    }
    #expect(isEqual)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [false, true]) func fragmentsOfOneByte(_ isTooMany: Bool) throws {
    let (stage, peer) = try begin()
    peer.send(.connAck(ConnAck()))
    stage.clear()
    let size = isTooMany ? 70_000 : 60_000
    let packet = peer.encoded(.message("f", String(repeating: "y", count: size)))
    var bytes: [UInt8] = []
    for (index, byte) in packet.readableBytesView.enumerated() {
      bytes += [index == 0 ? 0x02 : index == packet.readableBytes - 1 ? 0x80 : 0x00, 1, byte]
    }
    peer.read(bytes)
    if isTooMany {
      stage.expect("> close 1009", "ended: frame tooManyFragments")
    } else {
      stage.expect("message 1 f=\(size) bytes")
    }
  }

  @Test(arguments: ProtocolVersion.allCases) func overTheLimitIsRefusedByItsHeader(
    _ version: ProtocolVersion
  ) throws {
    var settings = SessionSettings.lasting(version)
    settings.maximumPacketSize = 1000
    let (stage, peer) = try begin(settings)
    peer.send(.connAck(ConnAck()), .message("a", String(repeating: "x", count: 900)))
    stage.clear()
    // 1,001 bytes, of which none follows.
    peer.read([0x82, 126, 0x03, 0xE9, 0x30, 0xE6, 0x07])
    if version == .v5 {
      stage.expect("> DISCONNECT 0x95", "> close 1000", "ended: decode Remaining Length")
    } else {
      stage.expect("> close 1000", "ended: decode Remaining Length")
    }
  }

  @Test func aLongFrameOfShortPacketsIsFine() throws {
    var settings = SessionSettings.lasting
    settings.maximumPacketSize = 100
    let (stage, peer) = try begin(settings)
    peer.send(.connAck(ConnAck()))
    let message = Array(peer.encoded(.message("a", "x")).readableBytesView)
    var count = 0
    stage.onMessage = { _ in count += 1 }
    peer.send(.binary, (0..<100_000).flatMap { _ in message })
    #expect(count == 100_000)
  }

  // MARK: - Rules

  struct Violation: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var lines: [String]

    init(_ name: String, _ bytes: [UInt8], _ lines: String...) {
      testDescription = name
      self.bytes = bytes
      self.lines = lines
    }
  }

  static let violations = [
    Violation("text", [0x81, 1], "> close 1003", "ended: frame textFrame"),
    Violation("masked", [0x82, 0x81], "> close 1002", "ended: frame maskedByServer"),
    Violation("RSV1", [0xC2], "> close 1002", "ended: frame reservedBits"),
    Violation("opcode 3", [0x83], "> close 1002", "ended: frame reservedOpcode"),
    Violation("opcode 11", [0x8B], "> close 1002", "ended: frame reservedOpcode"),
    Violation("16-bit length of 125", [0x82, 126, 0, 125], "> close 1002", "ended: frame lengthNotMinimal"),
    Violation(
      "64-bit length of 65,535", [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], "> close 1002",
      "ended: frame lengthNotMinimal"),
    Violation(
      "top bit of the length", [0x82, 127] + [UInt8](repeating: 0xFF, count: 8), "> close 1002",
      "ended: frame lengthTooLarge"),
    Violation(
      "2^63-1 bytes", [0x82, 127, 0x7F] + [UInt8](repeating: 0xFF, count: 7), "> close 1009",
      "ended: frame frameTooLarge"),
    Violation("long ping", [0x89, 126], "> close 1002", "ended: frame controlTooLong"),
    Violation("ping without FIN", [0x09], "> close 1002", "ended: frame controlFragmented"),
    Violation("continuation of nothing", [0x80], "> close 1002", "ended: frame continuationWithoutStart"),
    Violation(
      "message in a message", [0x02, 0, 0x82], "> close 1002", "ended: frame dataInsideFragments"),
    Violation("close of one byte", [0x88, 1, 3], "> close 1002", "ended: frame closePayload"),
    Violation("close 1005", [0x88, 2, 3, 0xED], "> close 1002", "ended: frame closeCode"),
    Violation("close 999", [0x88, 2, 3, 0xE7], "> close 1002", "ended: frame closeCode"),
    Violation("close with bad UTF-8", [0x88, 3, 3, 0xE8, 0xFF], "> close 1007", "ended: frame closeReason"),
    Violation(
      "packet type 0", Peer.frame(0x82, [0x00, 0x00]), "> DISCONNECT 0x81", "> close 1000",
      "ended: decode Packet Type"),
    Violation(
      "QoS 3", Peer.frame(0x82, [0x36, 0x00]), "> DISCONNECT 0x81", "> close 1000", "ended: decode QoS"),
    Violation(
      "length of five bytes", Peer.frame(0x82, [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]), "> DISCONNECT 0x81",
      "> close 1000", "ended: decode Remaining Length"),
    Violation(
      "a client's packet", Peer.frame(0x82, [0xC0, 0x00]), "> DISCONNECT 0x82", "> close 1000",
      "ended: decode Packet Type"),
    Violation(
      "a second CONNACK", Peer.frame(0x82, [0x20, 0x03, 0, 0, 0]), "> DISCONNECT 0x82", "> close 1000"),
  ]

  @Test(arguments: violations) func violated(_ row: Violation) throws {
    let (stage, peer) = try begin()
    peer.send(.connAck(ConnAck()))
    stage.clear()
    var bytes = peer.frames([.message("a", "before")])
    bytes.writeBytes(row.bytes)
    peer.read(bytes)
    #expect(stage.lines == ["message 1 a=before"] + row.lines)
    // Nothing that follows is looked at, and nothing hangs.
    peer.send(.message("a", "after"))
    stage.advance(.seconds(1))
    #expect(!peer.isOpen)
    #expect(stage.lines.last?.hasPrefix("ended: ") == true)
    #expect(!stage.lines.contains("message 2 a=after"))
  }

  @Test func violationBeforeConnAckByteByByte() throws {
    let (stage, peer) = try begin()
    for byte in [0x82, 126, 0, 1] as [UInt8] { peer.read([byte]) }
    stage.expect("> close 1002", "ended: frame lengthNotMinimal")
  }

  @Test func dataBehindACloseIsIgnored() throws {
    let (stage, peer) = try begin()
    peer.send(.connAck(ConnAck()))
    stage.clear()
    var bytes = ByteBuffer(bytes: Peer.frame(0x88, [0x03, 0xE9]))
    bytes.writeImmutableBuffer(peer.frames([.message("a", "after")]))
    bytes.writeBytes([0xFF, 0xFF])
    peer.read(bytes)
    stage.expect("> close 1001", "retrying in 0.125 seconds: closed 1001 open")
    #expect(!peer.isOpen)
  }
}
