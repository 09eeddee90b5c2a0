import NIOCore

/// The server's end of the upgrade: reads the request under a deadline, answers, and steps aside for the
/// owner's handler.
final class UpgradeServerHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How long a refused client may take to read why and hang up. Closing at once with unread bytes in the
  /// socket would reset the connection, and the client might never see the answer.
  static let lingerTime = TimeAmount.seconds(1)

  private var listener: Listener?
  private var context: ChannelHandlerContext?
  private var parser: UpgradeRequestParser
  private var unread = ByteBuffer()
  private var timer: Scheduled<Void>?
  private var isAnswered = false

  init(listener: Listener) {
    self.listener = listener
    self.parser = UpgradeRequestParser(
      policy: listener.settings.policy, maximumHeadLength: listener.settings.maximumRequestHead)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    guard let listener else { return }
    let timeout = listener.settings.handshakeTimeout
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
      self.failed(.timeout(.upgrade, after: timeout, attempts: []))
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish()
    self.context = nil
  }

  func close() {
    context?.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isAnswered, let listener else { return }
    var bytes = unwrapInboundIn(data)
    listener.report(.requestReceived(context.channel.remoteAddress, bytes))
    if unread.readableBytes > 0 {
      unread.writeBuffer(&bytes)
    } else {
      unread = bytes
    }
    switch parser.feed(&unread) {
    case .needMore: break
    case .rejected(let rejection): refuse(rejection, context)
    case .accepted(let facts):
      switch listener.answer(facts, context.channel.remoteAddress) {
      case .refuse(let rejection): refuse(rejection, context)
      case .accept(let response, let handler): accept(facts, response, handler, context)
      }
    }
  }

  private func accept(
    _ facts: UpgradeRequestFacts, _ response: UpgradeResponse, _ handler: any ChannelHandler,
    _ context: ChannelHandlerContext
  ) {
    isAnswered = true
    var bytes = ByteBuffer()
    response.encode(into: &bytes)
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    guard context.channel.isActive else { return }
    listener?.report(.upgraded(context.channel.remoteAddress, facts))
    do {
      try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
    } catch {
      return context.close(promise: nil)
    }
    if unread.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(unread)) }
    unread = ByteBuffer()
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  private func refuse(_ rejection: UpgradeRejection, _ context: ChannelHandlerContext) {
    isAnswered = true
    unread = ByteBuffer()
    listener?.report(.rejected(context.channel.remoteAddress, rejection))
    var bytes = ByteBuffer()
    rejection.encode(into: &bytes)
    guard bytes.readableBytes > 0 else { return context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    context.close(mode: .output, promise: nil)
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { self.close() }
  }

  private func failed(_ error: TransportError) {
    if !isAnswered { listener?.report(.failed(context?.channel.remoteAddress, error)) }
    isAnswered = true
    close()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failed(TransportError(channelError: error, in: .upgrade))
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  private func finish() {
    timer?.cancel()
    timer = nil
    listener?.finished(self)
    listener = nil
  }
}
