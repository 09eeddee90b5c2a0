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
/// write when the owner flushes, and stays where it is while the socket takes nothing; that, and what
/// bounds it, is in ConnectionHandler+Sending and +LargePayloads, the end of a connection in +Closing. A
/// large payload that the owner takes as it comes is not kept at all; see +Streaming.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum State {
    case open
    /// We sent CLOSE and wait for the peer to end the connection.
    case closing
    case closed
  }

  let response: DialResult
  let owner: Connection
  var context: ChannelHandlerContext?
  var state = State.open

  // Receiving.
  private var frameDecoder: FrameDecoder
  let packetDecoder: PacketDecoder
  private var frameRest = ByteBuffer()
  private var packetRest = ByteBuffer()
  /// What is still to come of a payload that the owner takes as it comes.
  var streamedRest = 0
  var isReadingPaused = false
  /// As the channel last said; asking it takes longer than a message may.
  var isChannelWritable = false
  var hasHeldRead = false
  /// Bytes since the upgrade.
  private(set) var bytesReceived: UInt64 = 0

  // Sending.
  let version: ProtocolVersion
  /// False on plain MQTT, the control that a WebSocket is compared with: the same bytes without frames.
  let isFramed: Bool
  var frameEncoder = FrameEncoder(role: .client)
  var outgoing = ByteBuffer()
  /// The payload of the last ping, while it is not answered.
  var ping: ByteBuffer?
  /// A ping of ours that is not answered.
  var awaitedPong: AwaitedPong?
  /// Bytes given to the channel.
  var bytesWritten: UInt64 = 0
  /// Bytes of answers in `outgoing` that the socket does not take.
  var heldAnswers = 0

  /// In order; `outgoing` comes behind them.
  var largePayloads = CircularBuffer<LargePayload>(initialCapacity: 1) {
    didSet { hasLargePayloads = !largePayloads.isEmpty }
  }
  /// Where every message finds it without looking into the queue.
  private(set) var hasLargePayloads = false
  var isWritingLargePayloads = false
  var whenLargePayloadsAreSent: [() -> Void] = []

  // Ending.
  var closeTimer: Scheduled<Void>?
  var stallTimer: Scheduled<Void>?
  /// What the peer's close frame said.
  var peersClose: CloseReason?

  init(_ response: DialResult, owner: Connection, version: ProtocolVersion, maximumPacketSize: Int) {
    self.response = response
    self.owner = owner
    self.version = version
    isFramed = owner.settings.transport.url.scheme.isWebSocket
    packetDecoder = PacketDecoder(
      version: version, direction: .toClient, maximumPacketSize: maximumPacketSize)
    // A frame is never collected, and may hold many packets: only what is absurd is refused.
    frameDecoder = FrameDecoder(role: .client, maximumFrameSize: max(2 * maximumPacketSize, 16 * 1024 * 1024))
  }

  // MARK: - Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    isChannelWritable = context.channel.isWritable
    owner.transportOpened(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    guard state != .closed else { return }
    owner.trace(.bytes(.received, buffer))
    bytesReceived += UInt64(buffer.readableBytes)
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
    if isIncomplete { watchForStall() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    channelEnded(by: .endOfStream)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let error = TransportError(channelError: error, in: .open)
    if case .closed(let reason, _) = error {
      channelEnded(by: reason)
    } else {
      ended(.transport(error))
    }
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isChannelWritable = context.channel.isWritable
    guard isChannelWritable else { return watchForStall() }
    flush()
    if context.channel.isWritable { owner.becameWritable() }
  }

  func read(context: ChannelHandlerContext) {
    if isReadingHeld { hasHeldRead = true } else { context.read() }
  }

  // MARK: - Receiving

  /// Whether the peer owes the rest of something.
  var isIncomplete: Bool {
    packetRest.readableBytes > 0 || frameRest.readableBytes > 0 || streamedRest > 0
  }

  private func consume(_ buffer: ByteBuffer) throws {
    guard isFramed else {
      if state == .open { try consumePackets(in: buffer, from: buffer.readerIndex, to: buffer.writerIndex) }
      return
    }
    let base = buffer.readerIndex
    var offset = 0
    let total = buffer.readableBytes
    while offset < total, state != .closed {
      let step: FrameStep
      do {
        step = try buffer.withUnsafeReadableBytes { bytes in try frameDecoder.next(bytes, at: offset) }
      } catch let error as WebSocketViolation {
        owner.traceViolation(.transport(.webSocket(error)), Self.evidence(in: buffer, at: base + offset))
        throw error
      }
      offset = step.payloadEnd
      if step.kind != .needMore { owner.tally.framesReceived &+= 1 }
      switch step.kind {
      case .data:
        if state == .open, !step.payload.isEmpty {
          try consumePackets(in: buffer, from: base + step.payloadStart, to: base + step.payloadEnd)
        }
      case .ping:
        // Only the latest one: a flood of pings is not answered by a flood of pongs.
        if state == .open {
          ping = buffer.getSlice(at: base + step.payloadStart, length: step.payload.count)
        }
      case .pong: takePong(buffer.getSlice(at: base + step.payloadStart, length: step.payload.count))
      case .close:
        try peerClosed(buffer, at: base + step.payloadStart, length: step.payload.count)
      case .afterClose: return
      case .needMore:
        if let rest = buffer.getSlice(at: base + step.payloadStart, length: total - step.payloadStart) {
          // A copy: it is short, and the rest of the buffer need not live as long.
          frameRest.writeImmutableBuffer(rest)
        }
        return
      }
    }
  }

  private func consumePackets(in buffer: ByteBuffer, from first: Int, to end: Int) throws {
    let start = streamedRest > 0 ? goOnStreaming(buffer, from: first, to: end) : first
    guard start < end, state == .open else { return }
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
          guard let header = try packetDecoder.header(stream, at: index - base) else { return index }
          guard header.totalLength <= end - index else {
            return try startStreaming(header, in: buffer, from: index, to: end)
          }
          packet = try packetDecoder.decode(header, in: buffer, at: index)
          index += header.totalLength
        } catch {
          owner.traceViolation(.decode(error), Self.evidence(in: buffer, at: index))
          throw error
        }
        owner.tally.packetsReceived &+= 1
        owner.received(packet)
      }
      return index
    }
  }

  /// What a trace shows of bytes that broke a rule: enough to see why, not all that came.
  private static func evidence(in buffer: ByteBuffer, at index: Int) -> ByteBuffer? {
    buffer.getSlice(at: index, length: min(buffer.writerIndex - index, 1024))
  }
}
