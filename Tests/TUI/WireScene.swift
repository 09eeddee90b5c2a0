import Client
import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

@testable import TUI

/// What the tap of a connection over WebSocket would report, packet by packet.
struct WireScene {
  private(set) var events: [TraceEvent] = []
  var time: MonotonicTime

  init(at time: MonotonicTime) {
    self.time = time
    add(.state(.connecting(attempt: 1)))
    if let local = try? SocketAddress(ipAddress: "127.0.0.1", port: 49_152),
      let remote = try? SocketAddress(ipAddress: "192.0.2.7", port: 8084)
    {
      add(.transport(.connected(local: local, remote: remote)))
    }
    add(.transport(.upgradeSent(ByteBuffer(string: "GET /mqtt HTTP/1.1\r\n\r\n"))))
    add(.transport(.upgraded(nil)))
    send(.connect(Connect(version: .v5, clientIdentifier: "mqttws-7f3a")))
    receive(.connAck(ConnAck()))
  }

  private mutating func add(_ kind: TraceEvent.Kind) { events.append(TraceEvent(time: time, kind: kind)) }

  private static func bytes(_ packet: Packet) -> ByteBuffer {
    var bytes = ByteBuffer()
    try? packet.encode(.v5, into: &bytes)
    return bytes
  }

  /// A client's frame with the mask key 9c41e07b.
  mutating func send(_ packet: Packet) {
    let payload = Self.bytes(packet)
    let key: [UInt8] = [0x9C, 0x41, 0xE0, 0x7B]
    var frame = ByteBuffer(bytes: [0x82, 0x80 | UInt8(truncatingIfNeeded: payload.readableBytes)] + key)
    for (index, byte) in payload.readableBytesView.enumerated() { frame.writeInteger(byte ^ key[index % 4]) }
    add(.bytes(.sent, frame))
  }

  /// A server's frames, one for each part; packets may be cut anywhere.
  mutating func receive(_ packets: Packet..., cutAt cuts: [Int] = []) {
    let whole = packets.flatMap { Array(Self.bytes($0).readableBytesView) }
    let bounds = [0] + cuts + [whole.count]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      let isFirst = start == 0
      let isLast = end == whole.count
      let opcode: UInt8 = (isFirst ? 2 : 0) | (isLast ? 0x80 : 0)
      let length = UInt8(truncatingIfNeeded: end - start)
      add(.bytes(.received, ByteBuffer(bytes: [opcode, length] + whole[start..<end])))
    }
  }

  mutating func receive(
    _ topic: String, _ payload: String, qos: QoS = .atMostOnce, retain: Bool = false, id: UInt16? = nil,
    properties: Properties = [], cutAt cuts: [Int] = []
  ) {
    let message = Message(
      topic: topic, payload: ByteBuffer(string: payload), qos: qos, retain: retain, properties: properties)
    receive(.publish(Publish(message: message, packetIdentifier: id)), cutAt: cuts)
  }
}
