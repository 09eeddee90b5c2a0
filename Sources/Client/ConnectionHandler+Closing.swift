import MQTTPackets
import NIOCore
import WebSocketTransport

/// The ways a connection ends. Whatever comes first counts; the owner hears of it once.
extension ConnectionHandler {
  /// Starts the close handshake; the owner hears of the end when the peer answers or time is up.
  func close(_ frame: CloseFrame, timeout: Duration) {
    guard state == .open, let context else { return }
    state = .closing
    sendClose(frame, context)
    readIfHeld()
    guard state == .closing else { return }
    closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [self] in
      abort()
    }
  }

  /// Ends the connection at once.
  func abort(_ error: TransportError = .closed(.timedOut, .open)) {
    guard state != .closed else { return }
    let channel = context?.channel
    ended(.transport(error))
    channel?.close(mode: .all, promise: nil)
  }

  /// The peer broke a rule: tells it so, and ends.
  func fail(_ error: ClientError, close frame: CloseFrame?) {
    guard state != .closed else { return }
    let context = context
    if state == .open, let context {
      owner.failing(error, self)
      if let frame { sendClose(frame, context) }
    }
    ended(error)
    context?.close(promise: nil)
  }

  func peerClosed(_ buffer: ByteBuffer, at index: Int, length: Int) throws {
    let frame = try buffer.withUnsafeReadableBytes { bytes in
      let start = index - buffer.readerIndex
      return try CloseFrame(payload: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
    }
    let context = context
    let reason = CloseReason.closeFrame(code: frame.code?.rawValue, reason: frame.reason)
    if state == .open, let context {
      state = .closing
      // The answer may find the socket gone.
      peersClose = reason
      sendClose(CloseFrame(frame.code), context)
    }
    ended(.transport(.closed(reason, .open)), by: reason)
    context?.close(promise: nil)
  }

  /// `reason` is what the peer or the network did; nil when it was our doing.
  func ended(_ error: ClientError, by reason: CloseReason? = nil) {
    guard state != .closed else { return }
    state = .closed
    owner.trace(.transport(.closed(reason)))
    closeTimer?.cancel()
    stallTimer?.cancel()
    owner.transportEnded(self, error)
  }

  /// The channel is gone: what the peer said before that counts.
  func channelEnded(by reason: CloseReason) {
    let reason = peersClose ?? reason
    ended(.transport(.closed(reason, .open)), by: reason)
  }

  /// A reset that a write runs into is no end in order. The channel says nothing of it by itself.
  func noticeOfFailure(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenFailure { error in
      guard case .closed(.reset, _) = TransportError(channelError: error, in: .open) else { return }
      self.channelEnded(by: .reset)
    }
    return promise
  }

  /// Behind everything that waits, and whether or not there is room: it is the last. Without frames the
  /// DISCONNECT before it has said all.
  private func sendClose(_ frame: CloseFrame, _ context: ChannelHandlerContext) {
    if isFramed { frameEncoder.write(frame, into: &outgoing) }
    if !largePayloads.isEmpty {
      writeLargePayloads(context)
    } else if outgoing.readableBytes > 0 {
      write(context)
    }
  }

  // MARK: - Stalls

  /// How long neither a byte of an unfinished packet may come nor a byte of ours leave.
  private static let patience = Duration.seconds(30)

  /// Looks again after that time, and as long as it is not over; one timer, however often it is asked.
  func watchForStall() {
    guard stallTimer == nil, state == .open, let context else { return }
    let received = bytesReceived
    let written = bytesWritten
    let unsent = unsentBytes
    stallTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.patience)) { [self] in
      stallTimer = nil
      let isReceivingStalled = isIncomplete && !isReadingHeld && bytesReceived == received
      let isSendingStalled = unsent > 0 && unsentBytes == unsent && bytesWritten == written
      if isReceivingStalled || isSendingStalled {
        abort(.timeout(.open, after: Self.patience, attempts: []))
      } else if isIncomplete || !isWritable {
        watchForStall()
      }
    }
  }

  /// Of those that the channel has been given and the kernel has not.
  var unsentBytes: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }
}
