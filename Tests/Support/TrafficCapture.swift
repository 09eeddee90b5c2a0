/// What passed a relay, as a capture file of what somebody in between would have seen: the old pcap format, TCP
/// in IPv4 without a link layer.
package enum TrafficCapture {
  /// Bytes of a segment: an IPv4 packet holds 65,535.
  private static let segment = 32_768
  private static let client: (port: UInt16, address: [UInt8]) = (50_000, [127, 0, 0, 2])
  private static let serverAddress: [UInt8] = [127, 0, 0, 1]

  /// - Parameter port: of the server.
  package static func file(_ passages: [Relay.Passage], port: UInt16) -> [UInt8] {
    var sequence: [Direction: UInt32] = [.toServer: 0, .toClient: 0]
    var file: [UInt8] = []
    // Magic, version 2.4, zone, accuracy, longest packet, LINKTYPE_RAW.
    for value: UInt32 in [0xA1B2_C3D4, 0x0002_0004, 0, 0, 65_535, 101] { append(value, &file) }
    func add(_ direction: Direction, _ flags: UInt8, _ payload: ArraySlice<UInt8>) {
      let other: Direction = direction == .toServer ? .toClient : .toServer
      var packet = ip(direction, length: 40 + payload.count)
      let ports = [client.port, port]
      for value in direction == .toServer ? ports : ports.reversed() { append(value, &packet) }
      append(sequence[direction] ?? 0, &packet)
      append(sequence[other] ?? 0, &packet)
      packet += [0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
      packet += payload
      for value in [0, 0, UInt32(packet.count), UInt32(packet.count)] { append(value, &file) }
      file += packet
      sequence[direction, default: 0] += UInt32(payload.count) + (flags & 2 == 0 ? 0 : 1)
    }
    add(.toServer, 0x02, [])
    add(.toClient, 0x12, [])
    add(.toServer, 0x10, [])
    for passage in passages {
      for start in stride(from: 0, to: passage.bytes.count, by: segment) {
        add(passage.direction, 0x18, passage.bytes[start..<min(start + segment, passage.bytes.count)])
      }
    }
    return file
  }

  private static func ip(_ direction: Direction, length: Int) -> [UInt8] {
    var header: [UInt8] = [0x45, 0]
    append(UInt16(length), &header)
    header += [0, 0, 0x40, 0, 64, 6, 0, 0]
    let ends = [client.address, serverAddress]
    return header + (direction == .toServer ? ends : ends.reversed()).joined()
  }

  private static func append(_ value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
  }
}
