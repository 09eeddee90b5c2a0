import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// What goes out, and what waits because the socket takes nothing: messages of ours, which stop when
/// `isWritable` is false, one pong, and answers to the peer, which stop when it is no longer read.
extension ConnectionHandler {
  /// Written to the channel when it has grown to this size, even in the middle of a batch.
  private static let writeSize = 64 * 1024
  /// Bytes of answers that may wait for a peer that asks and does not read. More than a full window of
  /// acknowledgements, so that two ends never wait for each other.
  private static let maximumHeldAnswers = 1024 * 1024

  /// Whether the socket takes more without growing a queue.
  var isWritable: Bool {
    isChannelWritable && outgoing.readableBytes < Self.writeSize && !hasLargePayloads && state == .open
  }

  /// - Returns: false when the connection has come to its end: nothing may follow a CLOSE.
  func send(_ packet: Packet) throws(EncodeError) -> Bool {
    if case .publish(let publish) = packet { return try send(publish) }
    return try send(isAnswer: true) { () throws(EncodeError) in try append(packet) }
  }

  func send(_ publish: Publish) throws(EncodeError) -> Bool {
    try send(isAnswer: false) { () throws(EncodeError) in
      try append(publish, length: publish.encodedLength(version))
    }
  }

  @inline(__always)
  private func send(isAnswer: Bool, _ append: () throws(EncodeError) -> Void) throws(EncodeError) -> Bool {
    guard state == .open, let context else { return false }
    let start = outgoing.writerIndex
    do throws(EncodeError) {
      try append()
    } catch {
      // Nothing of it may be sent, not even the frame's header.
      outgoing.moveWriterIndex(to: start)
      throw error
    }
    owner.tally.packetsSent &+= 1
    if isFramed { owner.tally.framesSent &+= 1 }
    if outgoing.readableBytes >= Self.writeSize || hasLargePayloads {
      writeMuch(context, isAnswer: isAnswer, size: outgoing.writerIndex - start)
    }
    return true
  }

  /// `size` bytes were added to what is a write of its own by now, or has to wait behind a large payload.
  @inline(never)
  private func writeMuch(_ context: ChannelHandlerContext, isAnswer: Bool, size: Int) {
    writeLargePayloads(context)
    guard outgoing.readableBytes >= Self.writeSize else { return }
    if context.channel.isWritable, !hasLargePayloads {
      write(context)
    } else if isAnswer {
      heldAnswers += size
    }
  }

  private func append(_ packet: Packet) throws(EncodeError) {
    guard isFramed else { return try packet.encode(version, into: &outgoing) }
    let length = packet.encodedLength(version)
    try appendFrame(length) { (room) throws(EncodeError) in
      try packet.encode(version, length: length, into: room)
    }
  }

  private func append(_ publish: Publish, length: Int) throws(EncodeError) {
    if publish.message.payload.readableBytes >= Self.largePayload {
      return try appendLarge(publish, length: length)
    }
    guard isFramed else { return try publish.encode(version, length: length, into: &outgoing) }
    try appendFrame(length) { (room) throws(EncodeError) in
      try publish.encode(version, length: length, into: room)
    }
  }

  /// Frame header, packet and mask in one pass over the same memory; `encode` returns `length`.
  @inline(__always)
  private func appendFrame(
    _ length: Int, _ encode: (UnsafeMutableRawBufferPointer) throws(EncodeError) -> Int
  ) throws(EncodeError) {
    _ = try outgoing.writeWithUnsafeMutableBytes(
      minimumWritableBytes: FrameEncoder.maximumHeaderLength + length
    ) { (bytes) throws(EncodeError) -> Int in
      let frame = frameEncoder.begin(.binary, payloadLength: length, in: bytes, at: 0)
      let room = UnsafeMutableRawBufferPointer(rebasing: bytes[frame.payloadIndex...])
      let end = frame.payloadIndex + (try encode(room))
      FrameEncoder.finish(frame, in: bytes)
      return end
    }
  }

  /// Hands over what was sent, unless the socket is full: then it leaves when there is room.
  func flush() {
    guard let context, isChannelWritable else { return }
    if hasLargePayloads { writeLargePayloads(context) }
    guard state == .open, !hasLargePayloads, isChannelWritable else { return }
    if let ping {
      self.ping = nil
      frameEncoder.write(.pong, ping, into: &outgoing)
      owner.tally.framesSent &+= 1
    }
    if outgoing.readableBytes > 0 { write(context) }
  }

  struct AwaitedPong {
    var payload: ByteBuffer
    var since: MonotonicTime
    var answered: (Duration) -> Void
  }

  /// RFC 6455 5.5.2: the payload tells the answer from a pong that nobody asked for.
  func sendPing(_ answered: @escaping (Duration) -> Void) -> Bool {
    guard isFramed, state == .open, awaitedPong == nil, isWritable else { return false }
    let payload = ByteBuffer(integer: owner.random())
    awaitedPong = AwaitedPong(payload: payload, since: owner.now, answered: answered)
    frameEncoder.write(.ping, payload, into: &outgoing)
    owner.tally.framesSent &+= 1
    flush()
    return true
  }

  func takePong(_ payload: ByteBuffer?) {
    guard let pong = awaitedPong, pong.payload == payload else { return }
    awaitedPong = nil
    pong.answered(owner.now.duration(since: pong.since))
  }

  func releaseSpare() { if outgoing.readableBytes == 0 { outgoing = ByteBuffer() } }

  /// Whatever waits goes to the channel, whether or not there is room: the caller has no more to add.
  func whenSent(_ body: @escaping () -> Void) {
    guard state == .open, let context else { return }
    guard largePayloads.isEmpty else { return whenLargePayloadsAreSent.append(body) }
    if outgoing.readableBytes > 0 { write(context) }
    guard unsentBytes > 0 else { return body() }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenSuccess(body)
  }

  func write(_ context: ChannelHandlerContext) {
    var bytes = outgoing
    outgoing = ByteBuffer()
    bytesWritten += UInt64(bytes.readableBytes)
    owner.trace(.bytes(.sent, bytes))
    let notice = owner.noticesFailedWrites ? noticeOfFailure(context) : nil
    context.writeAndFlush(wrapOutboundOut(bytes), promise: notice)
    if heldAnswers > 0 {
      heldAnswers = 0
      readIfHeld()
    }
    guard outgoing.capacity == 0, bytes.capacity <= 4 * Self.writeSize else { return }
    // The same storage again if the socket took everything, and another one of that size if not.
    let size = bytes.readableBytes
    swap(&outgoing, &bytes)
    outgoing.clear(minimumCapacity: min(size, Self.writeSize))
  }

  // MARK: - Reading, as far as sending allows

  var isReadingHeld: Bool {
    state == .open && (isReadingPaused || heldAnswers > Self.maximumHeldAnswers)
  }

  func pauseReading() { isReadingPaused = true }

  func resumeReading() {
    isReadingPaused = false
    readIfHeld()
  }

  func readIfHeld() {
    guard hasHeldRead, !isReadingHeld else { return }
    hasHeldRead = false
    context?.read()
  }
}
