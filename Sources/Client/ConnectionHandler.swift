import MQTTPackets
import NIOCore
import WebSocketTransport

/// Between the socket (or TLS) and the `Connection`: WebSocket frames and MQTT packets in one pass.
///
/// Theory of operation: MQTT is a stream of bytes that frames carry with no regard to packets
/// ([MQTT-6.0.0-2]). A read buffer is walked frame by frame; packets that lie whole in a frame's payload
/// are decoded where they are, and what is left of a packet at the end of a payload is kept in
/// `packetRest` until the next payload completes it. Bytes of an incomplete frame header or control frame
/// are kept in `frameRest`. Outgoing packets are framed and masked in `outgoing`, which leaves in one
/// write when the owner flushes.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case open
    /// We sent CLOSE (or gave up) and wait for the peer to end the connection.
    case closing
    case closed
  }

  /// Written to the channel when it has grown to this size, even in the middle of a batch.
  private static let writeSize = 64 * 1024

  let response: DialResult
  private let owner: Connection
  private var context: ChannelHandlerContext?
  private var state = State.open
  private var frameDecoder: FrameDecoder
  private var frameEncoder = FrameEncoder(role: .client)
  private let packetDecoder: PacketDecoder
  private var frameRest = ByteBuffer()
  private var packetRest = ByteBuffer()
  private var outgoing = ByteBuffer()
  private var isReadingPaused = false
  private var hasHeldRead = false
  private var closeTimer: Scheduled<Void>?

  init(_ response: DialResult, owner: Connection, version: ProtocolVersion, maximumPacketSize: Int) {
    self.response = response
    self.owner = owner
    packetDecoder = PacketDecoder(
      version: version, direction: .toClient, maximumPacketSize: maximumPacketSize)
    // Several packets may share a frame, so the frame's limit is the packet's with room to spare.
    frameDecoder = FrameDecoder(role: .client, maximumFrameSize: maximumPacketSize * 2 + 64 * 1024)
  }

  // MARK: - Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    owner.transportOpened(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard state != .closed else { return }
    var buffer = unwrapInboundIn(data)
    if frameRest.readableBytes > 0 {
      frameRest.writeBuffer(&buffer)
      swap(&frameRest, &buffer)
      frameRest = ByteBuffer()
    }
    do {
      try owner.reading { try consume(buffer) }
    } catch let error as WebSocketViolation {
      fail(.transport(.webSocket(error)), close: CloseFrame(error.closeCode))
    } catch let error as DecodeError {
      fail(.decode(error), close: CloseFrame(.normal))
    } catch {
      fail(.transport(TransportError(channelError: error, in: .open)), close: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    owner.readCompleted()
  }

  func channelInactive(context: ChannelHandlerContext) { ended(.transport(.closed(.endOfStream, .open))) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ended(.transport(TransportError(channelError: error, in: .open)))
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { owner.becameWritable() }
  }

  func read(context: ChannelHandlerContext) {
    if isReadingPaused { hasHeldRead = true } else { context.read() }
  }

  // MARK: - Receiving

  private func consume(_ buffer: ByteBuffer) throws {
    let base = buffer.readerIndex
    var offset = 0
    let total = buffer.readableBytes
    while offset < total, state != .closed {
      let step = try buffer.withUnsafeReadableBytes { bytes in try frameDecoder.next(bytes, at: offset) }
      offset = step.payloadEnd
      switch step.kind {
      case .data:
        if step.startsFrame { trace(step, of: buffer) }
        if state == .open, !step.payload.isEmpty {
          try consumePackets(in: buffer, from: base + step.payloadStart, to: base + step.payloadEnd)
        }
      case .ping:
        trace(step, of: buffer)
        if let payload = buffer.getSlice(at: base + step.payloadStart, length: step.payload.count) {
          if state == .open { frameEncoder.write(.pong, payload, into: &outgoing) }
          traceSent(.pong, payload)
        }
      case .pong: trace(step, of: buffer)
      case .close:
        trace(step, of: buffer)
        try peerClosed(buffer, at: base + step.payloadStart, length: step.payload.count)
      case .afterClose: return
      case .needMore:
        frameRest = buffer
        frameRest.moveReaderIndex(to: base + step.payloadStart)
        return
      }
    }
  }

  private func consumePackets(in buffer: ByteBuffer, from start: Int, to end: Int) throws {
    guard packetRest.readableBytes > 0 else {
      let consumed = try decodePackets(in: buffer, from: start, to: end)
      if consumed < end, let rest = buffer.getSlice(at: consumed, length: end - consumed) {
        packetRest.writeImmutableBuffer(rest)
      }
      return
    }
    if let more = buffer.getSlice(at: start, length: end - start) { packetRest.writeImmutableBuffer(more) }
    let whole = packetRest
    let consumed = try decodePackets(in: whole, from: whole.readerIndex, to: whole.writerIndex)
    if consumed == whole.writerIndex {
      // The storage may live on in payload slices; a cleared buffer would allocate its size anew.
      packetRest = ByteBuffer()
    } else if consumed > whole.readerIndex {
      packetRest = ByteBuffer()
      if let rest = whole.getSlice(at: consumed, length: whole.writerIndex - consumed) {
        packetRest.writeImmutableBuffer(rest)
      }
    }
  }

  /// Decodes the whole packets in `start..<end`.
  /// - Returns: the index of the first byte that belongs to an incomplete packet, else `end`.
  private func decodePackets(in buffer: ByteBuffer, from start: Int, to end: Int) throws -> Int {
    try buffer.withUnsafeReadableBytes { bytes in
      let base = buffer.readerIndex
      let stream = UnsafeRawBufferPointer(rebasing: bytes[..<(end - base)])
      var index = start
      while index < end, state == .open {
        let packet: Packet
        do throws(DecodeError) {
          guard let header = try packetDecoder.header(stream, at: index - base),
            header.totalLength <= end - index
          else { return index }
          packet = try packetDecoder.decode(header, in: buffer, at: index)
          index += header.totalLength
        } catch {
          owner.traceRejected(error, buffer.getSlice(at: index, length: min(end - index, 1024)))
          throw error
        }
        owner.received(packet)
      }
      return index
    }
  }

  private func peerClosed(_ buffer: ByteBuffer, at index: Int, length: Int) throws {
    let frame = try buffer.withUnsafeReadableBytes { bytes in
      let start = index - buffer.readerIndex
      return try CloseFrame(payload: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
    }
    if state == .open {
      frameEncoder.write(CloseFrame(frame.code), into: &outgoing)
      flush()
    }
    let error = ClientError.transport(
      .closed(.closeFrame(code: frame.code?.rawValue, reason: frame.reason), .open))
    state = .closing
    ended(error)
    context?.close(promise: nil)
  }

  // MARK: - Sending

  /// Whether the socket takes more without growing a queue.
  var isWritable: Bool { outgoing.readableBytes < Self.writeSize && (context?.channel.isWritable ?? false) }

  func send(_ packet: Packet) throws(EncodeError) {
    let frame = frameEncoder.begin(
      .binary, payloadLength: packet.encodedLength(packetDecoder.version), in: &outgoing)
    try packet.encode(packetDecoder.version, into: &outgoing)
    frameEncoder.finish(frame, in: &outgoing)
    if outgoing.readableBytes >= Self.writeSize { write() }
  }

  func flush() {
    guard let context, state != .closed else { return }
    if outgoing.readableBytes > 0 { write() }
    context.flush()
  }

  private func write() {
    guard let context else { return }
    context.write(wrapOutboundOut(outgoing), promise: nil)
    outgoing.clear()
  }

  func pauseReading() { isReadingPaused = true }

  func resumeReading() {
    isReadingPaused = false
    guard hasHeldRead else { return }
    hasHeldRead = false
    context?.read()
  }

  // MARK: - Closing

  /// Starts the close handshake; the owner hears of the end when the peer answers or time is up.
  func close(_ frame: CloseFrame, timeout: Duration) {
    guard state == .open, let context else { return }
    state = .closing
    frameEncoder.write(frame, into: &outgoing)
    flush()
    isReadingPaused = false
    resumeReading()
    closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [self] in
      abort()
    }
  }

  /// Ends the connection at once.
  func abort() {
    guard state != .closed else { return }
    let channel = context?.channel
    ended(.transport(.closed(.timedOut, .open)))
    channel?.close(mode: .all, promise: nil)
  }

  private func fail(_ error: ClientError, close frame: CloseFrame?) {
    guard state == .open else { return }
    owner.failing(error, self)
    if let frame { frameEncoder.write(frame, into: &outgoing) }
    flush()
    ended(error)
    context?.close(promise: nil)
  }

  private func ended(_ error: ClientError) {
    guard state != .closed else { return }
    state = .closed
    closeTimer?.cancel()
    owner.transportEnded(self, error)
  }

  // MARK: - Trace

  private func trace(_ step: FrameStep, of buffer: ByteBuffer) {
    guard owner.isTraced, let header = frameDecoder.header else { return }
    let payload =
      header.opcode.isControl
      ? buffer.getSlice(at: buffer.readerIndex + step.payloadStart, length: step.payload.count) : nil
    owner.trace(
      .frame(
        .received, header.opcode, fin: header.fin, payloadLength: header.payloadLength, payload: payload))
  }

  private func traceSent(_ opcode: FrameOpcode, _ payload: ByteBuffer) {
    owner.trace(
      .frame(.sent, opcode, fin: true, payloadLength: payload.readableBytes, payload: payload))
  }
}
