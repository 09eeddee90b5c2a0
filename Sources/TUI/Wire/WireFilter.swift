import Client
import Expression
import MQTTPackets
import MQTTSession

/// Which rows of the wire pass the filter: a frame passes with any of its packets. Checked as they come, a
/// bounded number an event.
struct WireFilter: Sendable {
  private static let rowsPerEvent = 2_000

  let expression: Expression
  private(set) var rows: [Int] = []
  private var next = 0

  init(_ expression: Expression) { self.expression = expression }

  mutating func advance(_ ring: WireRing, _ workspace: Workspace) {
    let shown = ring.shown
    if let first = rows.first, first < shown.lowerBound { rows.removeAll { $0 < shown.lowerBound } }
    next = max(next, shown.lowerBound)
    let end = min(shown.upperBound, next + Self.rowsPerEvent)
    while next < end {
      if passes(next, ring, workspace) { rows.append(next) }
      next += 1
    }
  }

  private func passes(_ row: Int, _ ring: WireRing, _ workspace: Workspace) -> Bool {
    guard let item = ring.item(ofRow: row) else { return false }
    var subject = Subject()
    subject.age = workspace.time.duration(since: item.time) / .seconds(1)
    if case .frame(let frame) = item.kind {
      let header = frame.header
      subject.direction = frame.direction == .sent ? .outgoing : .incoming
      subject.frame = Subject.Frame(
        opcode: header.opcode.rawValue, isFinal: header.fin, length: header.payloadLength)
    }
    let packets = ring.packets(ofRow: row)
    guard !packets.isEmpty else { return expression.matches(subject) }
    return packets.contains { passes($0, subject) }
  }

  private func passes(_ packet: WirePacket, _ subject: Subject) -> Bool {
    var subject = subject
    subject.type = packet.type
    subject.direction = packet.direction == .sent ? .outgoing : .incoming
    subject.roundTrip = packet.answers.map { $0.roundTrip / .seconds(1) }
    subject.size = packet.length
    switch packet.packet {
    case .publish(let publish):
      subject.topic = publish.message.topic
      subject.qos = publish.message.qos
      subject.retain = publish.message.retain
      subject.isDuplicate = publish.isDuplicate
      subject.packetIdentifier = publish.packetIdentifier
      subject.properties = publish.message.properties
      let content = publish.message.payload
      // What is not kept of the packet belongs to the payload.
      subject.size = content.readableBytes + packet.length - packet.bytes.readableBytes
      return content.withUnsafeReadableBytes { payload in
        subject.payload = payload
        return expression.matches(subject)
      }
    case .pubAck(let ack), .pubRec(let ack), .pubRel(let ack), .pubComp(let ack):
      subject.packetIdentifier = ack.packetIdentifier
      subject.reasonCode = ack.reasonCode.rawValue
    case .connAck(let connAck): subject.reasonCode = connAck.reasonCode.rawValue
    case .disconnect(let disconnect): subject.reasonCode = disconnect.reasonCode.rawValue
    case .subscribe(let subscribe): subject.packetIdentifier = subscribe.packetIdentifier
    case .unsubscribe(let unsubscribe): subject.packetIdentifier = unsubscribe.packetIdentifier
    case .subAck(let subAck): subject.packetIdentifier = subAck.packetIdentifier
    case .unsubAck(let unsubAck): subject.packetIdentifier = unsubAck.packetIdentifier
    default: break
    }
    return expression.matches(subject)
  }
}
