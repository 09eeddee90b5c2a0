import Glibc

/// One connection of a scripted peer, with blocking calls for bytes, HTTP, frames and MQTT packets.
package final class PeerConnection: Sendable {
  private struct State {
    var descriptor: Int32
    /// Read and not yet taken.
    var unread: [UInt8] = []
    /// MQTT bytes out of frames, not yet taken.
    var mqtt: [UInt8] = []
    var received: [UInt8] = []
  }

  private let state: Monitor<State>

  init(_ descriptor: Int32) { state = Monitor(State(descriptor: descriptor)) }

  deinit { close() }

  /// All bytes that came, as they came.
  package var received: [UInt8] { state.withLock { $0.received } }

  // MARK: Bytes

  /// Exactly this many; throws at the end of the stream and after 300 s of silence: a test that runs beside
  /// hundreds may be slow to speak.
  package func read(_ count: Int) throws -> [UInt8] {
    while state.withLock({ $0.unread.count }) < count {
      if try !fill() { throw SystemError("read \(count) bytes: the other side has ended", ECONNRESET) }
    }
    return state.withLock { state in
      defer { state.unread.removeFirst(count) }
      return Array(state.unread.prefix(count))
    }
  }

  /// Reads on until the other side hangs up.
  package func readToEnd() throws { while try fill() {} }

  package func send(_ bytes: some Sequence<UInt8>) throws {
    let descriptor = state.withLock { $0.descriptor }
    try writeAll(Array(bytes), to: descriptor)
  }

  package func send(_ text: String) throws { try send(text.utf8) }

  /// FIN.
  package func close() {
    state.withLock { state in
      if state.descriptor >= 0 { _ = Glibc.close(state.descriptor) }
      state.descriptor = -1
    }
  }

  /// RST.
  package func reset() {
    let descriptor = state.withLock { $0.descriptor }
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Ends a script that waits in a read.
  func interrupt() {
    state.withLock { state in
      if state.descriptor >= 0 { _ = shutdown(state.descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func fill() throws -> Bool {
    let descriptor = state.withLock { $0.descriptor }
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if try checked("poll", { poll(&entry, 1, 300_000) }) == 0 {
      throw DeadlineExceeded("nothing came for 300 s")
    }
    let chunk = try readSome(descriptor)
    state.withLock { state in
      state.unread += chunk
      state.received += chunk
    }
    return !chunk.isEmpty
  }

  // MARK: The upgrade

  package struct Request: Sendable {
    package let requestLine: String
    /// Names in lower case; of several with one name the last.
    package let headers: [String: String]
    package let head: String
  }

  package func readRequest() throws -> Request {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) { bytes += try read(1) }
    let head = String(decoding: bytes, as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    return Request(requestLine: lines.first.map(String.init) ?? "", headers: headers, head: head)
  }

  /// Reads the request and answers 101 as it should be, but for the differences given: nil leaves a header out.
  @discardableResult
  package func upgrade(
    subprotocol: String? = "mqtt", acceptKey: String? = nil, furtherHeaders: [String] = []
  ) throws -> Request {
    let request = try readRequest()
    let key = acceptKey ?? webSocketAcceptKey(for: request.headers["sec-websocket-key"] ?? "")
    var lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines.append("Sec-WebSocket-Accept: \(key)")
    if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
    try send((lines + furtherHeaders).map { $0 + "\r\n" }.joined() + "\r\n")
    return request
  }

  // MARK: Frames and packets

  /// A frame as a server sends it; the first byte is FIN, RSV bits and opcode.
  package func sendFrame(first: UInt8 = 0x82, _ payload: [UInt8]) throws {
    var header = [first]
    switch payload.count {
    case ..<126: header.append(UInt8(payload.count))
    case ..<65536: header += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default: header += [127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    try send(header + payload)
  }

  /// The next frame, unmasked.
  package func readFrame() throws -> (opcode: UInt8, isMasked: Bool, payload: [UInt8]) {
    let start = try read(2)
    var length = Int(start[1] & 0x7f)
    if length >= 126 { length = try read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
    let isMasked = start[1] & 0x80 != 0
    let key = isMasked ? try read(4) : [0, 0, 0, 0]
    let payload = try read(length)
    return (start[0] & 0x0f, isMasked, zip(payload, 0...).map { $0 ^ key[$1 & 3] })
  }

  /// The next whole MQTT packet, across frames as it comes; control frames are passed over.
  package func readPacket() throws -> [UInt8] {
    while true {
      let packet: [UInt8]? = state.withLock { state in
        guard let total = Self.packetLength(state.mqtt), state.mqtt.count >= total else { return nil }
        defer { state.mqtt.removeFirst(total) }
        return Array(state.mqtt.prefix(total))
      }
      if let packet { return packet }
      let frame = try readFrame()
      if frame.opcode <= 2 { state.withLock { $0.mqtt += frame.payload } }
    }
  }

  private static func packetLength(_ bytes: [UInt8]) -> Int? {
    var length = 0
    for (index, byte) in bytes.dropFirst().prefix(4).enumerated() {
      length |= Int(byte & 0x7f) << (7 * index)
      if byte & 0x80 == 0 { return 2 + index + length }
    }
    return nil
  }
}
