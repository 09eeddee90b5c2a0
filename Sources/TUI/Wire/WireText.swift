import Client
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Text
import WebSocketTransport

/// What the list of frames says of an item.
enum WireText {
  struct Summary {
    var direction: TraceEvent.Direction?
    var frame = ""
    var length: Int?
    var packet = "-"
    var info = ""
    var isViolation = false
  }

  static func summary(_ item: WireItem, row: Int = 0, _ ring: WireRing? = nil) -> Summary {
    let packets = ring?.packets(ofRow: row) ?? []
    var summary = Summary()
    switch item.kind {
    case .frame(let frame):
      summary.direction = frame.direction
      summary.frame = frame.header.opcode == .binary ? "BIN" : frame.header.opcode.name
      if frame.header.fin { summary.frame += " fin" }
      if frame.header.mask != nil { summary.frame += " mk" }
      summary.length = frame.headerBytes.count + frame.header.payloadLength
      describe(packets, &summary)
      if packets.isEmpty, !frame.header.opcode.isControl {
        let place = ring?.place(ofFragment: row).map { "fragment \($0.index)/\($0.count)" }
        summary.info = "\(place ?? "fragment") of a packet"
      }
      if summary.info.isEmpty, frame.header.mask != nil {
        summary.info = "key \(frame.headerBytes.suffix(4).map { PayloadText.hex($0) }.joined())"
      }
    case .packet(let packet):
      summary.direction = packet.direction
      summary.length = packet.length
      describe([packet], &summary)
    case .rejected(let rejection):
      summary.direction = rejection.direction
      summary.length = rejection.bytes.readableBytes
      summary.info = reason(rejection)
      if case .decode(let error) = rejection.error { summary.packet = error.packet?.name ?? "-" }
      summary.isViolation = true
    case .state(let state): summary.info = text(state)
    case .transport(let event): summary.info = text(event)
    }
    return summary
  }

  private static func describe(_ packets: [WirePacket], _ summary: inout Summary) {
    guard let first = packets.first else { return }
    summary.packet = first.type.name + (packets.count > 1 ? " x\(packets.count)" : "")
    summary.info = packets.prefix(4).map { info($0, isAlone: packets.count == 1) }.joined(separator: ", ")
    if let frames = first.frames, frames.count > 1 { summary.info += "  (\(frames.count) frames)" }
  }

  private static func info(_ packet: WirePacket, isAlone: Bool) -> String {
    switch packet.packet {
    case .publish(let publish):
      guard isAlone else { return publish.message.topic }
      return "\(publish.message.topic) q\(publish.message.qos.rawValue)\(publish.message.retain ? " R" : "")"
    case .pubAck(let ack), .pubRec(let ack), .pubRel(let ack), .pubComp(let ack):
      let name = ack.reasonCode.name(in: packet.type, version: packet.version).map { " \($0)" } ?? ""
      return "pid=\(ack.packetIdentifier) rc=0x\(PayloadText.hex(ack.reasonCode.rawValue))\(name)"
    case .subscribe(let subscribe):
      return "pid=\(subscribe.packetIdentifier) "
        + subscribe.subscriptions.map(\.filter).joined(separator: " ")
    case .subAck(let ack): return "pid=\(ack.packetIdentifier)"
    case .unsubscribe(let unsubscribe): return "pid=\(unsubscribe.packetIdentifier)"
    case .unsubAck(let ack): return "pid=\(ack.packetIdentifier)"
    case .connect(let connect): return "client \(connect.clientIdentifier)"
    case .connAck(let ack): return "rc=0x\(PayloadText.hex(ack.reasonCode.rawValue))"
    case .disconnect(let disconnect): return "rc=0x\(PayloadText.hex(disconnect.reasonCode.rawValue))"
    default: return isAlone ? "" : packet.type.name
    }
  }

  /// The rule that was broken, and how.
  static func reason(_ rejection: WireRejection) -> String {
    switch rejection.error {
    case .decode(let error): "\(error.rule) \(error.field): \(error.detail)"
    case .transport(.webSocket(let violation)): "\(violation.rule) \(violation.detail)"
    case .violation(let violation): "\(violation.rule) \(violation.detail)"
    default: "\(rejection.error)"
    }
  }

  private static func text(_ state: ConnectionState) -> String {
    switch state {
    case .connecting(let attempt): "connecting, attempt \(attempt)"
    case .connected(let resumed): resumed ? "connected, session resumed" : "connected"
    case .waiting(let delay): "next attempt in \(Human.duration(delay))"
    case .closing: "closing"
    case .ended: "ended"
    }
  }

  /// Without the bytes that were exchanged, which may hold secrets.
  private static func text(_ event: TransportEvent) -> String {
    switch event {
    case .resolving(let host): "dns: resolving \(host)"
    case .resolved(let addresses, let time):
      "dns: \(Human.plural(addresses.count, "address")) in \(Human.duration(time))"
    case .attempt(let address): "tcp: trying \(address.traceText)"
    case .attemptFailed(let attempt): "tcp: \(attempt.address.traceText) failed"
    case .connected(_, let remote): "tcp: connected to \(remote.traceText)"
    case .proxyAsked(let host, let port, _): "proxy: asked for \(host):\(port)"
    case .proxyAnswered(let status, _): "proxy: answered" + (status.map { " \($0)" } ?? "")
    case .tlsStarted(let name): "tls: handshake" + (name.map { " with \($0)" } ?? "")
    case .tlsEstablished(let facts): "tls: \(facts.version) \(facts.cipher)"
    case .upgradeSent: "http: upgrade requested"
    case .upgradeReceived: "http: upgrade answered"
    case .upgraded: "ws: open"
    case .failed(let error): "\(error.layer.rawValue): failed"
    case .closed: "tcp: closed"
    }
  }
}
