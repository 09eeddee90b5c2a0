import MQTTPackets
import NIOCore
import Testing

@Suite("Fixed header")
struct HeaderTests {
  private let client = PacketDecoder(version: .v5, direction: .toClient)

  @Test(arguments: [
    ("3000", 2, 0), ("307F", 2, 127), ("308001", 3, 128), ("30FF7F", 3, 16_383), ("30808001", 4, 16_384),
    ("30FFFF7F", 4, 2_097_151), ("3080808001", 5, 2_097_152), ("30FFFFFF7F", 5, 268_435_455),
  ])
  func lengths(_ row: (bytes: String, length: Int, remainingLength: Int)) throws {
    let header = try #require(try client.header(wire(row.bytes)))
    #expect(header.type == .publish)
    #expect(header.length == row.length)
    #expect(header.remainingLength == row.remainingLength)
    #expect(header.totalLength == row.length + row.remainingLength)
    #expect(VariableByteInteger.length(of: row.remainingLength) == row.length - 1)
  }

  @Test func flagsAreThePacketsOwn() throws {
    #expect(try client.header(wire("3D00"))?.flags == 0b1101)
  }

  /// The announced size is enough to refuse: nobody waits for, or stores, 256 MB.
  @Test func limit() throws {
    var decoder = PacketDecoder(version: .v5, direction: .toServer, maximumPacketSize: 100)
    #expect(try decoder.header(wire("3062"))?.totalLength == 100)
    let error = #expect(throws: DecodeError.self) { try decoder.header(wire("3063")) }
    #expect(error?.kind == .packetTooLarge)
    #expect(error?.reasonCode == .packetTooLarge)
    #expect(error?.packet == .publish)
    #expect(error?.rule == "[MQTT-3.2.2-15]")
    decoder.maximumPacketSize = 101
    #expect(try decoder.header(wire("3063"))?.totalLength == 101)
    #expect(throws: DecodeError.self) { try decoder.header(wire("30FFFFFF7F")) }
  }

  @Test func anOffsetAtOrBehindTheEndNeedsMoreBytes() throws {
    #expect(try client.header(wire("D000"), 2) == nil)
    #expect(try client.header(wire("D000"), 3) == nil)
    #expect(try client.header([]) == nil)
  }

  @Test func aServerTakesTheVersionFromTheConnect() throws {
    var server = PacketDecoder(version: .v5, direction: .toServer)
    let connect = wire(framed("10", "\"MQTT\" 04 02 0000 \"\""))
    guard case .connect(let packet) = try #require(try server.packet(connect)).0 else {
      Issue.record("no CONNECT")
      return
    }
    server.version = packet.version
    #expect(throws: DecodeError.self) { try server.header(wire("F0")) }
  }

  @Test func anIndexOutsideTheBufferIsAnErrorNotATrap() throws {
    let header = try #require(try client.header(wire("D000")))
    for index in [-1, 1, 2, 100] {
      #expect(throws: DecodeError.self) {
        try client.decode(header, in: ByteBuffer(bytes: wire("D000")), at: index)
      }
    }
  }

  @Test func payloadIsASliceOfTheBuffer() throws {
    let bytes = wire(framed("30", "\"a\" 00 'payload'"))
    let buffer = ByteBuffer(bytes: bytes)
    let header = try #require(try client.header(bytes))
    let publish = try client.decodePublish(header, in: buffer, at: 0)
    #expect(publish.message.payload == ByteBuffer(string: "payload"))
    let (inside, outside) = buffer.withUnsafeReadableBytes { whole in
      publish.message.payload.withUnsafeReadableBytes { ($0.baseAddress, whole.baseAddress.map { $0 + 6 }) }
    }
    #expect(inside == outside)
  }
}
