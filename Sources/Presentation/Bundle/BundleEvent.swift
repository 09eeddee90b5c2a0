import Client
import MQTTSession
import NIOCore
import Text
import WebSocketTransport

/// An event in a bundle, `{"wire":{"event":"sent","time_ns":…,"data":"…"}}`: as much of it as frames and
/// packets are made from.
enum BundleEvent {
  /// nil for what is not kept.
  static func line(_ event: TraceEvent, clockOffset: Int64) -> [UInt8]? {
    guard let (name, data) = words(event.kind) else { return nil }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("wire")
    writer.beginObject()
    writer.field("event", name)
    writer.field("time_ns", Int(Int64(clamping: event.time.nanoseconds) &+ clockOffset))
    if let data { writer.field("data", data) }
    writer.endObject()
    writer.endObject()
    return writer.bytes + [0x0A]
  }

  private static func words(_ kind: TraceEvent.Kind) -> (name: String, data: String?)? {
    switch kind {
    case .bytes(let direction, let bytes):
      bytes.readableBytes == 0 ? nil : (direction == .sent ? "sent" : "received", base64(bytes))
    case .transport(let event): words(event)
    case .state(.connecting(let attempt)): ("connecting", String(attempt))
    case .state(.connected): ("connected", nil)
    case .state(.closing): ("closing", nil)
    case .state(.ended): ("ended", nil)
    case .state(.waiting), .violation: nil
    }
  }

  private static func words(_ event: TransportEvent) -> (name: String, data: String?)? {
    switch event {
    case .connected(_, let remote): ("tcp", remote.traceText)
    case .tlsStarted: ("tls", nil)
    case .upgradeSent(let bytes): ("request", base64(bytes))
    case .upgradeReceived(let bytes): ("answer", base64(bytes))
    case .upgraded: ("open", nil)
    case .failed: ("failed", nil)
    case .closed: ("closed", nil)
    default: nil
    }
  }

  private static func base64(_ bytes: ByteBuffer) -> String {
    var text: [UInt8] = []
    bytes.withUnsafeReadableBytes { Base64.append($0, to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  /// nil for what is no such event.
  static func record(_ value: JSONValue) -> WireRecord? {
    guard let name = value["event"]?.string, let time = value["time_ns"]?.integer else { return nil }
    let record = WireRecord(
      at: WallTime(nanoseconds: Int64(time)), name: name, data: value["data"]?.string ?? "")
    return record.kind == nil ? nil : record
  }

  /// The reverse of `words`.
  static func kind(_ name: String, _ data: String) -> TraceEvent.Kind? {
    switch name {
    case "sent": bytes(data).map { .bytes(.sent, $0) }
    case "received": bytes(data).map { .bytes(.received, $0) }
    case "request": bytes(data).map { .transport(.upgradeSent($0)) }
    case "answer": bytes(data).map { .transport(.upgradeReceived($0)) }
    case "tcp": address(data).map { .transport(.connected(local: nil, remote: $0)) }
    case "tls": .transport(.tlsStarted(serverName: nil))
    case "open": .transport(.upgraded(nil))
    case "failed": .transport(.failed(.cancelled))
    case "closed": .transport(.closed(nil))
    case "connecting": .state(.connecting(attempt: Int(data) ?? 1))
    case "connected": .state(.connected(resumed: false))
    case "closing": .state(.closing)
    case "ended": .state(.ended)
    default: nil
    }
  }

  private static func bytes(_ data: String) -> ByteBuffer? {
    Base64.decode(data).map(ByteBuffer.init(bytes:))
  }

  /// `192.0.2.1:80`, `[2001:db8::1]:80`.
  private static func address(_ text: String) -> SocketAddress? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
      return nil
    }
    let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
    return try? SocketAddress(ipAddress: host, port: port)
  }
}
