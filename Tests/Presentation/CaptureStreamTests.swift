import MQTTPackets
import NIOCore
import Testing
import WebSocketTransport

@testable import Presentation

@Suite("Secrets in a stream of frames")
struct CaptureStreamTests {
  private static let canary = Array("canary".utf8)

  private static let packets: [Packet] = [
    .connect(
      Connect(
        version: .v5, clientIdentifier: "c", username: "u", password: canary,
        properties: [
          .authenticationMethod("m"), .authenticationData(ByteBuffer(bytes: canary)),
        ])),
    .publish(Publish(message: Message(topic: "a", payload: ByteBuffer(repeating: 0x78, count: 300)))),
    .auth(
      Auth(
        .reauthenticate,
        properties: [.authenticationMethod("m"), .authenticationData(ByteBuffer(bytes: canary))])),
    .pingReq,
  ]

  private static func stream(frameSize: Int) throws -> ByteBuffer {
    var payload = ByteBuffer()
    for packet in packets { try packet.encode(.v5, into: &payload) }
    var encoder = FrameEncoder(role: .client)
    var stream = ByteBuffer()
    while let part = payload.readSlice(length: min(frameSize, max(payload.readableBytes, 1))) {
      encoder.write(.binary, part, into: &stream)
    }
    return stream
  }

  private static func unmasked(_ bytes: [UInt8]) throws -> [UInt8] {
    var decoder = FrameDecoder(role: .server, maximumFrameSize: .max)
    var bytes = bytes
    var payload: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
      let step = try bytes.withUnsafeMutableBytes { try decoder.next(unmasking: $0, at: offset) }
      if step.kind == .needMore { break }
      payload += bytes[step.payload]
      offset = step.payloadEnd
    }
    return payload
  }

  @Test(arguments: [1, 2, 7, 60, 4096]) func everyCutMasksTheSame(frameSize: Int) throws {
    let stream = try Self.stream(frameSize: frameSize)
    let plain = try Self.unmasked(Array(stream.readableBytesView))
    for cut in [1, 2, 3, 5, 17, 64, 10_000] {
      var mask = SecretStream(.toServer)
      var output: [UInt8] = []
      var rest = stream
      while let part = rest.readSlice(length: min(cut, max(rest.readableBytes, 1))) {
        output += mask.pass(part)
      }
      output += mask.finish()
      #expect(output.count == stream.readableBytes)
      let shown = try Self.unmasked(output)
      #expect(shown.count == plain.count)
      #expect(!String(decoding: shown, as: UTF8.self).contains("canary"))
      #expect(zip(shown, plain).filter { $0 != $1 }.count == 3 * Self.canary.count)
      #expect(zip(shown, plain).allSatisfy { $0 == $1 || $0 == SecretMask.byte })
    }
  }

  @Test func whatNeverBecomesWholeIsMasked() throws {
    var mask = SecretStream(.toServer)
    mask.isFramed = false
    var bytes = ByteBuffer()
    try Self.packets[0].encode(.v5, into: &bytes)
    let part = try #require(bytes.getSlice(at: 0, length: bytes.readableBytes - 2))
    #expect(mask.pass(part).isEmpty)
    #expect(!String(decoding: mask.finish(), as: UTF8.self).contains("cana"))
  }

  @Test func whatIsTooLargeToBeHeldIsMasked() throws {
    var mask = SecretStream(.toServer)
    mask.isFramed = false
    var bytes = ByteBuffer()
    let connect = Connect(
      version: .v5, clientIdentifier: "c", username: String(repeating: "u", count: 65_000),
      password: Array(repeating: 0x70, count: 65_000))
    try Packet.connect(connect).encode(.v5, into: &bytes)
    try Packet.pingReq.encode(.v5, into: &bytes)
    let output = mask.pass(bytes)
    #expect(output.count == bytes.readableBytes)
    #expect(output.suffix(2) == [0xC0, 0])
    #expect(output.dropFirst(4).dropLast(2).allSatisfy { $0 == SecretMask.byte })
  }

  // MARK: - HTTP

  @Test(arguments: [
    ("GET /m?token=abc&x=1 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /m?token=***&x=1 HTTP/1.1\r\nHost: h\r\n\r\n"),
    (
      "HTTP/1.1 302\r\nLocation: /a?X-Amz-Signature=ab\r\n\r\n",
      "HTTP/1.1 302\r\nLocation: /a?X-Amz-Signature=**\r\n\r\n"
    ),
    (
      "A\r\nAUTHORIZATION: Basic YTpi\r\nCookie: a=b; c=d\r\n",
      "A\r\nAUTHORIZATION: ***** ****\r\nCookie: **** ***\r\n"
    ),
    (
      "A\r\nX-Api-Key: k\r\nSec-WebSocket-Key: k\r\n\r\nCookie: b",
      "A\r\nX-Api-Key: *\r\nSec-WebSocket-Key: k\r\n\r\nCookie: b"
    ),
  ]) func heads(_ head: String, _ expected: String) {
    #expect(String(decoding: SecretMask.http(Array(head.utf8)), as: UTF8.self) == expected)
  }
}
