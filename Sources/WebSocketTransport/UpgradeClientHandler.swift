import NIOCore

/// The client's end of the upgrade, last in the pipeline from the moment the socket is connected: sends the
/// request, reads the answer, and steps aside. Until then it is also the place where whatever the channel has
/// to say about proxy and TLS reaches the dialer.
final class UpgradeClientHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How long the rest of a refusal's body is waited for: it only serves the error message.
  static let bodyTimeout = TimeAmount.milliseconds(250)

  private var dialer: Dialer?
  private var context: ChannelHandlerContext?
  private var parser: UpgradeResponseParser?
  private var unread = ByteBuffer()
  private var bodyTimer: Scheduled<Void>?
  private var isHandedOver = false

  init(dialer: Dialer) {
    self.dialer = dialer
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    bodyTimer?.cancel()
    self.context = nil
    dialer = nil
  }

  /// Set once the head of an answer other than 101 was read.
  var pendingRefusal: UpgradeRefusal? { parser?.pendingRefusal }

  func start(_ request: ByteBuffer, _ parser: UpgradeResponseParser) {
    self.parser = parser
    context?.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }

  /// The error that the end of the stream means.
  func endOfStream() -> TransportError? {
    do throws(UpgradeViolation) {
      return try parser.map { parser throws(UpgradeViolation) in
        var parser = parser
        return .upgradeRefused(try parser.endOfStream())
      }
    } catch {
      return TransportError(error)
    }
  }

  /// From now on everything is passed on, beginning with what is left over; then the handler removes itself.
  func handOver() {
    isHandedOver = true
    guard parser == nil, let context else { return }
    // Nothing was parsed: the connection has no upgrade.
    leave(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    guard let dialer, !isHandedOver, parser != nil else { return context.fireChannelRead(data) }
    let arrived = bytes
    if unread.readableBytes > 0 {
      unread.writeBuffer(&bytes)
    } else {
      unread = bytes
    }
    let outcome = Result { () throws(UpgradeViolation) in try parser?.feed(&unread) }
    // What is left over are bytes of the WebSocket, and at the end of those that have just come.
    let length = max(arrived.readableBytes - unread.readableBytes, 0)
    dialer.emit(.upgradeReceived(arrived.getSlice(at: arrived.readerIndex, length: length) ?? arrived))
    act(on: outcome, context, dialer)
  }

  private func act(
    on outcome: Result<UpgradeResponseParser.Outcome?, UpgradeViolation>, _ context: ChannelHandlerContext,
    _ dialer: Dialer
  ) {
    do throws(UpgradeViolation) {
      switch try outcome.get() {
      case .accepted(let response):
        dialer.handOver(response)
        guard isHandedOver else { return }
        if unread.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(unread)) }
        leave(context)
      case .refused(let refusal): dialer.fail(.upgradeRefused(refusal))
      case .needMore: waitForBody(context, dialer)
      case nil: break
      }
    } catch {
      dialer.fail(TransportError(error))
    }
  }

  private func waitForBody(_ context: ChannelHandlerContext, _ dialer: Dialer) {
    guard bodyTimer == nil, pendingRefusal != nil else { return }
    bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.bodyTimeout) {
      if let refusal = self.pendingRefusal { dialer.fail(.upgradeRefused(refusal)) }
    }
  }

  private func leave(_ context: ChannelHandlerContext) {
    unread = ByteBuffer()
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let established = event as? TLSEstablished, !isHandedOver {
      dialer?.tlsEstablished(established.facts)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isHandedOver else { return context.fireErrorCaught(error) }
    dialer?.channelFailed(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !isHandedOver { dialer?.channelEnded() }
    context.fireChannelInactive()
  }
}

extension TransportError {
  init(_ violation: UpgradeViolation) {
    if case .notHTTP(let looksLike) = violation.kind {
      self = .notHTTP(looksLike)
    } else {
      self = .upgradeInvalid(violation)
    }
  }
}
