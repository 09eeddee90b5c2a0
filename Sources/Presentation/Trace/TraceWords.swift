import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Text
import WebSocketTransport

/// What the lines of a trace say.
struct TraceWords {
  let level: Int
  let wall: WallTime
  let isUnicode: Bool

  private var arrow: String { isUnicode ? "→" : "->" }
  private var dot: String { isUnicode ? " · " : ", " }

  func lines(_ item: WireItem) -> [TraceLine] {
    switch item.kind {
    case .state(let state): [state.traceLine]
    case .transport(let event): lines(event)
    case .frame(let frame): lines(frame, item.number)
    case .packet(let packet): lines(packet, item.number)
    case .rejected(let rejection): lines(rejection)
    }
  }

  // MARK: - Frames and packets

  private func lines(_ frame: WireFrame, _ number: Int) -> [TraceLine] {
    let isClose = frame.header.opcode == .close
    guard level >= 2 || isClose else { return [] }
    var text = "\(frame.header.opcode.name) #\(number)"
    if !frame.header.fin { text += " no FIN" }
    if level >= 2, let mask = frame.header.mask {
      text += " mask \(Self.hex((0..<4).map { UInt8(truncatingIfNeeded: mask >> (8 * $0)) }, separator: ""))"
    }
    text += " \(Human.plural(frame.header.payloadLength, "byte"))"
    if isClose { text += " \(Self.closeText(frame.payload))" }
    var lines = [TraceLine(TraceLine.Mark(frame.direction), "ws", text)]
    if level >= 3 { lines += dump(frame.headerBytes, TraceLine.Mark(frame.direction)) }
    if level >= 3, frame.header.opcode.isControl {
      lines += dump(Array(frame.payload.readableBytesView), TraceLine.Mark(frame.direction))
    }
    return lines
  }

  private static func closeText(_ payload: ByteBuffer) -> String {
    var payload = payload
    guard let code = payload.readInteger(as: UInt16.self) else { return "no code" }
    let name = CloseCode(rawValue: code).name.map { " \($0)" } ?? ""
    let reason = String(buffer: payload)
    return "\(code)\(name)" + (reason.isEmpty ? "" : " \"\(reason)\"")
  }

  private func lines(_ packet: WirePacket, _ number: Int) -> [TraceLine] {
    let fields = packet.fields
    var text = "\(packet.type.name) #\(number)" + PacketWords.text(fields)
    if packet.length > 4 * 1024 { text += " (\(Human.bytes(packet.length)))" }
    if level >= 2, let frames = packet.frames {
      text += frames.count == 1 ? " in frame #\(frames.first)" : " in \(frames.count) frames"
    }
    if let answer = packet.answers {
      text += "\(dot)\(Human.duration(answer.roundTrip)) after #\(answer.number)"
      if answer.first != answer.number {
        text += ", \(Human.duration(answer.total)) after #\(answer.first)"
      }
    }
    let mark = TraceLine.Mark(packet.direction)
    var lines = [TraceLine(mark, "mqtt", text)]
    if level >= 3 {
      lines += dump(masked(Array(packet.bytes.readableBytesView), fields), mark, of: packet.length)
    }
    return lines
  }

  private func lines(_ rejection: WireRejection) -> [TraceLine] {
    let bytes = Array(rejection.bytes.readableBytesView)
    let mark = TraceLine.Mark(rejection.direction)
    switch rejection.error {
    case .decode(let error):
      let fields = rejection.fields
      let name = error.packet?.name ?? "packet"
      let limit = level >= 3 ? bytes.count : 64
      return [
        TraceLine(
          .objected, "mqtt",
          "\(error.rule) \(name): \(error.field) \(error.detail) (byte \(error.offset))"),
        TraceLine(mark, "mqtt", "\(name)" + PacketWords.text(fields), isContinuation: true),
      ] + dump(Array(masked(bytes, fields).prefix(limit)), .objected, of: bytes.count)
    case .transport(.webSocket(let violation)):
      let limit = level >= 3 ? bytes.count : 64
      return [TraceLine(.objected, "ws", "\(violation.rule) \(violation.detail)")]
        + dump(Array(bytes.prefix(limit)), .objected, of: bytes.count)
    case .violation(let violation):
      let name = violation.packet.map { "\($0.name): " } ?? ""
      return [TraceLine(.objected, "mqtt", "\(violation.rule) \(name)\(violation.detail)")]
    default: return [TraceLine(.objected, rejection.error.layer.rawValue, "\(rejection.error)")]
    }
  }

  // MARK: - Bytes

  private func masked(_ bytes: [UInt8], _ fields: [Field]) -> [UInt8] {
    var bytes = bytes
    for range in PacketDissector.secretRanges(in: fields) {
      for index in range.clamped(to: bytes.indices) { bytes[index] = SecretMask.byte }
    }
    return bytes
  }

  /// Sixteen bytes a line, in hexadecimal digits and as text; the first 4 KiB.
  private func dump(_ bytes: [UInt8], _ mark: TraceLine.Mark, of total: Int? = nil) -> [TraceLine] {
    let shown = min(bytes.count, 4096)
    var lines = stride(from: 0, to: shown, by: 16).map { start in
      let row = bytes[start..<min(start + 16, shown)]
      let digits = Self.hex(row, separator: " ")
      let offset = String(start, radix: 16)
      let text = row.map { 0x20...0x7E ~= $0 ? String(UnicodeScalar($0)) : "." }.joined()
      return TraceLine(
        mark, "",
        String(repeating: "0", count: max(4 - offset.utf8.count, 0)) + offset + "  " + digits
          + String(repeating: " ", count: 49 - digits.utf8.count) + text, isContinuation: true)
    }
    let total = total ?? bytes.count
    if total > shown {
      lines.append(
        TraceLine(mark, "", "\(Human.plural(total - shown, "more byte"))", isContinuation: true))
    }
    return lines
  }

  static func hex(_ bytes: some Sequence<UInt8>, separator: String) -> String {
    bytes.map { byte in
      String(UnicodeScalar(Hexadecimal.lower(byte >> 4)))
        + String(UnicodeScalar(Hexadecimal.lower(byte & 15)))
    }.joined(separator: separator)
  }
}

extension ConnectionState {
  fileprivate var traceLine: TraceLine {
    let text =
      switch self {
      case .connecting(let attempt): attempt == 1 ? "connecting" : "connecting, attempt \(attempt)"
      case .connected(let resumed): resumed ? "connected, the session goes on" : "connected"
      case .waiting(let delay): "waiting \(Human.duration(delay)) before the next attempt"
      case .closing: "closing"
      case .ended: "ended"
      }
    return TraceLine(.happened, "conn", text)
  }
}
