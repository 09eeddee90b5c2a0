import Glibc
import NIOCore
import NIOPosix

/// Where and how to listen for WebSockets.
package struct ListenerSettings: Sendable {
  /// A numeric address.
  package var address = "127.0.0.1"
  /// 0 lets the system choose.
  package var port = 0
  /// nil listens without TLS.
  package var tls: TLSServerSettings?
  /// Who is let in by `Host`, `Origin` and subprotocol.
  package var policy = UpgradePolicy()
  /// From the accept to the 101, however slowly the client sends.
  package var handshakeTimeout = Duration.seconds(5)
  /// Connections without a finished upgrade; the ones above are closed at once.
  package var maximumPending = 256
  package var maximumRequestHead = 64 * 1024

  package init() {}
}

/// What a listener does with a sound request.
package enum ListenerAnswer {
  /// Upgrade, with this handler last in the pipeline, added to an active channel. `response` is what is sent:
  /// usually the request's own.
  case accept(UpgradeResponse, any ChannelHandler)
  case refuse(UpgradeRejection)
}

/// Why a listener could not start.
package enum ListenerError: Error, Sendable, Equatable {
  case invalidAddress(String)
  /// The address or port cannot be had: in use, not ours, not permitted.
  case bind(address: String, port: Int, errno: Int32)
  case tlsFile(TLSFileFailure)
  case tlsSetting(name: String, detail: String)
}

/// What happens before a connection is handed over; the tap for traces.
package enum ListenerEvent: Sendable {
  case accepted(SocketAddress?)
  /// The request as it arrived.
  case requestReceived(SocketAddress?, ByteBuffer)
  case upgraded(SocketAddress?, UpgradeRequestFacts)
  case rejected(SocketAddress?, UpgradeRejection)
  case failed(SocketAddress?, TransportError)
  /// More than `maximumPending` handshakes were under way.
  case overloaded(SocketAddress?)
}

/// Accepts WebSockets. Confined to its event loop; a client's misbehaviour ends that client's connection and
/// nothing else.
package final class Listener {
  package typealias Answer = (UpgradeRequestFacts, SocketAddress?) -> ListenerAnswer

  let settings: ListenerSettings
  let answer: Answer
  private let observe: ((ListenerEvent) -> Void)?
  private let tls: TLSContext?
  private var channel: (any Channel)?
  private var pending: [ObjectIdentifier: UpgradeServerHandler] = [:]
  private var isClosed = false

  private init(
    _ settings: ListenerSettings, tls: TLSContext?, answer: @escaping Answer,
    observe: ((ListenerEvent) -> Void)?
  ) {
    self.settings = settings
    self.tls = tls
    self.answer = answer
    self.observe = observe
  }

  package var localAddress: SocketAddress? { channel?.localAddress }

  package var port: Int { localAddress?.port ?? 0 }

  /// On the event loop. Fails with a ``ListenerError``. `answer` is called once for each sound request.
  package static func start(
    _ settings: ListenerSettings, on eventLoop: any EventLoop, observe: ((ListenerEvent) -> Void)? = nil,
    answer: @escaping Answer
  ) -> EventLoopFuture<Listener> {
    eventLoop.preconditionInEventLoop()
    let promise = eventLoop.makePromise(of: Listener.self)
    do throws(ListenerError) {
      guard let address = SystemResolver.literal(settings.address, port: settings.port) else {
        throw .invalidAddress(settings.address)
      }
      let listener = Listener(
        settings, tls: try makeTLS(settings.tls), answer: answer, observe: observe)
      listener.bind(address, on: eventLoop).assumeIsolated().whenComplete { result in
        switch result {
        case .success(let channel):
          listener.channel = channel
          promise.assumeIsolated().succeed(listener)
        case .failure(let error):
          let code = (error as? IOError)?.errnoCode ?? 0
          promise.fail(ListenerError.bind(address: settings.address, port: settings.port, errno: code))
        }
      }
    } catch {
      promise.fail(error)
    }
    return promise.futureResult
  }

  /// Accepts every sound request.
  package static func start(
    _ settings: ListenerSettings, on eventLoop: any EventLoop, observe: ((ListenerEvent) -> Void)? = nil,
    makeHandler: @escaping (UpgradeRequestFacts, SocketAddress?) -> any ChannelHandler
  ) -> EventLoopFuture<Listener> {
    start(settings, on: eventLoop, observe: observe, answer: { .accept($0.response, makeHandler($0, $1)) })
  }

  /// Stops listening and ends the handshakes under way; open WebSockets stay open.
  package func close() {
    isClosed = true
    channel?.close(promise: nil)
    for handler in pending.values { handler.close() }
  }

  private static func makeTLS(_ settings: TLSServerSettings?) throws(ListenerError) -> TLSContext? {
    guard let settings else { return nil }
    do throws(TransportError) {
      return try TLSContext(server: settings)
    } catch {
      switch error {
      case .tlsFile(let failure): throw .tlsFile(failure)
      case .tlsSetting(let name, let detail): throw .tlsSetting(name: name, detail: detail)
      default: throw .tlsSetting(name: "openssl", detail: "\(error)")
      }
    }
  }

  private func bind(_ address: SocketAddress, on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    guard let bootstrap = ServerBootstrap(validatingGroup: eventLoop) else {
      return eventLoop.makeFailedFuture(IOError(errnoCode: EINVAL, reason: "event loop without sockets"))
    }
    return
      bootstrap
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.recvAllocator, value: SocketTuning.receiveAllocator)
      .childChannelOption(SocketTuning.userTimeout, value: SocketTuning.userTimeoutMilliseconds)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel) }
      }
      .bind(to: address)
  }

  private func accept(_ channel: any Channel) throws {
    guard !isClosed, pending.count < settings.maximumPending else {
      report(.overloaded(channel.remoteAddress))
      throw ChannelError.ioOnClosedChannel
    }
    report(.accepted(channel.remoteAddress))
    if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(tls, serverName: nil)) }
    let handler = UpgradeServerHandler(listener: self)
    pending[ObjectIdentifier(handler)] = handler
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  func finished(_ handler: UpgradeServerHandler) {
    pending[ObjectIdentifier(handler)] = nil
  }

  func report(_ event: @autoclosure () -> ListenerEvent) {
    if let observe { observe(event()) }
  }
}

@available(*, unavailable)
extension Listener: Sendable {}
