import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// The broker's end of one WebSocket: frames and packets in one pass over what was read, and one
/// write per turn.
///
/// Theory of operation. Each read is walked twice: first the frame decoder finds and unmasks the
/// frames, then packets are decoded in place out of their payloads, so that payload slices keep the
/// bytes alive without copies. Outgoing frames collect in `pending`.
///
/// Every packet that came in passes `deliver`, every packet that goes out passes `append`: faults
/// are injected there.
final class BrokerConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = Never
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case open
    /// Our CLOSE is written: what comes is read only to find the peer's.
    case closing
    case closed
  }

  /// Bytes of answers (not forwards, which have credit) that may wait for a client that does not read.
  private static let maximumAnswers = 1024 * 1024

  private unowned let owner: LoopbackBroker
  private var id = ConnectionID(0)
  private var context: ChannelHandlerContext?
  private var phase = Phase.open

  private var frames: FrameDecoder
  private var packets: PacketStream
  /// Bytes that the frame decoder wants to see again, with more behind them.
  private var unread: ByteBuffer?
  private var steps: [FrameStep] = []

  private var encoder = FrameEncoder(role: .server)
  private var pending = ByteBuffer()
  private var pendingCost = 0
  /// Bytes of the last turn: about as many come next.
  private var expectedTurn = 512
  private var isDirty = false
  /// The payload of the last ping, while it is not answered.
  private var ping: ByteBuffer?
  private var closesAfterFlush = false

  /// Bytes of answers that have not left yet, and those of them in `pending`.
  private var answers = 0
  private var pendingAnswers = 0
  private var isPausedByBroker = false
  private var isPausedByAnswers: Bool { answers > Self.maximumAnswers }
  private var wantsRead = false

  init(owner: LoopbackBroker) {
    self.owner = owner
    let settings = owner.settings
    frames = FrameDecoder(
      role: .server, maximumFrameSize: max(settings.maximumPacketSize, 16 * 1024 * 1024))
    // 3.1.1 until CONNECT: what is no CONNECT is then not answered in the terms of 5.0.
    packets = PacketStream(
      PacketDecoder(
        version: .v3_1_1, direction: .toServer,
        maximumPacketSize: min(settings.maximumPacketSizeBeforeConnect, settings.maximumPacketSize)))
  }

  // MARK: - Life

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    id = owner.opened(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) { finish() }

  func channelInactive(context: ChannelHandlerContext) { finish() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func finish() {
    guard phase != .closed else { return }
    phase = .closed
    context = nil
    owner.closed(id)
  }

  // MARK: - Reading

  func read(context: ChannelHandlerContext) {
    if phase == .open, isPausedByBroker || isPausedByAnswers {
      wantsRead = true
    } else {
      context.read()
    }
  }

  func setPaused(_ isPaused: Bool) {
    isPausedByBroker = isPaused
    readAgainIfWanted()
  }

  private func readAgainIfWanted() {
    guard wantsRead, phase != .open || !(isPausedByBroker || isPausedByAnswers) else { return }
    wantsRead = false
    context?.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if var unread {
      self.unread = nil
      unread.writeBuffer(&buffer)
      buffer = unread
    }
    switch phase {
    case .open: walk(&buffer)
    case .closing: awaitClose(&buffer)
    case .closed: break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { owner.finishTurn() }

  private func walk(_ buffer: inout ByteBuffer) {
    let violation = findFrames(&buffer)
    let base = buffer.readerIndex
    let now = owner.now
    for step in steps {
      guard phase == .open else { break }
      switch step.kind {
      case .data: decode(buffer, base + step.payloadStart, base + step.payloadEnd, now)
      case .ping:
        ping = buffer.getSlice(at: base + step.payloadStart, length: step.payload.count)
        markDirty()
      case .close:
        answerClose(
          buffer.getSlice(at: base + step.payloadStart, length: step.payload.count) ?? ByteBuffer())
      case .needMore:
        unread = buffer.getSlice(
          at: base + step.payloadStart, length: buffer.readableBytes - step.payloadStart)
      case .pong, .afterClose: break
      }
    }
    if let violation, phase == .open { close(violation.closeCode) }
  }

  /// Fills `steps` and unmasks the payloads.
  ///
  /// Unmasking goes around copy-on-write: what was read belongs to nobody else, whatever the
  /// channel's allocator still holds of it.
  private func findFrames(_ buffer: inout ByteBuffer) -> WebSocketViolation? {
    steps.removeAll(keepingCapacity: true)
    let readable = buffer.readerIndex..<buffer.writerIndex
    return buffer.withVeryUnsafeMutableBytes { storage in
      let bytes = UnsafeMutableRawBufferPointer(rebasing: storage[readable])
      var offset = 0
      do {
        while offset < bytes.count {
          let step = try frames.next(unmasking: bytes, at: offset)
          steps.append(step)
          if step.kind == .needMore || step.kind == .afterClose { break }
          offset = step.payloadEnd
        }
        return nil
      } catch {
        return error as? WebSocketViolation
      }
    }
  }

  /// Delivers the packets that end within these bytes.
  private func decode(_ buffer: ByteBuffer, _ start: Int, _ end: Int, _ now: MonotonicTime) {
    var index = start
    do {
      while phase == .open, let packet = try packets.next(in: buffer, from: &index, to: end) {
        deliver(packet, now)
      }
    } catch {
      owner.received(error, from: id, now: now)
    }
  }

  /// Every packet of the client's comes by here.
  private func deliver(_ packet: Packet, _ now: MonotonicTime) {
    if case .connect(let connect) = packet { packets.decoder.version = connect.version }
    owner.received(packet, from: id, now: now)
  }

  func accepted(maximumPacketSize: Int) { packets.decoder.maximumPacketSize = maximumPacketSize }

  // MARK: - Writing

  func send(_ packet: Packet, _ version: ProtocolVersion) {
    let before = pending.writerIndex
    append(length: packet.encodedLength(version)) { buffer throws(EncodeError) in
      try packet.encode(version, into: &buffer)
    }
    answers += pending.writerIndex - before
    pendingAnswers += pending.writerIndex - before
  }

  func forward(
    _ publish: Publish, _ version: ProtocolVersion, cost: Int, sharing: UInt64, _ shared: inout SharedBytes
  ) {
    pendingCost += cost
    if sharing != 0, let (other, range) = shared.find(sharing, version), other !== self {
      copyFrame(from: other, range)
      return
    }
    let start = pending.writerIndex
    append(length: cost) { buffer throws(EncodeError) in
      try publish.encode(version, length: cost, into: &buffer)
    }
    if sharing != 0, pending.writerIndex > start {
      shared.remember(sharing, version, self, start..<pending.writerIndex)
    }
  }

  private func copyFrame(from other: BrokerConnection, _ range: Range<Int>) {
    guard phase == .open else { return }
    reserve(range.count)
    other.pending.withUnsafeReadableBytes { bytes in
      _ = pending.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    markDirty()
  }

  /// One packet in one frame. Every packet to the client comes by here, except for the copies of
  /// what did.
  private func append(
    length: Int, _ encode: (inout ByteBuffer) throws(EncodeError) -> Void
  ) {
    guard phase == .open else { return }
    reserve(length + 10)
    let start = pending.writerIndex
    let frame = encoder.begin(.binary, payloadLength: length, in: &pending)
    do { try encode(&pending) } catch {
      // It cannot be written in this version: nothing of it may be.
      pending.moveWriterIndex(to: start)
      return
    }
    encoder.finish(frame, in: &pending)
    markDirty()
  }

  private func reserve(_ bytes: Int) {
    if pending.capacity == 0, let context {
      pending = context.channel.allocator.buffer(capacity: expectedTurn)
    }
    pending.reserveCapacity(minimumWritableBytes: bytes)
  }

  private func markDirty() {
    if isDirty { return }
    isDirty = true
    owner.needsFlush(self)
  }

  /// One write and one flush for all that was appended.
  func flush() {
    isDirty = false
    guard let context else { return }
    if let ping, context.channel.isWritable {
      // Only the latest one: a flood of pings is not answered by a flood of pongs.
      self.ping = nil
      encoder.write(.pong, ping, into: &pending)
    }
    guard pending.readableBytes > 0 else { return closeIfDue() }
    let bytes = pending
    pending = ByteBuffer()
    expectedTurn = min(max(bytes.readableBytes, 512), 128 * 1024)
    let departure = context.eventLoop.makePromise(of: Void.self)
    let cost = pendingCost
    let answered = pendingAnswers
    pendingCost = 0
    pendingAnswers = 0
    departure.futureResult.assumeIsolated().whenComplete { [weak self] _ in
      self?.departed(cost, answered)
    }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: departure)
  }

  private func departed(_ cost: Int, _ answered: Int) {
    answers = max(0, answers - answered)
    readAgainIfWanted()
    closeIfDue()
    if cost > 0 { owner.departed(cost, from: id) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable, ping != nil else { return }
    markDirty()
    owner.finishTurn()
  }

  // MARK: - Closing

  func end(_ cause: BrokerEffect.CloseCause) {
    switch cause {
    case .normal: close(.normal)
    case .shutdown: close(.goingAway)
    case .protocolError: close(.protocolError)
    case .packetTooLarge: close(.messageTooBig)
    case .timeout: close(.policyViolation)
    }
  }

  /// Writes a CLOSE behind what is pending, and waits for the client's, but not for long.
  private func close(_ code: CloseCode) {
    if phase == .open { beginClosing(CloseFrame(code)) }
  }

  private func beginClosing(_ frame: CloseFrame) {
    encoder.write(frame, into: &pending)
    phase = .closing
    packets.discard()
    markDirty()
    readAgainIfWanted()
    owner.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
      self?.context?.close(promise: nil)
    }
  }

  /// The client begins to close: nothing but our answer is missing.
  private func answerClose(_ payload: ByteBuffer) {
    var code: CloseCode?
    do {
      code = try payload.withUnsafeReadableBytes { (bytes) throws(WebSocketViolation) in
        try CloseFrame(payload: bytes).code
      }
    } catch {
      code = error.closeCode
    }
    closesAfterFlush = true
    beginClosing(CloseFrame(code))
  }

  private func awaitClose(_ buffer: inout ByteBuffer) {
    if findFrames(&buffer) != nil || steps.contains(where: { $0.kind == .close }) {
      closesAfterFlush = true
      markDirty()
    } else if let last = steps.last, last.kind == .needMore {
      unread = buffer.getSlice(
        at: buffer.readerIndex + last.payloadStart, length: buffer.readableBytes - last.payloadStart)
    }
  }

  private func closeIfDue() {
    if closesAfterFlush { context?.close(promise: nil) }
  }
}
