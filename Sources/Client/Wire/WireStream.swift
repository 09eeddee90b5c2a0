import MQTTPackets
import NIOCore
import WebSocketTransport

/// One direction of one connection: frames out of bytes, packets out of frames.
struct WireStream: Sendable {
  private let direction: TraceEvent.Direction
  private let keptBytes: Int
  var isFramed = true

  // Frames.
  private let frameRole: FrameDecoder.Role
  private var frames: FrameDecoder
  /// Bytes that the decoder wants to see again, with more behind them.
  private var unread = ByteBuffer()
  private var frameNumber: Int?
  private var areFramesBroken = false

  // Packets.
  private var packets: PacketDecoder
  private var packet = Partial()
  /// What ended the reading of packets.
  private var rejection: ClientError?

  /// A packet of which not all has come.
  private struct Partial {
    var header: PacketHeader?
    /// The first bytes.
    var kept = ByteBuffer()
    /// How many have come.
    var length = 0
    var frames: WirePacket.Frames?
  }

  init(_ direction: TraceEvent.Direction, _ packets: PacketDecoder.Direction, _ keptBytes: Int) {
    self.direction = direction
    // A decoder reads its peer's frames.
    frameRole = packets == .toServer ? .server : .client
    frames = FrameDecoder(role: frameRole, maximumFrameSize: .max)
    // Until a CONNECT was seen; 3.1.1 finds no fault with what precedes it.
    self.packets = PacketDecoder(version: .v3_1_1, direction: packets)
    // A fixed header has to fit.
    self.keptBytes = max(keptBytes, 16)
  }

  var version: ProtocolVersion { packets.version }
  var flow: PacketDecoder.Direction { packets.direction }

  /// From the CONNECT that the other direction may have carried.
  mutating func learn(version: ProtocolVersion) { packets.version = version }

  /// A new connection.
  mutating func begin() {
    isFramed = true
    frames = FrameDecoder(role: frameRole, maximumFrameSize: .max)
    unread = ByteBuffer()
    frameNumber = nil
    areFramesBroken = false
    packet = Partial()
    rejection = nil
  }

  /// Whether this is what ended the reading of this direction.
  func hasRejected(as error: ClientError) -> Bool {
    switch (rejection, error) {
    case (.decode, .decode), (.transport(.webSocket), .transport(.webSocket)): true
    default: false
    }
  }

  mutating func read(_ bytes: ByteBuffer, into sink: inout WireSink) {
    guard isFramed else { return readPackets(bytes, into: &sink) }
    var bytes = bytes
    if unread.readableBytes > 0 {
      unread.writeBuffer(&bytes)
      swap(&unread, &bytes)
      unread = ByteBuffer()
    }
    var offset = 0
    while offset < bytes.readableBytes, !areFramesBroken {
      do throws(WebSocketViolation) {
        guard let step = try readFrame(&bytes, at: offset, into: &sink) else { return }
        offset = step
      } catch {
        areFramesBroken = true
        reject(.transport(.webSocket(error)), bytes.slice(from: offset), into: &sink)
      }
    }
  }
}

// MARK: - Frames

extension WireStream {
  /// - Returns: where the next step begins, or nil when more bytes have to come.
  private mutating func readFrame(
    _ bytes: inout ByteBuffer, at offset: Int, into sink: inout WireSink
  ) throws(WebSocketViolation) -> Int? {
    let step = try nextStep(&bytes, at: offset)
    let payload = bytes.slice(from: step.payloadStart, length: step.payload.count)
    switch step.kind {
    case .needMore:
      unread = bytes.slice(from: step.payloadStart)
      return nil
    case .afterClose: return nil
    case .data, .ping, .pong, .close: break
    }
    if step.startsFrame, let header = frames.header {
      let head = bytes.slice(from: step.payloadStart - header.headerLength, length: header.headerLength)
      frameNumber = sink.append(
        .frame(
          WireFrame(
            direction: direction, header: header, headerBytes: Array(head.readableBytesView),
            payload: payload.copy(upTo: keptBytes))))
    }
    if step.kind == .close { try checkClose(payload) }
    if step.kind == .data { readPackets(payload, into: &sink) }
    return step.payloadEnd
  }

  private mutating func nextStep(
    _ bytes: inout ByteBuffer, at offset: Int
  ) throws(WebSocketViolation) -> FrameStep {
    var result = Result<FrameStep, WebSocketViolation>.success(
      FrameStep(
        kind: .needMore, fin: false, startsFrame: false, endsFrame: false, headerLength: 0,
        payloadStart: offset, payloadEnd: offset))
    let isMasked = frameRole == .server
    if isMasked {
      bytes.withUnsafeMutableReadableBytes { bytes in
        result = Result { () throws(WebSocketViolation) in try frames.next(unmasking: bytes, at: offset) }
      }
    } else {
      bytes.withUnsafeReadableBytes { bytes in
        result = Result { () throws(WebSocketViolation) in try frames.next(bytes, at: offset) }
      }
    }
    return try result.get()
  }

  private func checkClose(_ payload: ByteBuffer) throws(WebSocketViolation) {
    var result = Result<CloseFrame, WebSocketViolation>.success(CloseFrame(nil))
    payload.withUnsafeReadableBytes { bytes in
      result = Result { () throws(WebSocketViolation) in try CloseFrame(payload: bytes) }
    }
    _ = try result.get()
  }
}

// MARK: - Packets

extension WireStream {
  private mutating func readPackets(_ bytes: ByteBuffer, into sink: inout WireSink) {
    var bytes = bytes
    while bytes.readableBytes > 0, rejection == nil {
      if let frameNumber { note(frameNumber) }
      do throws(DecodeError) {
        guard try readHeader(&bytes), let header = packet.header else { return }
        let missing = min(header.totalLength - packet.length, bytes.readableBytes)
        if let part = bytes.readSlice(length: missing) {
          packet.kept.writeImmutableBuffer(part.copy(upTo: max(keptBytes - packet.length, 0)))
          packet.length += missing
        }
        guard packet.length == header.totalLength else { return }
        try complete(header, into: &sink)
      } catch {
        var evidence = packet.kept
        evidence.writeImmutableBuffer(bytes)
        reject(.decode(error), evidence, into: &sink)
      }
    }
  }

  private mutating func note(_ frame: Int) {
    guard var frames = packet.frames else {
      packet.frames = WirePacket.Frames(first: frame, last: frame, count: 1)
      return
    }
    if frames.last != frame { frames.count += 1 }
    frames.last = frame
    packet.frames = frames
  }

  /// - Returns: whether the header is whole.
  private mutating func readHeader(_ bytes: inout ByteBuffer) throws(DecodeError) -> Bool {
    while packet.header == nil, let byte = bytes.readInteger(as: UInt8.self) {
      packet.kept.writeInteger(byte)
      packet.length += 1
      packet.header = try packet.kept.withUnsafeReadableBytes { [packets] (bytes) throws(DecodeError) in
        try packets.header(bytes, at: 0)
      }
    }
    return packet.header != nil
  }

  private mutating func complete(_ header: PacketHeader, into sink: inout WireSink) throws(DecodeError) {
    let decoded: Packet?
    if packet.kept.readableBytes == header.totalLength {
      decoded = try packets.decode(header, in: packet.kept, at: packet.kept.readerIndex)
    } else if header.type == .publish {
      let clipped = header.clipped(to: packet.kept.readableBytes)
      decoded = try? packets.decode(clipped, in: packet.kept, at: packet.kept.readerIndex)
    } else {
      decoded = nil
    }
    if case .connect(let connect) = decoded { packets.version = connect.version }
    sink.append(
      WirePacket(
        direction: direction, flow: packets.direction, version: packets.version, type: header.type,
        packet: decoded, bytes: packet.kept, length: header.totalLength, frames: packet.frames))
    packet = Partial()
  }

  private mutating func reject(_ error: ClientError, _ bytes: ByteBuffer, into sink: inout WireSink) {
    rejection = error
    sink.append(
      .rejected(
        WireRejection(
          direction: direction, flow: packets.direction, error: error, bytes: bytes.copy(upTo: 1024),
          version: version)))
    packet = Partial()
  }
}

extension ByteBuffer {
  /// Readable bytes from an offset on.
  fileprivate func slice(from offset: Int, length: Int? = nil) -> ByteBuffer {
    getSlice(at: readerIndex + offset, length: length ?? readableBytes - offset) ?? ByteBuffer()
  }

  /// The first bytes in storage of their own: what is kept must not keep a whole read alive.
  fileprivate func copy(upTo count: Int) -> ByteBuffer {
    ByteBuffer(bytes: readableBytesView.prefix(count))
  }
}
