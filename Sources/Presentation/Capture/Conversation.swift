import NIOCore

/// The TCP connection that the bytes of one WebSocket would have made, as IP packets: handshake, data,
/// end, with checksums and sequence numbers that hold.
struct Conversation {
  enum Side: Int { case client, server }

  struct Flags: OptionSet {
    let rawValue: UInt8
    static let fin = Flags(rawValue: 1)
    static let syn = Flags(rawValue: 2)
    static let reset = Flags(rawValue: 4)
    static let push = Flags(rawValue: 8)
    static let acknowledge = Flags(rawValue: 16)
  }

  /// With headers below the 64 KiB that an IP packet may have.
  private static let maximumSegment = 60_000

  let endpoints: [Endpoint]
  private var sequence: [UInt32] = [1000, 5000]
  private(set) var isOpen = true

  struct Endpoint: Equatable {
    var address: [UInt8]
    var port: UInt16

    /// nil for what has no IP address.
    init?(_ address: SocketAddress?) {
      switch address {
      case .v4(let address):
        let bits = address.address.sin_addr.s_addr
        self.address = withUnsafeBytes(of: bits) { Array($0) }
        port = UInt16(bigEndian: address.address.sin_port)
      case .v6(let address):
        self.address = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        port = UInt16(bigEndian: address.address.sin6_port)
      default: return nil
      }
    }

    init(address: [UInt8], port: UInt16) {
      self.address = address
      self.port = port
    }
  }

  init(client: Endpoint, server: Endpoint) { endpoints = [client, server] }

  /// What goes through a tunnel that the server opened: to the port at the other end of it.
  func tunnel(to port: Int) -> Conversation {
    let server = Endpoint(address: endpoints[1].address, port: UInt16(clamping: port))
    var tunnel = Conversation(client: endpoints[0], server: server)
    tunnel.sequence = sequence.map { $0 &+ 1_000_000 }
    return tunnel
  }

  mutating func open() -> [[UInt8]] {
    [
      segment(from: .client, [.syn]), segment(from: .server, [.syn, .acknowledge]),
      segment(from: .client, [.acknowledge]),
    ]
  }

  mutating func data(_ bytes: [UInt8], from side: Side) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: Self.maximumSegment).map { start in
      let end = min(start + Self.maximumSegment, bytes.count)
      return segment(from: side, [.push, .acknowledge], bytes[start..<end])
    }
  }

  /// A segment that says nothing: something to hang a comment on.
  mutating func empty(from side: Side) -> [UInt8] { segment(from: side, [.acknowledge]) }

  mutating func finish(by side: Side) -> [[UInt8]] {
    guard isOpen else { return [] }
    isOpen = false
    let other: Side = side == .client ? .server : .client
    return [
      segment(from: side, [.fin, .acknowledge]), segment(from: other, [.fin, .acknowledge]),
      segment(from: side, [.acknowledge]),
    ]
  }

  mutating func reset(by side: Side) -> [[UInt8]] {
    guard isOpen else { return [] }
    isOpen = false
    return [segment(from: side, [.reset, .acknowledge])]
  }

  // MARK: - Packets

  private mutating func segment(from side: Side, _ flags: Flags, _ data: ArraySlice<UInt8> = []) -> [UInt8] {
    let (own, other) = (endpoints[side.rawValue], endpoints[1 - side.rawValue])
    // Window scale, so that no window is ever full.
    let options: [UInt8] = flags.contains(.syn) ? [3, 3, 14, 1] : []
    var tcp: [UInt8] = []
    tcp.append(big: own.port)
    tcp.append(big: other.port)
    tcp.append(big: sequence[side.rawValue])
    tcp.append(big: flags.contains(.acknowledge) ? sequence[1 - side.rawValue] : 0)
    tcp.append(UInt8((5 + options.count / 4) << 4))
    tcp.append(flags.rawValue)
    tcp.append(big: UInt16.max)
    tcp += [0, 0, 0, 0]
    tcp += options
    tcp += data
    var pseudo = own.address + other.address
    pseudo.append(big: UInt32(tcp.count))
    pseudo.append(big: 6 as UInt32)
    tcp.replaceSubrange(16..<18, with: Self.checksum(pseudo, tcp))
    let taken = UInt32(truncatingIfNeeded: data.count) + (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    sequence[side.rawValue] &+= taken
    return own.address.count == 4 ? Self.ipv4(own, other, tcp) : Self.ipv6(own, other, tcp)
  }

  private static func ipv4(_ own: Endpoint, _ other: Endpoint, _ tcp: [UInt8]) -> [UInt8] {
    var header: [UInt8] = [0x45, 0]
    header.append(big: UInt16(clamping: 20 + tcp.count))
    // Not to be fragmented, 64 hops, TCP.
    header += [0, 0, 0x40, 0, 64, 6, 0, 0]
    header += own.address + other.address
    header.replaceSubrange(10..<12, with: checksum(header, []))
    return header + tcp
  }

  private static func ipv6(_ own: Endpoint, _ other: Endpoint, _ tcp: [UInt8]) -> [UInt8] {
    var header: [UInt8] = [0x60, 0, 0, 0]
    header.append(big: UInt16(clamping: tcp.count))
    header += [6, 64]
    return header + own.address + other.address + tcp
  }

  /// RFC 1071, over both parts; the first has an even length.
  private static func checksum(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    var sum: UInt64 = 0
    for part in [first, second] {
      for index in stride(from: 0, to: part.count - 1, by: 2) {
        sum &+= UInt64(part[index]) << 8 | UInt64(part[index + 1])
      }
      if part.count % 2 == 1, let last = part.last { sum &+= UInt64(last) << 8 }
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF &+ sum >> 16 }
    let result = ~UInt16(truncatingIfNeeded: sum)
    return [UInt8(result >> 8), UInt8(result & 0xFF)]
  }
}
