import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import Client

/// Messages that leave piece by piece.
@Suite struct LargePayloadTests {
  /// Not the same at any two places that masking could mix up: the length of what is repeated is prime.
  private static func text(_ count: Int, _ seed: Int) -> String {
    let period = String(
      decoding: (0..<4093).map { UInt8(33 + ($0 &* 7 &+ $0 / 251 &+ seed) % 90) }, as: UTF8.self)
    return String(String(repeating: period, count: count / 4093 + 1).prefix(count))
  }

  private static let size = ConnectionHandler.largePayload

  @Test(
    arguments: [size - 1, size, size + 1, 65_536 * 4 + 3, 3 * size + 17], [QoS.atMostOnce, .exactlyOnce])
  func arrivesWhole(_ size: Int, _ qos: QoS) throws {
    let stage = try Stage()
    try stage.connect()
    stage.clear()
    let payload = Self.text(size, 1)
    stage.connection.publish(.to("a", payload, qos), RequestID(1))
    let sent = stage.lines.filter { $0.hasPrefix("> PUBLISH") }
    #expect(
      sent == [
        "> PUBLISH \(qos == .atMostOnce ? "" : "1 q\(qos.rawValue) ")a="
          + describe(ByteBuffer(string: payload))
      ])
  }

  @Test func isInMemoryOnce() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    let before = peer.wire.bytes
    stage.connection.publish(.to("a", Self.text(8 * Self.size, 1)), RequestID(1))
    // What the socket does not take is not copied for it.
    #expect(peer.wire.bytes - before < 200_000)
    #expect(!stage.connection.isWritable)
    stage.clear()
    for _ in 0..<200 where stage.lines.isEmpty {
      peer.wire.unblock()
      peer.wire.block()
    }
    #expect(stage.lines.count == 1)
    peer.wire.unblock()
    #expect(stage.connection.isWritable)
  }

  @Test func keepsTheOrder() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    stage.clear()
    let one = Self.text(2 * Self.size, 1)
    let two = Self.text(Self.size, 2)
    stage.connection.batch {
      for (number, payload) in ["first", one, "between", two, "last"].enumerated() {
        stage.connection.publish(.to("a", payload), RequestID(UInt64(number)))
      }
    }
    peer.send(.ping, Array("p".utf8))
    var isSent = false
    stage.connection.whenSent { isSent = true }
    #expect(!isSent)
    for _ in 0..<64 {
      peer.wire.unblock()
      peer.wire.block()
    }
    let sent = stage.lines.filter { $0.hasPrefix(">") }
    #expect(
      sent == ["first", one, "between", two, "last"].map { "> PUBLISH a=" + describe(ByteBuffer(string: $0)) }
        + ["> pong p"]
        || sent == ["first", one, "between", two].map { "> PUBLISH a=" + describe(ByteBuffer(string: $0)) }
          + [
            "> pong p", "> PUBLISH a=last",
          ]
    )
    #expect(isSent)
  }

  @Test func anEndWaitsForIt() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    let payload = Self.text(2 * Self.size, 1)
    stage.connection.publish(.to("a", payload), RequestID(1))
    stage.clear()
    stage.connection.disconnect()
    #expect(stage.lines.isEmpty)
    for _ in 0..<64 {
      peer.wire.unblock()
      peer.wire.block()
    }
    stage.expect("> PUBLISH a=" + describe(ByteBuffer(string: payload)), "> DISCONNECT 0x0", "> close 1000")
    peer.send(CloseFrame(.normal))
    stage.expect("ended")
  }

  /// A payload whose bytes the test brings.
  private final class Source: PayloadSource {
    let length: Int
    var onMore: (() -> Void)?
    private var pieces: [ByteBuffer] = []

    init(_ length: Int) { self.length = length }

    func next() -> ByteBuffer? { pieces.isEmpty ? nil : pieces.removeFirst() }

    func bring(_ text: Substring) {
      pieces.append(ByteBuffer(substring: text))
      onMore?()
    }
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5], [1, 60_001, 300_000])
  func isSentAsItIsRead(_ version: ProtocolVersion, _ pieceSize: Int) throws {
    let stage = try Stage(.lasting(version))
    try stage.connect()
    stage.clear()
    let text = Self.text(pieceSize == 1 ? 200 : 2 * Self.size + 5, 1)
    let source = Source(text.utf8.count)
    stage.connection.publish(.to("a"), source, RequestID(1))
    stage.connection.publish(.to("b", "after"), RequestID(2))
    var isSent = false
    stage.connection.whenSent { isSent = true }
    stage.expect("finished 1 sent", "finished 2 sent")
    #expect(!stage.connection.isWritable)
    var rest = text[...]
    while !rest.isEmpty {
      #expect(!isSent)
      source.bring(rest.prefix(pieceSize))
      rest = rest.dropFirst(pieceSize)
    }
    stage.expect("> PUBLISH a=" + describe(ByteBuffer(string: text)), "> PUBLISH b=after")
    #expect(isSent && stage.connection.isWritable)
  }

  @Test func whatIsReadHasToFitToo() throws {
    let stage = try Stage()
    try stage.connect([.maximumPacketSize(1000)])
    stage.clear()
    stage.connection.publish(.to("a"), Source(2000), RequestID(1))
    #expect(stage.lines.count == 1 && stage.lines[0].hasPrefix("finished 1 rejected"))
    #expect(stage.connection.isWritable)
  }

  @Test func anEndDoesNotWaitForEver() throws {
    let stage = try Stage()
    let peer = try stage.connect()
    peer.wire.block()
    stage.connection.publish(.to("a", Self.text(2 * Self.size, 1)), RequestID(1))
    stage.clear()
    stage.connection.disconnect()
    stage.advance(.seconds(1))
    #expect(stage.lines.last == "ended")
    #expect(!peer.isOpen)
  }
}
