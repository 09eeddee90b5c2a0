import Glibc
import MQTTPackets
import NIOCore
import Support

/// A WebSocket client made of bytes: it can send what no client of ours would. Blocking calls; none
/// waits for more than ten seconds.
final class RawClient {
  private let descriptor: Int32
  private var unread: [UInt8] = []
  private var mqtt = ByteBuffer()
  private let decoder: PacketDecoder

  init(port: Int, version: ProtocolVersion = .v5) throws {
    decoder = PacketDecoder(version: version, direction: .toClient)
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("socket", errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw SystemError("connect", errno) }
    var time = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { Glibc.close(descriptor) }

  /// RST at the end instead of FIN.
  func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  // MARK: - Bytes

  func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw SystemError("send", errno) }
      sent += count
    }
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// nil at the end of the stream, by FIN or RST.
  private func fill() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count < 0, errno == EAGAIN { throw DeadlineExceeded("nothing came for 10 s") }
    guard count > 0 else { return false }
    unread += chunk.prefix(count)
    return true
  }

  private func take(_ count: Int) throws -> [UInt8]? {
    while unread.count < count { if try !fill() { return nil } }
    defer { unread.removeFirst(count) }
    return Array(unread.prefix(count))
  }

  // MARK: - HTTP

  /// Sends a request and returns the head of the answer.
  func request(
    _ headers: [String] = [], host: String = "localhost", line: String = "GET /mqtt HTTP/1.1"
  ) throws -> String {
    let lines =
      [
        line, "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: mqtt",
      ] + headers
    try write(lines.joined(separator: "\r\n") + "\r\n\r\n")
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = try take(1) else { break }
      head += byte
    }
    return String(decoding: head, as: UTF8.self)
  }

  // MARK: - Frames

  /// One frame; the first byte is FIN, RSV bits and opcode. Masked as a client has to, unless `mask` is nil.
  static func frame(first: UInt8 = 0x82, _ payload: [UInt8], mask: [UInt8]? = [1, 2, 3, 4]) -> [UInt8] {
    let bit: UInt8 = mask == nil ? 0 : 0x80
    var bytes = [first]
    switch payload.count {
    case ..<126: bytes.append(UInt8(payload.count) | bit)
    case ..<65_536: bytes += [126 | bit, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default:
      bytes += [127 | bit] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
  }

  /// nil at the end of the stream.
  func readFrame() throws -> (first: UInt8, payload: [UInt8])? {
    guard let start = try take(2) else { return nil }
    var length = Int(start[1])
    if length >= 126 {
      guard let bytes = try take(length == 126 ? 2 : 8) else { return nil }
      length = bytes.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let payload = try take(length) else { return nil }
    return (start[0], payload)
  }

  // MARK: - Packets

  static func bytes(_ packet: Packet, _ version: ProtocolVersion = .v5) throws -> [UInt8] {
    var buffer = ByteBuffer()
    try packet.encode(version, into: &buffer)
    return Array(buffer.readableBytesView)
  }

  func send(_ packets: Packet...) throws {
    for packet in packets { try write(Self.frame(Self.bytes(packet, decoder.version))) }
  }

  /// The next packet, across frames. nil at the end, and at a CLOSE, whose code is then in `closeCode`.
  func readPacket() throws -> Packet? {
    while true {
      let header = try mqtt.withUnsafeReadableBytes { (bytes) throws(DecodeError) in
        try decoder.header(bytes, at: 0)
      }
      if let header, mqtt.readableBytes >= header.totalLength {
        let packet = try decoder.decode(header, in: mqtt, at: mqtt.readerIndex)
        mqtt.moveReaderIndex(forwardBy: header.totalLength)
        return packet
      }
      guard let frame = try readFrame() else { return nil }
      switch frame.first & 0x0f {
      case 0...2: mqtt.writeBytes(frame.payload)
      case 8:
        closeCode = frame.payload.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        return nil
      default: controlFrames.append(frame.payload)
      }
    }
  }

  private(set) var closeCode: Int?
  /// Payloads of the pongs that were passed over.
  private(set) var controlFrames: [[UInt8]] = []

  /// What is sent until the end; the CLOSE is answered where it comes.
  func readToEnd() throws -> [Packet] {
    var packets: [Packet] = []
    while let packet = try readPacket() { packets.append(packet) }
    if closeCode != nil {
      try? write(Self.frame(first: 0x88, []))
      while try readFrame() != nil {}
    }
    return packets
  }

  /// Upgrade and CONNECT.
  static func connected(
    _ port: Int, _ identifier: String, _ version: ProtocolVersion = .v5, clean: Bool = true,
    with properties: Properties = []
  ) throws -> RawClient {
    let client = try RawClient(port: port, version: version)
    _ = try client.request()
    try client.send(
      .connect(
        Connect(
          version: version, clientIdentifier: identifier, cleanStart: clean, properties: properties)))
    guard case .connAck(let ack)? = try client.readPacket(), ack.reasonCode == .success else {
      throw SystemError("no CONNACK", EPROTO)
    }
    return client
  }
}
