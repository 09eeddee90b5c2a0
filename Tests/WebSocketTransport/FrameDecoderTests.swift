import Testing

@testable import WebSocketTransport

/// A stream of frames, what it says, and the rule it breaks if it breaks one.
struct FrameVector: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var data: [UInt8] = []
  var marks: [String] = []
  var violation: WebSocketViolation.Kind?
  var closeCode: CloseCode?
  /// Where the frame begins that breaks the rule.
  var offset: UInt64?

  var testDescription: String { name }
}

@Suite struct FrameDecoderTests {
  static let hello = Array("Hello".utf8)

  static let sound: [FrameVector] = [
    FrameVector(name: "one frame", bytes: frame(0x82, hello), data: hello, marks: ["message"]),
    FrameVector(name: "an empty frame", bytes: frame(0x82), marks: ["message"]),
    FrameVector(
      name: "two fragments", bytes: frame(0x02, [1, 2]) + frame(0x80, [3]), data: [1, 2, 3],
      marks: ["fragment", "message"]),
    FrameVector(
      name: "empty fragments", bytes: frame(0x02) + frame(0x00) + frame(0x80),
      marks: ["fragment", "fragment", "message"]),
    FrameVector(
      name: "ping between fragments",
      bytes: frame(0x02, [1]) + frame(0x89, Array("p".utf8)) + frame(0x80, [2]),
      data: [1, 2], marks: ["fragment", "ping p", "message"]),
    FrameVector(
      name: "a pong nobody asked for", bytes: frame(0x8A, Array("x".utf8)) + frame(0x82, [7]), data: [7],
      marks: ["pong x", "message"]),
    FrameVector(
      name: "close with code and reason", bytes: frame(0x88, hex("03E8") + Array("bye".utf8)),
      marks: ["close 1000 bye"]),
    FrameVector(name: "close without a code", bytes: frame(0x88), marks: ["close 0 "]),
    FrameVector(
      name: "close inside a fragmented message", bytes: frame(0x02, [1]) + frame(0x88, hex("03E9")),
      data: [1],
      marks: ["fragment", "close 1001 "]),
  ]

  static let broken: [FrameVector] =
    [
      broken("RSV1", hex("C200"), .reservedBits), broken("RSV2", hex("A200"), .reservedBits),
      broken("RSV3", hex("9200"), .reservedBits), broken("all RSV on a ping", hex("F900"), .reservedBits),
      broken("text", frame(0x81, hello), .textFrame, .unsupportedData),
      broken("an empty text", frame(0x81), .textFrame, .unsupportedData),
      broken("a fragmented text", frame(0x01, hello), .textFrame, .unsupportedData),
      broken("16-bit length of 125", hex("827E007D"), .lengthNotMinimal),
      broken("64-bit length of 65535", hex("827F000000000000FFFF"), .lengthNotMinimal),
      broken("64-bit length of 0", hex("827F0000000000000000"), .lengthNotMinimal),
      broken("top bit of the length", hex("827F8000000000000000"), .lengthTooLarge),
      broken("length 2^64-1", hex("827FFFFFFFFFFFFFFFFF"), .lengthTooLarge),
      broken("length 2^63-1", hex("827F7FFFFFFFFFFFFFFF"), .frameTooLarge, .messageTooBig),
      broken("length 2^32", hex("827F0000000100000000"), .frameTooLarge, .messageTooBig),
      broken("one over the limit", hex("827F0000000001000001"), .frameTooLarge, .messageTooBig),
      broken("ping of 126", frame(0x89, [UInt8](repeating: 1, count: 126)), .controlTooLong),
      broken("close of 65536", frame(0x88, [UInt8](repeating: 1, count: 65_536)), .controlTooLong),
      broken("ping without FIN", hex("0900"), .controlFragmented),
      broken("close without FIN", hex("0800"), .controlFragmented),
      broken("continuation at the start", hex("8000"), .continuationWithoutStart),
      broken("continuation without FIN at the start", hex("0000"), .continuationWithoutStart),
      broken(
        "continuation after a message", frame(0x82, [1]) + hex("8000"), .continuationWithoutStart, at: 3),
      broken("binary inside fragments", frame(0x02, [1]) + hex("8200"), .dataInsideFragments, at: 3),
      broken("text inside fragments", frame(0x02, [1]) + hex("8100"), .dataInsideFragments, at: 3),
    ] + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { broken("opcode \($0)", [0x80 | $0, 0], .reservedOpcode) }

  static func broken(
    _ name: String, _ bytes: [UInt8], _ kind: WebSocketViolation.Kind, _ code: CloseCode = .protocolError,
    at offset: UInt64 = 0
  ) -> FrameVector {
    FrameVector(name: name, bytes: bytes, violation: kind, closeCode: code, offset: offset)
  }

  @Test(arguments: sound, [1, 2, 3, 5, Int.max]) func readsSoundFrames(_ vector: FrameVector, piece: Int) {
    let log = walk(vector.bytes, piece: piece)
    #expect(log == FrameLog(data: vector.data, marks: vector.marks))
  }

  @Test(arguments: broken, [1, 2, Int.max]) func refusesBrokenFrames(_ vector: FrameVector, piece: Int) {
    let log = walk(vector.bytes, piece: piece, maximumFrameSize: 65_536)
    #expect(log.violation == vector.violation)
    #expect(log.closeCode == vector.closeCode)
    #expect(log.offset == vector.offset)
  }

  @Test(arguments: sound) func saysNeedMoreAtEveryCut(_ vector: FrameVector) {
    for cut in 0..<vector.bytes.count {
      let log = walk(Array(vector.bytes[..<cut]))
      #expect(log.violation == nil)
      #expect(vector.data.starts(with: log.data))
      #expect(vector.marks.starts(with: log.marks))
    }
  }

  @Test(arguments: [0, 1, 7, 125, 126, 127, 128, 65_535, 65_536, 70_001], [1, 4_096, Int.max])
  func readsEveryLengthForm(count: Int, piece: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let bytes = frame(0x82, payload) + frame(0x82, [9])
    #expect(walk(bytes, piece: piece).data == payload + [9])
    let masked = frame(0x82, payload, mask: 0x1234_ABCD) + frame(0x82, [9], mask: 1)
    #expect(walk(masked, as: .server, piece: piece).data == payload + [9])
  }

  @Test func refusesMaskedFramesFromTheServer() {
    #expect(walk(frame(0x82, [1], mask: 5)).violation == .maskedByServer)
    #expect(walk(hex("8280")).violation == .maskedByServer)
  }

  @Test func refusesUnmaskedFramesFromTheClient() {
    #expect(walk(frame(0x82, [1]), as: .server).violation == .unmaskedByClient)
    #expect(walk(hex("8900"), as: .server).violation == .unmaskedByClient)
  }

  @Test(arguments: [UInt32(0), 0xFFFF_FFFF, 0x0403_0201], [1, 2, 3, 7, Int.max])
  func unmasksDataAndControlFrames(mask: UInt32, piece: Int) {
    let ping = Array("are you there".utf8)
    let bytes =
      frame(0x02, Self.hello, mask: mask) + frame(0x89, ping, mask: ~mask)
      + frame(0x80, Self.hello, mask: mask)
      + frame(0x88, hex("03E8"), mask: mask)
    let log = walk(bytes, as: .server, piece: piece)
    #expect(log.data == Self.hello + Self.hello)
    #expect(log.marks == ["fragment", "ping are you there", "message", "close 1000 "])
  }

  @Test(arguments: [1, 2, Int.max]) func ignoresWhatFollowsAClose(piece: Int) {
    let tail = frame(0x82, Self.hello) + hex("FFFFFF")
    let log = walk(frame(0x88) + tail, piece: piece)
    #expect(log.data.isEmpty && log.violation == nil)
    #expect(log.ignored == tail.count)
  }

  @Test func capsTheFragmentsOfAMessage() {
    let fragments = [[UInt8]](repeating: frame(0x00), count: 1_000_000).joined()
    let log = walk(frame(0x02) + fragments, piece: 65_536)
    #expect(log.violation == .tooManyFragments && log.closeCode == .messageTooBig)
    #expect(log.marks.count == 65_536)
    let few = frame(0x02) + frame(0x00) + frame(0x80)
    #expect(walk(few, maximumFragments: 3).violation == nil)
    #expect(walk(few, maximumFragments: 2).violation == .tooManyFragments)
  }

  @Test func tellsTheHeaderForTraces() throws {
    var decoder = FrameDecoder(role: .client, maximumFrameSize: 1 << 20)
    #expect(decoder.header == nil)
    let bytes = frame(0x02, [UInt8](repeating: 1, count: 300)) + frame(0x8A, [2])
    try bytes.withUnsafeBytes { bytes throws in
      let first = try decoder.next(bytes, at: 0)
      #expect(first.headerLength == 4 && first.startsFrame && first.endsFrame && !first.fin)
      #expect(
        decoder.header
          == FrameHeader(fin: false, opcode: .binary, mask: nil, payloadLength: 300, headerLength: 4))
      let second = try decoder.next(bytes, at: first.payloadEnd)
      #expect(second.kind == .pong && second.payload.count == 1)
      #expect(
        decoder.header == FrameHeader(fin: true, opcode: .pong, mask: nil, payloadLength: 1, headerLength: 2))
    }
  }
}
