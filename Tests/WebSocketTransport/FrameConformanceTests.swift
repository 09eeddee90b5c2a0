import Testing

@testable import WebSocketTransport

/// The cases that every WebSocket end is commonly held against, group by group: framing, pings, reserved
/// bits, opcodes, fragments, UTF-8 in a close reason, close handling. Text stands for binary here, since
/// MQTT allows no text.
@Suite struct FrameConformanceTests {
  @Test(arguments: [0, 125, 126, 127, 128, 65_535, 65_536], [1, 997, Int.max])
  func binaryOfEverySize(count: Int, piece: Int) {
    let payload = [UInt8](repeating: 0xFE, count: count)
    #expect(walk(frame(0x82, payload), piece: piece) == FrameLog(data: payload, marks: ["message"]))
  }

  @Test(arguments: [0, 1, 124, 125]) func pingOfEverySize(count: Int) {
    let payload = String(repeating: "z", count: count)
    let ping = frame(0x89, Array(payload.utf8))
    #expect(walk(ping).marks == ["ping " + payload])
    #expect(walk(ping, piece: 1).marks == ["ping " + payload])
  }

  @Test func tenPingsInOneReadAndOneByOne() {
    let pings = (0..<10).flatMap { frame(0x89, Array("\($0)".utf8)) }
    for piece in [1, Int.max] {
      #expect(walk(pings, piece: piece).marks == (0..<10).map { "ping \($0)" })
    }
  }

  @Test func reservedBitsAfterSoundFrames() {
    for bits: UInt8 in [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] {
      for opcode: UInt8 in [0x82, 0x88, 0x89, 0x8A, 0x02] {
        let bytes = frame(0x82, [1]) + frame(0x89) + frame(opcode | bits, [2])
        let log = walk(bytes)
        #expect(log.violation == .reservedBits && log.closeCode == .protocolError && log.offset == 5)
        #expect(log.data == [1])
      }
    }
  }

  @Test func reservedOpcodesAfterSoundFrames() {
    for opcode: UInt8 in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
      let log = walk(frame(0x82, [1]) + frame(0x80 | opcode, [2]) + frame(0x89))
      #expect(log.violation == .reservedOpcode && log.marks == ["message"])
    }
  }

  static let fragments: [FrameVector] = [
    FrameVector(
      name: "a ping in two fragments", bytes: frame(0x09, [1]) + frame(0x80, [2]),
      violation: .controlFragmented),
    FrameVector(
      name: "a pong in two fragments", bytes: frame(0x0A, [1]) + frame(0x80, [2]),
      violation: .controlFragmented),
    FrameVector(
      name: "many pings between fragments",
      bytes: frame(0x02, [1]) + frame(0x89, [65]) + frame(0x00, [2]) + frame(0x89, [66]) + frame(0x80, [3]),
      data: [1, 2, 3], marks: ["fragment", "ping A", "fragment", "ping B", "message"]),
    FrameVector(
      name: "unfinished, then a new start", bytes: frame(0x02, [1]) + frame(0x00, [2]) + frame(0x02, [3]),
      data: [1, 2], marks: ["fragment", "fragment"], violation: .dataInsideFragments),
    FrameVector(
      name: "a continuation after the end", bytes: frame(0x02, [1]) + frame(0x80, [2]) + frame(0x80, [3]),
      data: [1, 2], marks: ["fragment", "message"], violation: .continuationWithoutStart),
    FrameVector(
      name: "two continuations without a start, with FIN clear", bytes: frame(0x00, [1]) + frame(0x82, [2]),
      violation: .continuationWithoutStart),
  ]

  @Test(arguments: fragments, [1, 2, Int.max]) func fragmentsAndControls(_ vector: FrameVector, piece: Int) {
    let log = walk(vector.bytes, piece: piece)
    #expect(log.data == vector.data && log.marks == vector.marks && log.violation == vector.violation)
  }

  @Test func aLargeMessageInFragmentsOfEverySize() {
    let message = (0..<65_536).map { UInt8(truncatingIfNeeded: $0) }
    for size in [64, 256, 1_024, 4_096, 16_384, 65_536] {
      var bytes: [UInt8] = []
      for start in stride(from: 0, to: message.count, by: size) {
        let isLast = start + size >= message.count
        bytes += frame((isLast ? 0x80 : 0) | (start == 0 ? 2 : 0), Array(message[start..<start + size]))
      }
      #expect(walk(bytes, piece: 1_000).data == message)
    }
  }
}
