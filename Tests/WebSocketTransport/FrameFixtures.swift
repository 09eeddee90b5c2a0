import NIOCore
import Testing

@testable import WebSocketTransport

/// Bytes from their spelling in hexadecimal; blanks are for the eye.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// A frame from its fields, sound or not; the length takes its shortest form.
func frame(
  _ first: UInt8, _ payload: [UInt8] = [], mask: UInt32? = nil
) -> [UInt8] {
  var header = [UInt8](repeating: 0, count: 14)
  let length = header.withUnsafeMutableBytes {
    FrameEncoder.writeHeader(first, payloadLength: payload.count, maskKey: mask, to: $0)
  }
  var payload = payload
  if let mask { payload.withUnsafeMutableBytes { FrameMask.apply(mask, to: $0) } }
  return header.prefix(length) + payload
}

/// What came out of a stream of frames, however it was cut.
struct FrameLog: Equatable, CustomTestStringConvertible {
  /// The data payload of all frames, joined.
  var data: [UInt8] = []
  /// Each control frame with its payload, and where a data frame or message ended.
  var marks: [String] = []
  var violation: WebSocketViolation.Kind?
  var closeCode: CloseCode?
  var offset: UInt64?
  /// Bytes that no step took.
  var rest = 0
  var ignored = 0

  var testDescription: String {
    "\(data.count) bytes, \(marks), \(String(describing: violation)) at \(offset ?? 0), rest \(rest)"
  }
}

/// Walks `bytes` as a reader would who gets `piece` bytes at a time.
func walk(
  _ bytes: [UInt8], as role: FrameDecoder.Role = .client, piece: Int = .max, maximumFrameSize: Int = 1 << 24,
  maximumFragments: Int = 65_536
) -> FrameLog {
  var decoder = FrameDecoder(
    role: role, maximumFrameSize: maximumFrameSize, maximumFragments: maximumFragments)
  var log = FrameLog()
  var pending: [UInt8] = []
  var read = 0
  while read < bytes.count {
    let end = read + min(piece, bytes.count - read)
    pending += bytes[read..<end]
    read = end
    do {
      pending.removeFirst(try pending.withUnsafeMutableBytes { try walk($0, with: &decoder, into: &log) })
    } catch let error as WebSocketViolation {
      log.violation = error.kind
      log.closeCode = error.closeCode
      log.offset = error.offset
      return log
    } catch {
      Issue.record(error)
      return log
    }
  }
  log.rest = pending.count
  return log
}

private func walk(
  _ bytes: UnsafeMutableRawBufferPointer, with decoder: inout FrameDecoder, into log: inout FrameLog
) throws(WebSocketViolation) -> Int {
  var offset = 0
  while true {
    let step = try decoder.next(unmasking: bytes, at: offset)
    let payload = UnsafeRawBufferPointer(rebasing: bytes[step.payload])
    switch step.kind {
    case .needMore: return offset
    case .data:
      log.data += payload
      if step.endsFrame { log.marks.append(step.fin ? "message" : "fragment") }
    case .ping: log.marks.append("ping " + String(decoding: payload, as: UTF8.self))
    case .pong: log.marks.append("pong " + String(decoding: payload, as: UTF8.self))
    case .close:
      let close = try CloseFrame(payload: payload)
      log.marks.append("close \(close.code?.rawValue ?? 0) \(close.reason)")
    case .afterClose: log.ignored += payload.count
    }
    offset = step.payloadEnd
  }
}

/// A generator whose numbers are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
