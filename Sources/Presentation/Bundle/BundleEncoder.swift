import Client
import MQTTSession
import NIOCore
import Text
import WebSocketTransport

/// One file that tells all of an examination to somebody else: NDJSON with the versions first, then what
/// happened, the verdict last. Pure; secrets are masked.
///
/// Each event stands there twice: as `trace`, for people and `jq`, as `--trace-json` has it, and as `wire`,
/// with the bytes, from which `watch` makes frames and packets. Connections that live side by side have no
/// `wire`.
package struct BundleEncoder {
  package static let format = 1

  private let clockOffset: Int64
  private var trace: TraceJSON
  private var echoes = EchoMask()
  private var sent = SecretStream(.toServer)
  private var received = SecretStream(.toClient)
  private var sawUpgrade = false

  package init(monotonic: MonotonicTime, wall: WallTime) {
    clockOffset = wall.nanoseconds - Int64(clamping: monotonic.nanoseconds)
    trace = TraceJSON(monotonic: monotonic, wall: wall)
  }

  /// - Parameter versions: of the program and of what it stands on, by name.
  package static func header(versions: [(name: String, version: String)], created: WallTime) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("mqttws_bundle", format)
    writer.field("created", created.iso8601)
    for (name, version) in versions { writer.field(name, version) }
    writer.endObject()
    return writer.bytes + [0x0A]
  }

  /// - Parameter report: a JSON document in one line.
  package static func ending(report: String) -> [UInt8] { Array("{\"report\":\(report)}\n".utf8) }

  package mutating func append(_ event: TraceEvent, from source: Int, to output: inout [UInt8]) {
    var lines: [UInt8] = []
    trace.append(event, from: source, to: &lines)
    for line in lines.split(separator: 0x0A) {
      output += Array("{\"trace\":".utf8) + line + Array("}\n".utf8)
    }
    guard source == 0 else { return }
    for event in masked(echoes.pass(event)) {
      guard let line = BundleEvent.line(event, clockOffset: clockOffset) else { continue }
      output += line
    }
  }

  private mutating func masked(_ event: TraceEvent) -> [TraceEvent] {
    var event = event
    switch event.kind {
    case .bytes(.sent, let bytes): event.kind = .bytes(.sent, ByteBuffer(bytes: sent.pass(bytes)))
    case .bytes(.received, let bytes): event.kind = .bytes(.received, ByteBuffer(bytes: received.pass(bytes)))
    case .transport(.connected):
      sent = SecretStream(.toServer)
      received = SecretStream(.toClient)
      sawUpgrade = false
    case .transport(.upgradeSent(let bytes)):
      sawUpgrade = true
      event.kind = .transport(.upgradeSent(Self.masked(bytes)))
    case .transport(.upgradeReceived(let bytes)):
      event.kind = .transport(.upgradeReceived(Self.masked(bytes)))
    case .transport(.upgraded):
      sent.isFramed = sawUpgrade
      received.isFramed = sawUpgrade
    case .transport(.closed), .transport(.failed):
      let rest: [TraceEvent.Kind] = [
        .bytes(.sent, ByteBuffer(bytes: sent.finish())),
        .bytes(.received, ByteBuffer(bytes: received.finish())), event.kind,
      ]
      return rest.map { TraceEvent(time: event.time, kind: $0) }
    default: break
    }
    return [event]
  }

  private static func masked(_ bytes: ByteBuffer) -> ByteBuffer {
    ByteBuffer(bytes: SecretMask.http(Array(bytes.readableBytesView)))
  }
}
