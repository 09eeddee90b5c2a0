import NIOCore
import Testing

@testable import WebSocketTransport

@Suite struct FrameEncoderTests {
  @Test func writesTheExampleOfTheStandard() {
    // RFC 6455 5.7: a masked "Hello", as a binary frame.
    let keys = MaskKeySource { bytes in
      for index in bytes.indices { bytes[index] = [0x37, 0xFA, 0x21, 0x3D][index % 4] }
    }
    var encoder = FrameEncoder(role: .client, maskKeys: keys)
    var buffer = ByteBuffer()
    encoder.write(.binary, ByteBuffer(string: "Hello"), into: &buffer)
    #expect(Array(buffer.readableBytesView) == hex("82 85 37 FA 21 3D 7F 9F 4D 51 58"))
  }

  @Test(arguments: [1, 7, 8, 80, 125, 126, 65_535, 65_536, 100_000], [FrameDecoder.Role.client, .server])
  func writesWhatTheOtherEndReads(count: Int, role: FrameDecoder.Role) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var encoder = FrameEncoder(role: role)
    var buffer = ByteBuffer(string: "before")
    buffer.moveReaderIndex(forwardBy: 3)
    let before = buffer.readableBytes
    for _ in 0..<2 {
      let open = encoder.begin(payloadLength: count, in: &buffer)
      #expect(open.payloadIndex == buffer.writerIndex)
      buffer.writeBytes(payload)
      encoder.finish(open, in: &buffer)
    }
    #expect(buffer.readableBytes == before + 2 * (encoder.headerLength(payloadLength: count) + count))
    let bytes = Array(buffer.readableBytesView.dropFirst(before))
    let other: FrameDecoder.Role = role == .client ? .server : .client
    #expect(walk(bytes, as: other).data == payload + payload)
  }

  @Test(arguments: [FrameDecoder.Role.client, .server]) func writesManyFramesIntoRawMemory(
    role: FrameDecoder.Role
  ) {
    var encoder = FrameEncoder(role: role)
    var memory = [UInt8](repeating: 0, count: 1_000)
    var wanted: [UInt8] = []
    var end = 0
    memory.withUnsafeMutableBytes { bytes in
      for length in [1, 80, 126, 300] {
        let open = encoder.begin(payloadLength: length, in: bytes, at: end)
        for index in 0..<length {
          bytes[open.payloadIndex + index] = UInt8(truncatingIfNeeded: index)
          wanted.append(UInt8(truncatingIfNeeded: index))
        }
        FrameEncoder.finish(open, in: bytes)
        end = open.payloadIndex + length
      }
    }
    #expect(walk(Array(memory[..<end]), as: role == .client ? .server : .client).data == wanted)
  }

  @Test func answersAPingWithItsPayload() {
    var encoder = FrameEncoder(role: .client)
    var buffer = ByteBuffer()
    encoder.write(.pong, ByteBuffer(string: "same"), into: &buffer)
    #expect(walk(Array(buffer.readableBytesView), as: .server).marks == ["pong same"])
    buffer.clear()
    encoder.write(.ping, ByteBuffer(repeating: 65, count: 200), into: &buffer)
    #expect(
      walk(Array(buffer.readableBytesView), as: .server).marks == [
        "ping " + String(repeating: "A", count: 125)
      ])
  }

  @Test func masksEachFrameWithAKeyOfItsOwn() {
    var encoder = FrameEncoder(role: .client)
    var buffer = ByteBuffer()
    let keys = (0..<1_000).map { _ in encoder.begin(payloadLength: 0, in: &buffer).maskKey }
    #expect(!keys.contains(nil))
    #expect(Set(keys).count > 990)
  }
}
