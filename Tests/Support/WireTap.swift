/// Which way bytes go through a relay.
package enum Direction: Int, Sendable, CaseIterable { case toServer, toClient }

/// The control packets of a QoS 2 exchange, by their type number.
package enum PacketKind: UInt8, Sendable {
  case connect = 1, connAck, publish, pubAck, pubRec, pubRel, pubComp, subscribe, subAck, unsubscribe,
    unsubAck
  case pingReq, pingResp, disconnect, auth
}

/// One control packet that went by.
package struct PassedPacket: Equatable, Sendable {
  package let direction: Direction
  package let kind: PacketKind
  package let qos: UInt8
  package let isDuplicate: Bool
  /// 0 where the kind has none.
  package let identifier: UInt16
}

/// Follows one WebSocket connection's bytes both ways and tells the MQTT packets in them: a second, independent
/// reading of the wire. It trusts its input (both ends are real) and stops following what it cannot read.
struct WireTap {
  /// QoS 2 exchanges that have begun on this connection and not ended, by publisher and packet id.
  private(set) var openExchanges: Set<Exchange> = []
  private var streams = [Stream(), Stream()]

  struct Exchange: Hashable {
    let publisher: Direction
    let identifier: UInt16
  }

  mutating func observe(_ bytes: some Collection<UInt8>, _ direction: Direction) -> [PassedPacket] {
    let packets = streams[direction.rawValue].packets(in: bytes, direction)
    packets.forEach { note($0) }
    return packets
  }

  private mutating func note(_ packet: PassedPacket) {
    let other: Direction = packet.direction == .toServer ? .toClient : .toServer
    switch packet.kind {
    case .publish where packet.qos == 2:
      openExchanges.insert(Exchange(publisher: packet.direction, identifier: packet.identifier))
    case .pubRel: openExchanges.insert(Exchange(publisher: packet.direction, identifier: packet.identifier))
    case .pubComp: openExchanges.remove(Exchange(publisher: other, identifier: packet.identifier))
    default: break
    }
  }
}

extension WireTap {
  /// One direction: an HTTP head, then frames with the packets in their payloads; or packets from the start.
  private struct Stream {
    private enum Layer { case unknown, head, frames, packets, unreadable }

    private var layer = Layer.unknown
    private var raw: [UInt8] = []
    private var mqtt: [UInt8] = []

    mutating func packets(in bytes: some Collection<UInt8>, _ direction: Direction) -> [PassedPacket] {
      if layer == .unknown, let first = bytes.first { layer = Self.layer(startingWith: first) }
      if layer == .unreadable { return [] }
      raw += bytes
      if layer == .head { skipHead() }
      if layer == .frames { unwrapFrames() }
      if layer == .packets { swap(&raw, &mqtt) }
      defer { if layer == .packets { swap(&raw, &mqtt) } }
      return takePackets(direction)
    }

    private static func layer(startingWith first: UInt8) -> Layer {
      switch first {
      case UInt8(ascii: "G"), UInt8(ascii: "H"): .head
      // CONNECT and CONNACK.
      case 0x10, 0x20: .packets
      default: .unreadable
      }
    }

    private mutating func skipHead() {
      guard
        let end = raw.indices.dropLast(3).first(where: { raw[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) })
      else { return }
      raw.removeFirst(end + 4)
      layer = .frames
    }

    private mutating func unwrapFrames() {
      var start = 0
      while let (header, length) = frame(at: start), raw.count - start >= header + length {
        let isData = raw[start] & 0x0f <= 2
        if isData {
          let isMasked = raw[start + 1] & 0x80 != 0
          let body = raw[(start + header)..<(start + header + length)]
          let key = isMasked ? Array(raw[(start + header - 4)..<(start + header)]) : [0, 0, 0, 0]
          mqtt += isMasked ? zip(body, 0...).map { $0 ^ key[$1 & 3] } : Array(body)
        }
        start += header + length
      }
      raw.removeFirst(start)
    }

    private func frame(at start: Int) -> (header: Int, length: Int)? {
      guard raw.count >= start + 2 else { return nil }
      let mask = raw[start + 1] & 0x80 == 0 ? 0 : 4
      let short = Int(raw[start + 1] & 0x7f)
      let extra = short == 126 ? 2 : short == 127 ? 8 : 0
      guard raw.count >= start + 2 + extra + mask else { return nil }
      let long = raw[(start + 2)..<(start + 2 + extra)].reduce(0) { $0 << 8 | Int($1) }
      return (2 + extra + mask, extra == 0 ? short : long)
    }

    private mutating func takePackets(_ direction: Direction) -> [PassedPacket] {
      var packets: [PassedPacket] = []
      var start = 0
      while let (header, length) = packet(at: start), mqtt.count - start >= header + length {
        let first = mqtt[start]
        if let kind = PacketKind(rawValue: first >> 4) {
          let qos = kind == .publish ? first >> 1 & 3 : 0
          packets.append(
            PassedPacket(
              direction: direction, kind: kind, qos: qos, isDuplicate: kind == .publish && first & 8 != 0,
              identifier: identifier(kind, qos, body: start + header, length)))
        }
        start += header + length
      }
      mqtt.removeFirst(start)
      return packets
    }

    private func packet(at start: Int) -> (header: Int, length: Int)? {
      var length = 0
      for index in 0..<4 {
        guard mqtt.count > start + 1 + index else { return nil }
        let byte = mqtt[start + 1 + index]
        length |= Int(byte & 0x7f) << (7 * index)
        if byte & 0x80 == 0 { return (2 + index, length) }
      }
      return nil
    }

    private func identifier(_ kind: PacketKind, _ qos: UInt8, body: Int, _ length: Int) -> UInt16 {
      func word(_ offset: Int) -> Int {
        length >= offset + 2 ? Int(mqtt[body + offset]) << 8 | Int(mqtt[body + offset + 1]) : 0
      }
      switch kind {
      case .publish: return qos == 0 ? 0 : UInt16(word(2 + word(0)))
      case .connect, .connAck, .pingReq, .pingResp, .disconnect, .auth: return 0
      default: return UInt16(word(0))
      }
    }
  }
}
