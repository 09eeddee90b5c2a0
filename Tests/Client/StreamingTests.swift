import MQTTPackets
import MQTTSession
import NIOCore
import Testing
import WebSocketTransport

@testable import Client

/// Large messages of QoS 0 whose payload is handed over as it comes.
@Suite struct StreamingTests {
  /// What came in parts becomes lines like those of whole messages.
  private final class Parts: PayloadStream {
    private(set) var lines: [String] = []
    private(set) var largest = 0
    private(set) var left = 0
    private var publish: Publish?
    private var sequence: UInt64 = 0

    func connection(
      _ connection: Connection, began publish: Publish, payloadLength: Int, sequence: UInt64
    ) {
      #expect(publish.message.payload.readableBytes == 0 && left == 0)
      (self.publish, self.sequence, left) = (publish, sequence, payloadLength)
    }

    func connection(_ connection: Connection, continued part: ByteBuffer, left: Int) {
      self.left -= part.readableBytes
      #expect(self.left == left && part.readableBytes > 0)
      largest = max(largest, part.readableBytes)
      publish?.message.payload.writeImmutableBuffer(part)
      guard left == 0, let publish else { return }
      lines.append("parts \(sequence) \(describe(publish))")
    }
  }

  private static let size = ConnectionHandler.largePayload

  private static func payload(_ count: Int) -> String {
    let bytes = (0..<count).map { (index: Int) -> UInt8 in
      let digit = (index &* 7 &+ index / 251) % 90
      return UInt8(33 + digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func begin(_ settings: SessionSettings = .lasting) throws -> (Stage, Peer, Parts) {
    let stage = try Stage(settings)
    let parts = Parts()
    stage.connection.payloadStream = parts
    let peer = try stage.connect()
    stage.clear()
    return (stage, peer, parts)
  }

  private func read(_ bytes: ByteBuffer, by size: Int, _ peer: Peer) {
    var rest = bytes
    while let part = rest.readSlice(length: min(size, rest.readableBytes)), part.readableBytes > 0 {
      peer.read(part)
    }
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5], [1460, 65_536, 200_003])
  func comesInPartsBetweenOthers(_ version: ProtocolVersion, _ cut: Int) throws {
    let (stage, peer, parts) = try begin(.lasting(version))
    let large = Self.payload(2 * Self.size + 17)
    let bytes = peer.frames([
      .message("a", "first"), .message("b/c", large), .message("d", "between"), .message("e", large),
      .message("f", "last"),
    ])
    read(bytes, by: cut, peer)
    stage.expect("message 1 a=first", "message 3 d=between", "message 5 f=last")
    let text = describe(ByteBuffer(string: large))
    #expect(parts.lines == ["parts 2 b/c=" + text, "parts 4 e=" + text])
    #expect(parts.largest <= cut)
  }

  /// Frames say nothing about packets, so the head may be spread over several.
  @Test func theHeadIsCutAnywhere() throws {
    let large = Self.payload(Self.size)
    for first in [1, 2, 5, 12, 30] {
      let (stage, peer, parts) = try begin()
      var packet = peer.encoded(
        .publish(
          Publish(
            message: Message(
              topic: "a/b", payload: ByteBuffer(string: large),
              properties: [.contentType("text"), .userProperty(name: "k", value: "v")]))))
      var encoder = FrameEncoder(role: .server)
      var bytes = ByteBuffer()
      for length in [first, 3, packet.readableBytes - first - 3] {
        encoder.write(.binary, packet.readSlice(length: length) ?? ByteBuffer(), into: &bytes)
      }
      read(bytes, by: 50_000, peer)
      #expect(parts.lines == ["parts 1 a/b=" + describe(ByteBuffer(string: large))])
      #expect(stage.lines.isEmpty)
    }
  }

  @Test func othersAreWhole() throws {
    let (stage, peer, parts) = try begin()
    let large = Self.payload(Self.size)
    let bytes = peer.frames([
      .message("a", large, .atLeastOnce, id: 1), .message("b", Self.payload(Self.size / 2)),
      .message("c", large, .exactlyOnce, id: 2),
    ])
    read(bytes, by: 65_536, peer)
    #expect(parts.lines.isEmpty)
    #expect(stage.lines.filter { $0.hasPrefix("message") }.count == 3)
  }

  @Test func nobodyWantsParts() throws {
    let (stage, peer, _) = try begin()
    stage.connection.payloadStream = nil
    let large = Self.payload(Self.size)
    read(peer.frames([.message("a", large)]), by: 65_536, peer)
    stage.expect("message 1 a=" + describe(ByteBuffer(string: large)))
  }

  @Test func theRestMayNeverCome() throws {
    let (stage, peer, parts) = try begin()
    let large = Self.payload(2 * Self.size)
    let bytes = peer.frames([.message("a", large)])
    peer.read(try #require(bytes.getSlice(at: 0, length: Self.size)))
    peer.finish()
    #expect(parts.lines.isEmpty && parts.left > 0)
    stage.advance(.seconds(60))
    let next = try stage.connect(present: true)
    stage.clear()
    read(next.frames([.message("b", "small")]), by: 1000, next)
    stage.expect("message 2 b=small")
  }

  @Test func silenceInTheMiddleEndsTheConnection() throws {
    let (stage, peer, _) = try begin()
    let bytes = peer.frames([.message("a", Self.payload(2 * Self.size))])
    peer.read(try #require(bytes.getSlice(at: 0, length: Self.size)))
    stage.advance(.seconds(31))
    #expect(!peer.isOpen)
  }

  /// The same verdict as on a whole packet.
  @Test(arguments: ["a/+", "a/#", "a\0b"])
  func aBadHeadIsRefusedAtOnce(_ topic: String) throws {
    let (stage, peer, parts) = try begin()
    let good = peer.encoded(.message("x/y", Self.payload(Self.size)))
    var bytes = ByteBuffer()
    var encoder = FrameEncoder(role: .server)
    var packet = good
    packet.setString(topic, at: packet.readerIndex + 6)
    encoder.write(.binary, packet, into: &bytes)
    peer.read(try #require(bytes.getSlice(at: 0, length: 1000)))
    #expect(parts.lines.isEmpty)
    #expect(stage.lines.contains { $0.hasPrefix("> DISCONNECT") || $0.hasPrefix("> close") })
  }

  @Test func aliasesHoldBeyondIt() throws {
    var settings = SessionSettings.lasting
    settings.topicAliasMaximum = 2
    let (stage, peer, parts) = try begin(settings)
    let large = ByteBuffer(string: Self.payload(Self.size))
    let packets = [("a", large), ("", ByteBuffer(string: "x")), ("", large)].map {
      (topic, payload) -> Packet in
      let message = Message(topic: topic, payload: payload, properties: [.topicAlias(1)])
      return .publish(Publish(message: message))
    }
    read(peer.frames(packets), by: 65_536, peer)
    #expect(stage.lines == ["message 2 a=x"])
    #expect(parts.lines == [1, 3].map { "parts \($0) a=" + describe(large) })
  }
}
