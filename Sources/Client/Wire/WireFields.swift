import MQTTPackets
import NIOCore
import WebSocketTransport

extension WirePacket {
  /// Every field with its bytes; those of a packet that was not kept whole as far as it goes.
  package var fields: [Field] {
    PacketDissector.fields(bytes, version: version, direction: flow)
  }
}

extension WireRejection {
  /// The fields of a packet up to the damage; none for anything else.
  package var fields: [Field] {
    guard case .decode(let error) = error else { return [] }
    return PacketDissector.fields(bytes, version: version, direction: flow, error: error)
  }

  /// The clause or section that was broken, empty when there is none.
  package var rule: String {
    switch error {
    case .decode(let error): error.rule
    case .violation(let violation): violation.rule
    case .transport(.webSocket(let violation)): violation.rule
    default: ""
    }
  }
}

extension WireFrame {
  package var fields: [Field] { FrameDissector.fields(header, headerBytes, payload) }
}

/// Takes a frame apart for people; offsets count from the frame's first byte.
package enum FrameDissector {
  package static func fields(_ header: FrameHeader, _ bytes: [UInt8], _ payload: ByteBuffer) -> [Field] {
    guard bytes.count >= 2 else { return [] }
    let maskStart = header.headerLength - (header.mask == nil ? 0 : 4)
    let rule = "RFC 6455 5.2"
    var fields = [
      Field(
        "Opcode", header.opcode.name, 0..<1, rule: rule,
        children: [
          Field("FIN", header.fin ? "1" : "0", 0..<1, rule: rule),
          Field("RSV", "\(bytes[0] >> 4 & 7)", 0..<1, rule: rule),
          Field("Opcode", "\(header.opcode.rawValue) \(header.opcode.name)", 0..<1, rule: rule),
        ]),
      Field(
        "Payload Length", "\(header.payloadLength)", 1..<maskStart, rule: rule,
        children: [Field("MASK", header.mask == nil ? "0" : "1", 1..<2, rule: "RFC 6455 5.1")]),
    ]
    if header.mask != nil {
      let key = bytes[maskStart...].map { String($0, radix: 16) }
      fields.append(
        Field(
          "Masking Key", key.map { $0.utf8.count == 1 ? "0" + $0 : $0 }.joined(),
          maskStart..<header.headerLength,
          rule: "RFC 6455 5.3"))
    }
    let end = header.headerLength + header.payloadLength
    if header.opcode == .close {
      fields += close(payload, header.headerLength..<end)
    } else if header.payloadLength > 0 {
      fields.append(
        Field("Payload Data", "\(header.payloadLength) bytes", header.headerLength..<end, rule: rule))
    }
    return fields
  }

  private static func close(_ payload: ByteBuffer, _ range: Range<Int>) -> [Field] {
    guard let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self) else { return [] }
    let name = CloseCode(rawValue: code).name.map { " \($0)" } ?? ""
    let split = range.lowerBound + 2
    let reason = String(decoding: payload.readableBytesView.dropFirst(2), as: UTF8.self)
    return [
      Field("Status Code", "\(code)\(name)", range.lowerBound..<split, rule: "RFC 6455 7.4"),
      Field("Reason", reason, split..<range.upperBound, rule: "RFC 6455 5.5.1"),
    ].filter { !$0.range.isEmpty }
  }
}
