import NIOCore

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

/// Accepts WebSockets. Confined to its event loop; a client's misbehaviour ends that client's connection and
/// nothing else.
package final class Listener {
  let channel: any Channel
  package let localAddress: SocketAddress

  init(channel: any Channel, localAddress: SocketAddress) {
    self.channel = channel
    self.localAddress = localAddress
  }

  package var port: Int { localAddress.port ?? 0 }

  /// On the event loop. Fails with a ``ListenerError``. `answer` is called once for each sound request.
  package static func start(
    _ settings: ListenerSettings, on eventLoop: any EventLoop,
    answer: @escaping (UpgradeRequestFacts, SocketAddress?) -> ListenerAnswer
  ) -> EventLoopFuture<Listener> {
    eventLoop.makeFailedFuture(ListenerError.invalidAddress(settings.address))
  }

  /// Accepts every sound request.
  package static func start(
    _ settings: ListenerSettings, on eventLoop: any EventLoop,
    makeHandler: @escaping (UpgradeRequestFacts, SocketAddress?) -> any ChannelHandler
  ) -> EventLoopFuture<Listener> {
    start(settings, on: eventLoop, answer: { .accept($0.response, makeHandler($0, $1)) })
  }

  /// Stops listening and ends the handshakes under way; open WebSockets stay open.
  package func close() {}
}
