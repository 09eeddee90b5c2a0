import Glibc
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
///
/// Theory of operation: `phase` only moves forward, each step starts the next one from a callback on the
/// loop, and `fail` may be called at any time by anything (a step, the deadline, `cancel`): the first end
/// wins, and every callback that comes later finds `isOver` set. Steps: Dialer+Connecting, Dialer+Opening.
package final class Dialer {
  package let settings: TransportSettings
  let eventLoop: any EventLoop
  let observe: TransportObserver?

  private let resolver: any NameResolver
  private let sharedTLS: TLSContext?
  private var promise: EventLoopPromise<any Channel>?
  private var deadline: Scheduled<Void>?
  private var resolution: Resolution?

  // State of the steps.
  var phase = TransportPhase.resolution
  private(set) var isOver = false
  var tlsContext: TLSContext?
  var attempts: ConnectionAttempts?
  var channel: (any Channel)?
  var upgrade: UpgradeClientHandler?
  var tlsFacts: TLSFacts?
  var makeHandler: ((DialResult) -> any ChannelHandler)?

  /// - Parameter tls: made from `settings.tls` by the caller, when several dialers share it; nil makes one.
  package init(
    settings: TransportSettings, eventLoop: any EventLoop, resolver: any NameResolver = SystemResolver(),
    tls: TLSContext? = nil, observe: TransportObserver? = nil
  ) {
    self.settings = settings
    self.eventLoop = eventLoop
    self.resolver = resolver
    self.sharedTLS = tls
    self.observe = observe
  }

  /// On the event loop. Fails with a ``TransportError`` and nothing else.
  ///
  /// `makeHandler` is called once, when the WebSocket is open. Its handler takes the place of the dialer's,
  /// last in the pipeline, and is added to an active channel: it gets no `channelActive`. Then the future
  /// succeeds, then bytes that came glued to the answer arrive as a `channelRead`. Errors arrive as
  /// `errorCaught`; ``TransportError/init(channelError:in:)`` reads them.
  package func dial(_ makeHandler: @escaping (DialResult) -> any ChannelHandler) -> EventLoopFuture<
    any Channel
  > {
    eventLoop.preconditionInEventLoop()
    guard promise == nil, !isOver else { return eventLoop.makeFailedFuture(TransportError.cancelled) }
    let promise = eventLoop.makePromise(of: (any Channel).self)
    self.promise = promise
    self.makeHandler = makeHandler
    deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(settings.connectTimeout)) {
      self.deadlinePassed()
    }
    do throws(TransportError) {
      if settings.url.scheme.usesTLS {
        if let sharedTLS { tlsContext = sharedTLS } else { tlsContext = try TLSContext(client: settings.tls) }
      }
      resolve()
    } catch {
      fail(error)
    }
    return promise.futureResult
  }

  /// On the event loop, in any phase: the future fails with `.cancelled` before this returns. Does nothing
  /// once the connection is open.
  package func cancel() {
    fail(.cancelled)
  }

  // MARK: Resolution

  private func resolve() {
    let host = settings.proxy?.host ?? settings.url.host
    let port = settings.proxy?.port ?? settings.url.port
    if let literal = SystemResolver.literal(host, port: port) {
      guard settings.addressFamily.includes(literal) else {
        return resolutionFailed(host, .noAddress(settings.addressFamily))
      }
      return connect(to: [literal])
    }
    emit(.resolving(host: host))
    let begin = NIODeadline.now()
    let resolution = resolver.resolve(host, port: port, family: settings.addressFamily, on: eventLoop)
    self.resolution = resolution
    resolution.addresses.assumeIsolated().whenComplete { result in
      guard !self.isOver else { return }
      self.resolution = nil
      switch result {
      case .success(let addresses):
        self.emit(.resolved(addresses, in: Duration(NIODeadline.now() - begin)))
        self.connect(to: addresses.filter(self.settings.addressFamily.includes))
      case .failure(let error):
        self.resolutionFailed(host, error as? ResolutionFailure ?? .other(code: 0, text: "\(error)"))
      }
    }
  }

  func resolutionFailed(_ host: String, _ failure: ResolutionFailure) {
    fail(settings.proxy == nil ? .resolution(host: host, failure) : .proxy(.resolution(host: host, failure)))
  }

  // MARK: The end

  private func deadlinePassed() {
    if phase == .upgrade, let refusal = upgrade?.pendingRefusal { return fail(.upgradeRefused(refusal)) }
    fail(.timeout(phase, after: settings.connectTimeout, attempts: attempts?.unsuccessful ?? []))
  }

  func fail(_ error: TransportError) {
    guard !isOver else { return }
    isOver = true
    release()
    attempts?.abandonAll()
    channel?.close(promise: nil)
    attempts = nil
    channel = nil
    emit(.failed(error))
    // Cancelling first and last: whoever waits for a name waits no more.
    resolution?.cancel()
    resolution = nil
    promise?.fail(error)
  }

  func succeed(_ channel: any Channel) {
    guard !isOver else { return }
    isOver = true
    release()
    attempts = nil
    self.channel = nil
    promise?.succeed(channel)
  }

  private func release() {
    deadline?.cancel()
    deadline = nil
    makeHandler = nil
    upgrade = nil
  }

  func emit(_ event: @autoclosure () -> TransportEvent) {
    if let observe { observe(event()) }
  }
}

extension AddressFamily {
  package func includes(_ address: SocketAddress) -> Bool {
    switch self {
    case .any: true
    case .ipv4: address.protocol == .inet
    case .ipv6: address.protocol == .inet6
    }
  }
}
