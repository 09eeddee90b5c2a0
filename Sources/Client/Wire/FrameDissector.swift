import MQTTPackets
import NIOCore
import WebSocketTransport

/// Takes a frame apart for people; offsets count from the frame's first byte, and the fields of the highest
/// level tile the frame.
package enum FrameDissector {
  private static let framing = "RFC 6455 5.2"

  /// - Parameters:
  ///   - bytes: the header as it crossed the wire.
  ///   - payload: unmasked; all of it for a control frame.
  package static func fields(_ header: FrameHeader, _ bytes: [UInt8], _ payload: ByteBuffer) -> [Field] {
    guard bytes.count >= 2, bytes.count == header.headerLength else { return [] }
    let maskStart = header.headerLength - (header.mask == nil ? 0 : 4)
    var fields = [
      opcode(bytes[0]),
      Field(
        "Payload Length", "\(header.payloadLength)", 1..<maskStart, rule: framing,
        children: [Field("MASK", header.mask == nil ? "0" : "1", 1..<2, rule: "RFC 6455 5.1")]),
    ]
    if header.mask != nil {
      fields.append(
        Field(
          "Masking Key", bytes[maskStart...].map(Hex.byte).joined(), maskStart..<header.headerLength,
          rule: "RFC 6455 5.3"))
    }
    guard header.payloadLength > 0 else { return fields }
    let range = header.headerLength..<header.headerLength + header.payloadLength
    if header.opcode == .close, header.payloadLength > 1 {
      fields += close(payload, range)
    } else {
      fields.append(data(range))
    }
    return fields
  }

  /// A frame that was refused: up to what is wrong with it, which says so, and then the rest as bytes.
  ///
  /// - Parameter bytes: from the frame's first one; what follows the frame may be among them.
  package static func fields(refused bytes: ByteBuffer, _ violation: WebSocketViolation) -> [Field] {
    let bytes = Array(bytes.readableBytesView)
    guard !bytes.isEmpty else { return [] }
    let (name, place) = place(of: violation.kind, bytes)
    var fields: [Field] = []
    if place.lowerBound > 0 { fields.append(opcode(bytes[0])) }
    if place.lowerBound > 1 {
      // Only a CLOSE is refused for what it carries, and its length takes one byte.
      let start = min(bytes[1] & 0x80 == 0 ? 2 : 6, place.lowerBound)
      fields.append(Field("Payload Length", "\(bytes[1] & 0x7F)", 1..<2, rule: framing))
      if start > 2 {
        let key = bytes[2..<start].map(Hex.byte).joined()
        fields.append(Field("Masking Key", key, 2..<start, rule: "RFC 6455 5.3"))
      }
      if place.lowerBound >= start + 2 {
        let code = UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
        fields.append(statusCode(code, start..<start + 2))
      }
    }
    fields.append(Field(name, violation.detail, place, rule: violation.rule, isDamaged: true))
    let rest = bytes.count - place.upperBound
    if rest > 0 {
      fields.append(
        Field("Not Decoded", rest == 1 ? "1 byte" : "\(rest) bytes", place.upperBound..<bytes.count))
    }
    return fields
  }

  /// Which field a rule is about, and as many of its bytes as are there.
  private static func place(of kind: WebSocketViolation.Kind, _ bytes: [UInt8]) -> (String, Range<Int>) {
    func range(_ start: Int, _ end: Int) -> Range<Int> { min(start, bytes.count)..<min(end, bytes.count) }
    let second = bytes.count > 1 ? bytes[1] : 0
    let payload = second & 0x80 == 0 ? 2 : 6
    let length = second & 0x7F
    let end = max(payload + Int(length), payload + 1)
    switch kind {
    case .reservedBits: return ("RSV", range(0, 1))
    case .controlFragmented: return ("FIN", range(0, 1))
    case .reservedOpcode, .textFrame, .continuationWithoutStart, .dataInsideFragments, .tooManyFragments:
      return ("Opcode", range(0, 1))
    case .maskedByServer, .unmaskedByClient: return ("MASK", range(1, 2))
    case .controlTooLong: return ("Payload Length", range(1, 2))
    case .lengthNotMinimal, .lengthTooLarge, .frameTooLarge:
      return ("Payload Length", range(1, length < 126 ? 2 : length == 126 ? 4 : 10))
    case .closePayload: return ("Status Code", range(payload, payload + 1))
    case .closeCode: return ("Status Code", range(payload, payload + 2))
    case .closeReason: return ("Reason", range(payload + 2, end))
    }
  }

  // MARK: - Fields

  private static func opcode(_ first: UInt8) -> Field {
    let number = first & 0x0F
    let name = FrameOpcode(rawValue: number)?.name ?? "reserved"
    return Field(
      "Opcode", name, 0..<1, rule: framing,
      children: [
        Field("FIN", first & 0x80 == 0 ? "0" : "1", 0..<1, rule: framing),
        Field("RSV", "\(first >> 4 & 7)", 0..<1, rule: framing),
        Field("Opcode", "\(number) \(name)", 0..<1, rule: framing),
      ])
  }

  private static func data(_ range: Range<Int>) -> Field {
    Field("Payload Data", range.count == 1 ? "1 byte" : "\(range.count) bytes", range, rule: framing)
  }

  /// Of at least two bytes.
  private static func close(_ payload: ByteBuffer, _ range: Range<Int>) -> [Field] {
    guard let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self) else {
      return [data(range)]
    }
    let split = range.lowerBound + 2
    let status = statusCode(code, range.lowerBound..<split)
    guard range.count > 2 else { return [status] }
    let reason = String(decoding: payload.readableBytesView.dropFirst(2), as: UTF8.self)
    return [status, Field("Reason", reason, split..<range.upperBound, rule: "RFC 6455 5.5.1")]
  }

  private static func statusCode(_ code: UInt16, _ range: Range<Int>) -> Field {
    let name = CloseCode(rawValue: code).name.map { " \($0)" } ?? ""
    return Field("Status Code", "\(code)\(name)", range, rule: "RFC 6455 7.4")
  }
}
