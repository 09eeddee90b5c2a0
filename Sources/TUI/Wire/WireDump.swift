import Client
import MQTTPackets
import NIOCore
import Text
import WebSocketTransport

/// A frame with the packets that end in it: its bytes, and the tree of fields over them.
struct WireDump {
  struct Row: Equatable {
    var depth: Int
    var name: String
    var value: String
    var range: Range<Int>
    var rule: String?
    var isSecret = false
    var isDamaged = false
    var isBranch = false
    /// The names down to this one: the same field of the next frame has the same path.
    var path = ""
    /// The row of the frame that has the other packet of an exchange.
    var target: Int?

    /// Whether what is below is hidden until it is asked for: most people look for what MQTT says.
    var isFoldedAtFirst: Bool { path == "WebSocket" || path.hasSuffix("/Fixed Header") }
  }

  private(set) var bytes: [UInt8] = []
  private(set) var rows: [Row] = []
  /// Parts of `bytes` that are not shown.
  private(set) var secrets: [Range<Int>] = []
  /// Bytes that the frame has and that are not kept.
  private(set) var missing = 0

  /// - Parameter row: of the list of frames.
  init(_ row: Int, _ ring: WireRing) {
    guard let item = ring.item(ofRow: row) else { return }
    switch item.kind {
    case .frame(let frame): take(frame, row, ring)
    case .packet(let packet): take(packet, item.number, ring, at: 0, copies: true)
    case .rejected(let rejection): take(rejection)
    case .transport, .state:
      rows = [Row(depth: 0, name: WireText.summary(item).info, value: "", range: 0..<0)]
    }
  }

  private mutating func take(_ frame: WireFrame, _ row: Int, _ ring: WireRing) {
    let header = frame.header
    bytes = frame.headerBytes
    let reserved = bytes.first.map { String($0 >> 4 & 7, radix: 2) } ?? ""
    rows.append(
      Row(
        depth: 0, name: "WebSocket",
        value:
          "FIN=\(header.fin ? 1 : 0) RSV=\(String(repeating: "0", count: 3 - reserved.utf8.count))\(reserved) "
          + "opcode=\(header.opcode.rawValue) (\(header.opcode.name.lowercased())) "
          + "MASK=\(header.mask == nil ? 0 : 1) len=\(header.payloadLength)",
        range: 0..<bytes.count, rule: "RFC 6455 5.2", isBranch: true, path: "WebSocket"))
    let numbers = ring.packetNumbers(ofRow: row)
    let isMessage = !header.opcode.isControl
    let fields = frame.fields.filter { !isMessage || $0.range.lowerBound < bytes.count }
    append(fields, depth: 1, offset: 0, path: "WebSocket")
    let packets = numbers.compactMap(ring.packet)
    let isWhole = packets.allSatisfy { $0.frames?.count == 1 }
    if isWhole {
      bytes += frame.payload.readableBytesView
      missing = header.payloadLength - frame.payload.readableBytes
    }
    if packets.isEmpty, isMessage { rows.append(fragment(row, ring)) }
    var offset = frame.headerBytes.count
    for (packet, number) in zip(packets, numbers) {
      if !isWhole { offset = bytes.count }
      take(packet, number, ring, at: offset, copies: !isWhole)
      offset += packet.length
    }
  }

  private func fragment(_ row: Int, _ ring: WireRing) -> Row {
    guard let whole = ring.whole(ofFragment: row) else {
      return Row(depth: 0, name: "fragment", value: "of a packet that is not complete", range: 0..<0)
    }
    return Row(
      depth: 0, name: "fragment", value: "of a packet that ends in frame \(whole)", range: 0..<0,
      path: "fragment", target: whole)
  }

  private mutating func take(
    _ packet: WirePacket, _ number: Int, _ ring: WireRing, at offset: Int, copies: Bool
  ) {
    if copies {
      bytes += packet.bytes.readableBytesView
      missing += packet.length - packet.bytes.readableBytes
    }
    let version = packet.version == .v5 ? "5.0" : "3.1.1"
    rows.append(
      Row(
        depth: 0, name: "MQTT \(version) \(packet.type.name)", value: Self.title(packet),
        range: offset..<(offset + packet.bytes.readableBytes), isBranch: true, path: "MQTT"))
    var fields = packet.fields
    if fields.count > 1, fields[1].range.lowerBound == 1 {
      // One branch for both, for the row above says it all.
      fields[0].children.append(fields[1])
      fields[0].range = 0..<fields[1].range.upperBound
      fields.remove(at: 1)
    }
    append(fields, depth: 1, offset: offset, path: "MQTT")
    secrets += PacketDissector.secretRanges(in: fields).map {
      ($0.lowerBound + offset)..<($0.upperBound + offset)
    }
    appendExchange(packet, number, ring)
  }

  /// `DUP=0 QoS=1 RETAIN=1  remaining=60`
  private static func title(_ packet: WirePacket) -> String {
    let header = packet.bytes.readableBytesView.prefix(5)
    let length = 2 + header.dropFirst().prefix { $0 & 0x80 != 0 }.count
    var title = ""
    if packet.type == .publish, let flags = header.first {
      title = "DUP=\(flags >> 3 & 1) QoS=\(flags >> 1 & 3) RETAIN=\(flags & 1)  "
    }
    title += "remaining=\(max(0, packet.length - length))"
    if let frames = packet.frames, frames.count > 1 {
      title += "  in \(frames.count) frames"
    }
    return title
  }

  /// The other packets of the exchange, each of which Enter goes to.
  private mutating func appendExchange(_ packet: WirePacket, _ number: Int, _ ring: WireRing) {
    func row(_ name: String, _ other: Int, _ roundTrip: Duration) -> Row? {
      guard let found = ring.packet(other), let place = ring.row(ofPacket: other) else { return nil }
      let way = found.direction == .sent ? "sent" : "received"
      return Row(
        depth: 1, name: name, value: "\(found.type.name) \(way), \(Human.duration(roundTrip))  #\(place)",
        range: 0..<0, path: "MQTT/\(name)", target: place)
    }
    if let answered = packet.answers, let row = row("answers", answered.number, answered.roundTrip) {
      rows.append(row)
    }
    if let answer = ring.answer(to: number), let roundTrip = ring.packet(answer)?.answers?.roundTrip,
      let row = row("answer", answer, roundTrip)
    {
      rows.append(row)
    }
  }

  private mutating func take(_ rejection: WireRejection) {
    bytes = Array(rejection.bytes.readableBytesView)
    rows.append(
      Row(
        depth: 0, name: "rejected", value: WireText.reason(rejection), range: 0..<bytes.count,
        rule: rejection.rule.isEmpty ? nil : rejection.rule, isDamaged: true, path: "rejected"))
    guard case .decode(let error) = rejection.error, !bytes.isEmpty else {
      // What is no packet may hold a secret anywhere; only that it was refused is known.
      if rejection.direction == .sent { secrets = [0..<bytes.count] }
      return
    }
    let fields = PacketDissector.fields(
      rejection.bytes, version: rejection.version, direction: rejection.flow, error: error)
    append(fields, depth: 1, offset: 0, path: "rejected")
    secrets = PacketDissector.secretRanges(in: fields)
  }

  private mutating func append(_ fields: [Field], depth: Int, offset: Int, path: String) {
    for field in fields {
      let path = "\(path)/\(field.name)"
      rows.append(
        Row(
          depth: depth, name: field.name, value: field.isSecret ? "********" : field.value,
          range: (field.range.lowerBound + offset)..<(field.range.upperBound + offset), rule: field.rule,
          isSecret: field.isSecret, isDamaged: field.isDamaged,
          isBranch: !field.children.isEmpty && !field.isSecret, path: path))
      if !field.isSecret { append(field.children, depth: depth + 1, offset: offset, path: path) }
    }
  }

  /// The innermost row over a byte.
  func row(over byte: Int) -> Int? {
    var found: Int?
    for (index, row) in rows.enumerated() where row.range.contains(byte) {
      if found.map({ rows[$0].range.count >= row.range.count }) ?? true { found = index }
    }
    return found
  }
}
