import MQTTPackets
import NIOCore
import Testing
import WebSocketTransport

@testable import Client

/// Frames taken apart: names, values, bytes and rules.
struct FrameDissectorTests {
  /// One line a field, children indented: `1..<2 Payload Length=5 (RFC 6455 5.2)`.
  private func lines(_ fields: [Field], _ indent: String = "") -> [String] {
    fields.flatMap { field in
      [
        "\(indent)\(field.range) \(field.name)=\(field.value)\(field.rule.map { " (\($0))" } ?? "")"
          + (field.isDamaged ? " damaged" : "")
      ] + lines(field.children, indent + "  ")
    }
  }

  private static func tiles(_ fields: [Field], _ count: Int) -> Bool {
    var next = 0
    for field in fields {
      guard field.range.lowerBound == next else { return false }
      next = field.range.upperBound
    }
    return next == count
  }

  /// The items that a reader makes of one side's bytes.
  private func items(_ bytes: [UInt8], byClient: Bool) -> [WireItem] {
    var script = WireScript()
    script.connect()
    script.pass(ByteBuffer(bytes: bytes), byClient: byClient)
    return script.items
  }

  private func frames(_ bytes: [UInt8], byClient: Bool) -> [WireFrame] {
    items(bytes, byClient: byClient).compactMap { if case .frame(let frame) = $0.kind { frame } else { nil } }
  }

  private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  // MARK: - Legal frames

  private static let first = "RFC 6455 5.2"

  /// The first byte of a frame in lines.
  private static func head(_ name: String, _ opcode: Int, fin: Int = 1) -> [String] {
    [
      "0..<1 Opcode=\(name) (\(first))", "  0..<1 FIN=\(fin) (\(first))", "  0..<1 RSV=0 (\(first))",
      "  0..<1 Opcode=\(opcode) \(name) (\(first))",
    ]
  }

  private static func length(_ length: Int, _ range: Range<Int>, mask: Int = 0) -> [String] {
    ["\(range) Payload Length=\(length) (\(first))", "  1..<2 MASK=\(mask) (RFC 6455 5.1)"]
  }

  private static func key(_ digits: String, _ range: Range<Int>) -> String {
    "\(range) Masking Key=\(digits) (RFC 6455 5.3)"
  }

  private static func data(_ words: String, _ range: Range<Int>) -> String {
    "\(range) Payload Data=\(words) (\(first))"
  }

  private static func status(_ words: String, _ range: Range<Int>) -> String {
    "\(range) Status Code=\(words) (RFC 6455 7.4)"
  }

  private static let legal: [(name: String, byClient: Bool, bytes: [UInt8], lines: [String])] = [
    ("empty", false, [0x82, 0], head("BINARY", 2) + length(0, 1..<2)),
    (
      "7 bits of length", false, [0x82, 2, 0xD0, 0],
      head("BINARY", 2) + length(2, 1..<2) + [data("2 bytes", 2..<4)]
    ),
    (
      "16 bits of length", false, [0x82, 126, 0, 126] + [UInt8](repeating: 0, count: 126),
      head("BINARY", 2) + length(126, 1..<4) + [data("126 bytes", 4..<130)]
    ),
    (
      "64 bits of length", false,
      [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0] + [UInt8](repeating: 0, count: 65_536),
      head("BINARY", 2) + length(65_536, 1..<10) + [data("65536 bytes", 10..<65_546)]
    ),
    (
      "masked", true, [0x82, 0x81, 0x0A, 0xB0, 0, 0xFF, 0xCA],
      head("BINARY", 2) + length(1, 1..<2, mask: 1) + [key("0AB000FF", 2..<6), data("1 byte", 6..<7)]
    ),
    (
      "masked, 16 bits", true, [0x82, 0xFE, 1, 0, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 256),
      head("BINARY", 2) + length(256, 1..<4, mask: 1)
        + [key("01020304", 4..<8), data("256 bytes", 8..<264)]
    ),
    (
      "masked, 64 bits", true,
      [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 65_536),
      head("BINARY", 2) + length(65_536, 1..<10, mask: 1)
        + [key("01020304", 10..<14), data("65536 bytes", 14..<65_550)]
    ),
    (
      "a fragment", false, [0x02, 1, 0xD0],
      head("BINARY", 2, fin: 0) + length(1, 1..<2) + [data("1 byte", 2..<3)]
    ),
    ("a ping", false, [0x89, 1, 0x70], head("PING", 9) + length(1, 1..<2) + [data("1 byte", 2..<3)]),
    ("a pong", false, [0x8A, 0], head("PONG", 10) + length(0, 1..<2)),
    ("a close without a code", false, [0x88, 0], head("CLOSE", 8) + length(0, 1..<2)),
    (
      "a close with a code", false, [0x88, 2, 0x03, 0xE9],
      head("CLOSE", 8) + length(2, 1..<2) + [status("1001 going away", 2..<4)]
    ),
    (
      "a close with a code of an application", false, [0x88, 2, 0x0F, 0xA0],
      head("CLOSE", 8) + length(2, 1..<2) + [status("4000", 2..<4)]
    ),
    (
      "a close with a reason", false, [0x88, 5, 0x03, 0xEA, 0x62, 0x79, 0x65],
      head("CLOSE", 8) + length(5, 1..<2)
        + [status("1002 protocol error", 2..<4), "4..<7 Reason=bye (RFC 6455 5.5.1)"]
    ),
    (
      "a masked close", true, [0x88, 0x82, 1, 2, 3, 4, 0x02, 0xEA],
      head("CLOSE", 8) + length(2, 1..<2, mask: 1)
        + [key("01020304", 2..<6), status("1000 normal closure", 6..<8)]
    ),
  ]

  @Test(arguments: legal.indices) func legalFrames(_ index: Int) throws {
    let vector = Self.legal[index]
    let fields = try #require(frames(vector.bytes, byClient: vector.byClient).first).fields
    #expect(lines(fields) == vector.lines, "\(vector.name)")
    #expect(Self.tiles(fields, vector.bytes.count), "\(vector.name)")
  }

  @Test func aContinuationIsOne() {
    let found = frames([0x02, 1, 0xD0, 0x80, 1, 0], byClient: false)
    #expect(found.map { lines($0.fields)[1...3].joined() }.count == 2)
    #expect(found.last.map { lines($0.fields) }?.first == "0..<1 Opcode=CONT (RFC 6455 5.2)")
    #expect(found.map(\.header.fin) == [false, true])
  }

  /// Of a long frame the fields tell more than was kept.
  @Test func whatWasNotKeptHasItsPlace() throws {
    var script = WireScript(keptBytes: 16)
    script.connect()
    script.pass(ByteBuffer(bytes: [0x82, 126, 1, 0] + zeros(256)), byClient: false)
    guard case .frame(let frame)? = script.items.dropFirst().first?.kind else {
      Issue.record("no frame")
      return
    }
    #expect(frame.payload.readableBytes == 16)
    #expect(lines(frame.fields).last == "4..<260 Payload Data=256 bytes (RFC 6455 5.2)")
  }

  // MARK: - Refused frames

  private static let refused: [(name: String, byClient: Bool, bytes: [UInt8], lines: [String])] = [
    (
      "reserved bits", false, [0xC2, 1, 0xD0],
      [
        "0..<1 RSV=reserved bits 4 are set, no extension was agreed (\(first)) damaged",
        "1..<3 Not Decoded=2 bytes",
      ]
    ),
    (
      "a reserved opcode", false, [0x83, 0],
      ["0..<1 Opcode=reserved opcode 3 (\(first)) damaged", "1..<2 Not Decoded=1 byte"]
    ),
    (
      "text", false, [0x81],
      ["0..<1 Opcode=a text frame where MQTT needs binary ones ([MQTT-6.0.0-1]) damaged"]
    ),
    (
      "nothing to continue", false, [0x80],
      ["0..<1 Opcode=a continuation frame with nothing to continue (RFC 6455 5.4) damaged"]
    ),
    (
      "a ping in pieces", false, [0x09],
      ["0..<1 FIN=a PING frame without FIN (RFC 6455 5.5) damaged"]
    ),
    (
      "masked by the server", false, [0x82, 0x81, 0, 0, 0, 0, 1],
      head("BINARY", 2) + [
        "1..<2 MASK=a masked frame from the server (RFC 6455 5.1) damaged", "2..<7 Not Decoded=5 bytes",
      ]
    ),
    (
      "unmasked by the client", true, [0x82, 0x01, 1],
      head("BINARY", 2) + [
        "1..<2 MASK=an unmasked frame from the client (RFC 6455 5.1) damaged", "2..<3 Not Decoded=1 byte",
      ]
    ),
    (
      "a long ping", false, [0x89, 126, 0, 126],
      head("PING", 9) + [
        "1..<2 Payload Length=a control frame with more than 125 bytes (RFC 6455 5.5) damaged",
        "2..<4 Not Decoded=2 bytes",
      ]
    ),
    (
      "a length in 16 bits that fits in 7", false, [0x82, 126, 0, 1, 9],
      head("BINARY", 2) + [
        "1..<4 Payload Length=a length of 1 in the 16-bit form (\(first)) damaged",
        "4..<5 Not Decoded=1 byte",
      ]
    ),
    (
      "a length in 64 bits that fits in 16", false, [0x82, 127, 0, 0, 0, 0, 0, 0, 1, 0],
      head("BINARY", 2) + ["1..<10 Payload Length=a length of 256 in the 64-bit form (\(first)) damaged"]
    ),
    (
      "a negative length", false, [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
      head("BINARY", 2) + [
        "1..<10 Payload Length=the top bit of a 64-bit length is set (\(first)) damaged"
      ]
    ),
    (
      "half a status code", false, [0x88, 1, 3],
      head("CLOSE", 8) + [
        "1..<2 Payload Length=1 (\(first))",
        "2..<3 Status Code=a CLOSE frame with half a status code (RFC 6455 5.5.1) damaged",
      ]
    ),
    (
      "a status code that may not be sent", false, [0x88, 3, 0x03, 0xEE, 0x78],
      head("CLOSE", 8) + [
        "1..<2 Payload Length=3 (\(first))",
        "2..<4 Status Code=a CLOSE frame with status 1006, which may not be sent (RFC 6455 7.4) damaged",
        "4..<5 Not Decoded=1 byte",
      ]
    ),
    (
      "a reason that is no text", false, [0x88, 4, 0x03, 0xE8, 0xC3, 0x28],
      head("CLOSE", 8) + [
        "1..<2 Payload Length=4 (\(first))", status("1000 normal closure", 2..<4),
        "4..<6 Reason=a CLOSE frame whose reason is not UTF-8 (RFC 6455 5.5.1) damaged",
      ]
    ),
    (
      "a client's close", true, [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED],
      head("CLOSE", 8) + [
        "1..<2 Payload Length=2 (\(first))", key("00000000", 2..<6),
        "6..<8 Status Code=a CLOSE frame with status 1005, which may not be sent (RFC 6455 7.4) damaged",
      ]
    ),
  ]

  @Test(arguments: refused.indices) func refusedFrames(_ index: Int) throws {
    let vector = Self.refused[index]
    let rejection = try #require(items(vector.bytes, byClient: vector.byClient).compactMap(\.rejection).first)
    #expect(lines(rejection.fields) == vector.lines, "\(vector.name)")
    #expect(Self.tiles(rejection.fields, vector.bytes.count), "\(vector.name)")
    #expect(rejection.fields.filter(\.isDamaged).map(\.rule) == [rejection.rule])
  }

  @Test func dataInsideFragments() throws {
    let rejection = try #require(
      items([0x02, 1, 0xD0, 0x82, 0], byClient: false).compactMap(\.rejection).first)
    #expect(
      lines(rejection.fields).first
        == "0..<1 Opcode=a new BINARY frame inside a fragmented message (RFC 6455 5.4) damaged")
  }

  /// Whatever comes, the fields tile it.
  @Test(arguments: [true, false]) func anythingIsTiled(byClient: Bool) {
    let tail: [UInt8] = [0x03, 0xE8, 0, 0, 0, 0, 0x80, 0, 0xFF, 0x61, 0, 0]
    for first in UInt8.min...UInt8.max {
      for second: UInt8 in [0, 1, 2, 3, 12, 13, 125, 126, 127, 128, 129, 130, 135, 253, 254, 255] {
        for count in 0...tail.count {
          let bytes = [first, second] + tail.prefix(count)
          for item in items(bytes, byClient: byClient) {
            switch item.kind {
            case .frame(let frame):
              let whole = frame.header.headerLength + frame.header.payloadLength
              #expect(Self.tiles(frame.fields, whole), "\(bytes)")
            case .rejected(let rejection):
              #expect(Self.tiles(rejection.fields, rejection.bytes.readableBytes), "\(bytes)")
            default: break
            }
          }
        }
      }
    }
  }
}
