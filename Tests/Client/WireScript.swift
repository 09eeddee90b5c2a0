import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

@testable import Client

/// Both ends of a conversation as events of a tap, and what a `WireReader` makes of them in lines:
/// `2 > CONNECT clean`, `4 < CONNACK re 2 5ms`.
struct WireScript {
  private(set) var reader: WireReader
  private(set) var items: [WireItem] = []
  private var now: UInt64 = 0
  private var client = FrameEncoder(role: .client)
  private var server = FrameEncoder(role: .server)
  private let role: FrameDecoder.Role
  var version = ProtocolVersion.v5

  init(role: FrameDecoder.Role = .client, keptBytes: Int = WireReader.usualKeptBytes) {
    self.role = role
    reader = WireReader(role: role, keptBytes: keptBytes)
  }

  mutating func connect(attempt: Int = 1) { tell(.state(.connecting(attempt: attempt))) }

  mutating func tell(_ kind: TraceEvent.Kind) {
    reader.read(TraceEvent(time: MonotonicTime(nanoseconds: now), kind: kind), into: &items)
  }

  mutating func wait(_ milliseconds: UInt64) { now += milliseconds * 1_000_000 }

  // MARK: - Bytes

  func bytes(of packets: [Packet]) -> ByteBuffer {
    var bytes = ByteBuffer()
    for packet in packets { try? packet.encode(version, into: &bytes) }
    return bytes
  }

  /// A frame of the client's, or of the server's.
  mutating func frame(_ payload: ByteBuffer, byClient: Bool, _ opcode: FrameOpcode = .binary) -> ByteBuffer {
    var bytes = ByteBuffer()
    if byClient {
      client.write(opcode, payload, into: &bytes)
    } else {
      server.write(opcode, payload, into: &bytes)
    }
    return bytes
  }

  mutating func client(_ packets: Packet...) {
    pass(frame(bytes(of: packets), byClient: true), byClient: true)
  }

  mutating func server(_ packets: Packet...) {
    pass(frame(bytes(of: packets), byClient: false), byClient: false)
  }

  mutating func pass(_ bytes: ByteBuffer, byClient: Bool) {
    tell(.bytes((role == .client) == byClient ? .sent : .received, bytes))
  }

  // MARK: - Lines

  /// Of frames and packets and what was rejected, since the last call.
  mutating func takeLines() -> [String] {
    defer { items.removeAll() }
    return items.compactMap(Self.line)
  }

  static func line(_ item: WireItem) -> String? {
    switch item.kind {
    case .transport, .state: return nil
    case .frame(let frame):
      return
        "\(item.number) \(arrow(frame.direction)) \(frame.header.opcode.name) \(frame.header.payloadLength)"
    case .rejected(let rejection):
      return "\(item.number) \(arrow(rejection.direction)) rejected \(rule(of: rejection.error))"
    case .packet(let packet):
      let answer = packet.answers.map {
        " re \($0.number) \($0.roundTrip / .milliseconds(1))ms"
          + ($0.first == $0.number ? "" : " of \($0.first) \($0.total / .milliseconds(1))ms")
      }
      let text = packet.packet.map { describe($0) } ?? packet.type.name
      return "\(item.number) \(arrow(packet.direction)) \(text)\(answer ?? "")"
    }
  }

  private static func arrow(_ direction: TraceEvent.Direction) -> String { direction == .sent ? ">" : "<" }

  private static func rule(of error: ClientError) -> String {
    switch error {
    case .decode(let error): error.rule
    case .transport(.webSocket(let violation)): violation.rule
    case .violation(let violation): violation.rule
    default: "\(error)"
    }
  }
}
