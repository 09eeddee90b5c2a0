import NIOCore
import Testing

@testable import WebSocketTransport

let sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="
let sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

/// What a response parser said in the end, and what it left in the buffer.
struct ResponseLog: Equatable {
  var outcome: UpgradeResponseParser.Outcome?
  var violation: UpgradeViolation?
  var leftover: [UInt8] = []
}

/// Feeds `bytes` in pieces; with `closes` the end of the stream follows.
func read(
  response bytes: [UInt8], piece: Int = .max, closes: Bool = false, subprotocol: String? = "mqtt",
  allowsMissingSubprotocol: Bool = false, maximumHeadLength: Int = 65_536
) -> ResponseLog {
  var parser = UpgradeResponseParser(
    key: sampleKey, subprotocol: subprotocol, allowsMissingSubprotocol: allowsMissingSubprotocol,
    maximumHeadLength: maximumHeadLength)
  var log = ResponseLog(outcome: .needMore)
  var start = 0
  do throws(UpgradeViolation) {
    while start < bytes.count {
      let end = start + min(piece, bytes.count - start)
      var buffer = ByteBuffer(bytes: bytes[start..<end])
      log.outcome = try parser.feed(&buffer)
      start = end
      guard log.outcome == .needMore else {
        log.leftover = Array(buffer.readableBytesView) + bytes[end...]
        return log
      }
    }
    if closes { log.outcome = .refused(try parser.endOfStream()) }
  } catch {
    log.outcome = nil
    log.violation = error
  }
  return log
}

/// Feeds a request in pieces.
func read(
  request bytes: [UInt8], piece: Int = .max, policy: UpgradePolicy = UpgradePolicy(),
  maximumHeadLength: Int = 65_536
) -> (outcome: UpgradeRequestParser.Outcome, leftover: [UInt8]) {
  var parser = UpgradeRequestParser(policy: policy, maximumHeadLength: maximumHeadLength)
  var start = 0
  while start < bytes.count {
    let end = start + min(piece, bytes.count - start)
    var buffer = ByteBuffer(bytes: bytes[start..<end])
    let outcome = parser.feed(&buffer)
    start = end
    if outcome != .needMore { return (outcome, Array(buffer.readableBytesView) + bytes[end...]) }
  }
  return (.needMore, [])
}

/// A head with its lines ended as they must be.
func head(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) }

/// A sound 101 with lines replaced (by the name before the colon; nil drops it) and added.
func response(
  _ changes: [String: String?] = [:], adding: [String] = [],
  status: String = "HTTP/1.1 101 Switching Protocols"
) -> [UInt8] {
  let lines = [
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(sampleAccept)",
    "Sec-WebSocket-Protocol: mqtt",
  ]
  return head([status] + changed(lines, changes) + adding)
}

/// A sound request, changed in the same way.
func request(
  _ changes: [String: String?] = [:], adding: [String] = [], line: String = "GET /mqtt?a=1 HTTP/1.1"
) -> [UInt8] {
  let lines = [
    "Host: localhost:8083", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(sampleKey)",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mqtt",
  ]
  return head([line] + changed(lines, changes) + adding)
}

private func changed(_ lines: [String], _ changes: [String: String?]) -> [String] {
  lines.compactMap { line in
    let name = String(line.prefix { $0 != ":" })
    guard let change = changes[name] else { return line }
    return change.map { "\(name): \($0)" }
  }
}
