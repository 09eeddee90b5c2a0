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
  }

  private(set) var bytes: [UInt8] = []
  private(set) var rows: [Row] = []
  /// Parts of `bytes` that are not shown.
  private(set) var secrets: [Range<Int>] = []
  /// Bytes that the frame has and that are not kept.
  private(set) var missing = 0

  init(_ number: Int, _ ring: WireRing) {
    guard let item = ring.item(number) else { return }
    switch item.kind {
    case .frame(let frame): take(frame, ring.packets(of: number))
    case .packet(let packet): take(packet, at: 0, copies: true)
    case .rejected(let rejection): take(rejection)
    case .transport, .state:
      rows = [Row(depth: 0, name: WireText.summary(item).info, value: "", range: 0..<0)]
    }
  }

  private mutating func take(_ frame: WireFrame, _ packets: [WirePacket]) {
    let header = frame.header
    bytes = frame.headerBytes
    rows.append(
      Row(
        depth: 0, name: "WebSocket",
        value:
          "FIN=\(header.fin ? 1 : 0) opcode=\(header.opcode.rawValue) (\(header.opcode.name.lowercased())) "
          + "MASK=\(header.mask == nil ? 0 : 1) len=\(header.payloadLength)",
        range: 0..<bytes.count, rule: "RFC 6455 5.2"))
    let isWhole = packets.allSatisfy { $0.frames?.count == 1 }
    if isWhole {
      bytes += frame.payload.readableBytesView
      missing = header.payloadLength - frame.payload.readableBytes
    }
    if packets.isEmpty, !header.opcode.isControl {
      rows.append(
        Row(depth: 0, name: "fragment", value: "a packet goes on in a later frame", range: 0..<0))
    }
    var offset = frame.headerBytes.count
    for packet in packets {
      if !isWhole { offset = bytes.count }
      take(packet, at: offset, copies: !isWhole)
      offset += packet.length
    }
  }

  private mutating func take(_ packet: WirePacket, at offset: Int, copies: Bool) {
    if copies {
      bytes += packet.bytes.readableBytesView
      missing += packet.length - packet.bytes.readableBytes
    }
    let direction: PacketDecoder.Direction = packet.direction == .sent ? .toServer : .toClient
    let fields = PacketDissector.fields(packet.bytes, version: packet.version, direction: direction)
    let version = packet.version == .v5 ? "5.0" : "3.1.1"
    var title = "\(Human.grouped(packet.length)) B"
    if let frames = packet.frames, frames.count > 1 {
      title += ", in \(frames.count) frames (\(frames.first) to \(frames.last))"
    }
    if let answer = packet.answers {
      title += ", answers #\(answer.number) after \(Human.duration(answer.roundTrip))"
    }
    rows.append(
      Row(
        depth: 0, name: "MQTT \(version) \(packet.type.name)", value: title,
        range: offset..<(offset + packet.bytes.readableBytes), isBranch: true))
    append(fields, depth: 1, offset: offset)
    secrets += PacketDissector.secretRanges(in: fields).map {
      ($0.lowerBound + offset)..<($0.upperBound + offset)
    }
  }

  private mutating func take(_ rejection: WireRejection) {
    bytes = Array(rejection.bytes.readableBytesView)
    rows.append(
      Row(
        depth: 0, name: "rejected", value: "\(WireText.reason(rejection.error))", range: 0..<bytes.count,
        isDamaged: true))
    guard case .decode(let error) = rejection.error, !bytes.isEmpty else {
      // What is no packet may hold a secret anywhere; only that it was refused is known.
      if rejection.direction == .sent { secrets = [0..<bytes.count] }
      return
    }
    let direction: PacketDecoder.Direction = rejection.direction == .sent ? .toServer : .toClient
    let fields = PacketDissector.fields(
      rejection.bytes, version: rejection.version, direction: direction, error: error)
    append(fields, depth: 1, offset: 0)
    secrets = PacketDissector.secretRanges(in: fields)
  }

  private mutating func append(_ fields: [Field], depth: Int, offset: Int) {
    for field in fields {
      rows.append(
        Row(
          depth: depth, name: field.name, value: field.isSecret ? "********" : field.value,
          range: (field.range.lowerBound + offset)..<(field.range.upperBound + offset), rule: field.rule,
          isSecret: field.isSecret, isDamaged: field.isDamaged, isBranch: !field.children.isEmpty))
      if !field.isSecret { append(field.children, depth: depth + 1, offset: offset) }
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
