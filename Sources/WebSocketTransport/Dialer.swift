import NIOCore

/// What the handler of an open connection is told at its birth.
package struct DialResult: Sendable {
  /// The server's 101; nil when the URL's scheme is MQTT without a WebSocket.
  package var response: UpgradeResponse?
  package var localAddress: SocketAddress?
  /// The server's address, or the proxy's.
  package var remoteAddress: SocketAddress?
  package var tls: TLSFacts?
}

/// Opens one connection: resolution, TCP, proxy, TLS, upgrade, under one deadline.
///
/// Confined to its event loop, and good for one `dial`. The channel has `autoRead` on, `TCP_NODELAY` and
/// keep-alive set; whatever goes wrong before it is handed over, the socket is closed and nothing leaks.
package final class Dialer {
  package let settings: TransportSettings
  let eventLoop: any EventLoop
  let resolver: any Resolver
  let observe: TransportObserver?

  package init(
    settings: TransportSettings, eventLoop: any EventLoop, resolver: any Resolver = SystemResolver(),
    observe: TransportObserver? = nil
  ) {
    self.settings = settings
    self.eventLoop = eventLoop
    self.resolver = resolver
    self.observe = observe
  }

  /// On the event loop. Fails with a ``TransportError`` and nothing else.
  ///
  /// `makeHandler` is called once, when the WebSocket is open. Its handler takes the place of the dialer's,
  /// last in the pipeline, and is added to an active channel: it gets no `channelActive`. Then the future
  /// succeeds, then bytes that came glued to the answer arrive as a `channelRead`.
  package func dial(_ makeHandler: @escaping (DialResult) -> any ChannelHandler) -> EventLoopFuture<
    any Channel
  > {
    eventLoop.makeFailedFuture(TransportError.cancelled)
  }

  /// On the event loop, in any phase: the future fails with `.cancelled` before this returns. Does nothing
  /// once the connection is open.
  package func cancel() {}
}
