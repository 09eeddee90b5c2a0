import MQTTPackets
import NIOCore
import Presentation
import Testing

/// Payloads shown as what they stand for.
struct PayloadDecodingTests {
  private static let cbor: [UInt8] = [0xA1, 0x61, 0x74, 0xF9, 0x4D, 0x60]
  private static let messagePack: [UInt8] = [0x81, 0xA1, 0x74, 0xCA, 0x41, 0xAC, 0, 0]

  private func line(
    _ format: MessageFormat, _ decoding: PayloadDecoding, _ payload: [UInt8], _ type: String? = nil
  ) -> String {
    let properties = Properties(type.map { [.contentType($0)] } ?? [])
    let message = Message(topic: "t", payload: ByteBuffer(bytes: payload), properties: properties)
    var formatter = MessageFormatter(format, layout: MessageLayout(zone: .utc), decoding: decoding)
    var output: [UInt8] = []
    formatter.append(
      ReceivedMessage(Publish(message: message), receivedAt: WallTime(nanoseconds: 0), sequence: 1),
      to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(
    arguments: [
      (PayloadDecoding.automatic, "application/cbor", true),
      (.automatic, "Application/CBOR; charset=x", true),
      (.automatic, "application/octet-stream", false), (.automatic, nil, false), (.cbor, nil, true),
      (.none, "application/cbor", false), (.messagePack, "application/cbor", false),
    ] as [(PayloadDecoding, String?, Bool)])
  func cborIsDecoded(_ decoding: PayloadDecoding, _ type: String?, _ expected: Bool) {
    let line = line(.json, decoding, Self.cbor, type)
    #expect(line.contains(#","payload_decoded":{"t":21.5}}"#) == expected, "\(line)")
    #expect(line.contains(#""payload":"oWF0+U1g""#), "the payload stays: \(line)")
  }

  @Test(arguments: ["application/msgpack", "application/x-msgpack", "application/vnd.msgpack"])
  func messagePackIsDecoded(_ type: String) {
    #expect(line(.json, .automatic, Self.messagePack, type).contains(#","payload_decoded":{"t":21.5}}"#))
  }

  @Test func jsonIsDecodedWhenAskedFor() {
    #expect(line(.json, .json, Array("[1]".utf8)).contains(#","payload_decoded":[1]}"#))
    #expect(!line(.json, .automatic, Array("[1]".utf8), "application/json").contains("decoded"))
  }

  @Test func peopleSeeTheDocument() {
    #expect(line(.pretty, .cbor, Self.cbor).hasSuffix(" t {\"t\":21.5}\n"))
    let long = [0x98, 60] + [UInt8](repeating: 0x01, count: 60)
    #expect(line(.pretty, .cbor, long).contains("\n  [\n    1,\n"))
  }

  @Test func damageIsToldAndTheBytesAreShown() {
    let text = line(.pretty, .cbor, [0x82, 0x01])
    #expect(text.contains("(not CBOR: byte 2: the data ends too early)"), "\(text)")
    #expect(text.contains("0000  82 01"), "\(text)")
    #expect(
      line(.json, .cbor, [0x82, 0x01]).contains(
        #","payload_problem":"not CBOR: byte 2: the data ends too early"}"#))
  }

  @Test func otherFormatsKeepTheBytes() {
    #expect(line(.hex, .cbor, Self.cbor) == "a16174f94d60\n")
    #expect(line(.payload, .json, Array("[1, 2]".utf8)) == "[1, 2]\n")
  }

  @Test func anEmptyPayloadIsNoDocument() {
    #expect(!line(.json, .cbor, []).contains("decoded"))
    #expect(line(.pretty, .cbor, []).hasSuffix("(empty)\n"))
  }
}
