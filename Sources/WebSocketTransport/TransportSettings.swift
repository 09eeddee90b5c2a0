import NIOCore

/// Which kinds of addresses a connection may use.
package enum AddressFamily: String, Sendable, Equatable, CaseIterable {
  case any
  case ipv4
  case ipv6
}

/// An HTTP proxy that is asked for a tunnel with CONNECT, on a plain TCP connection.
package struct ProxySettings: Sendable, Equatable {
  package var host: String
  package var port: Int
  /// Both nil or both set: sent as Basic authentication with the first request.
  package var username: String?
  package var password: String?

  package init(host: String, port: Int, username: String? = nil, password: String? = nil) {
    self.host = host
    self.port = port
    self.username = username
    self.password = password
  }
}

/// Everything the dialer needs to know to open one WebSocket.
package struct TransportSettings: Sendable {
  package var url: WebSocketURL
  /// Extra fields of the upgrade request, after the ones it needs itself.
  package var headers = HTTPHeaders()
  /// The `Origin` field; nil sends none.
  package var origin: String?
  /// Replaces the `Host` field that the URL gives.
  package var hostHeader: String?
  /// The one subprotocol that is offered; nil offers none.
  package var subprotocol: String? = "mqtt"
  /// Goes on when the server confirms no subprotocol at all; another one than ours is always refused.
  package var allowsMissingSubprotocol = false
  /// Looked at only when the URL's scheme asks for TLS.
  package var tls = TLSSettings()
  package var addressFamily = AddressFamily.any
  package var proxy: ProxySettings?
  /// A numeric local address the connection is bound to.
  package var bindAddress: String?
  /// One deadline over resolution, TCP, proxy, TLS and upgrade together.
  package var connectTimeout = Duration.seconds(10)
  /// How long a close handshake may take before the socket is closed all the same.
  package var closeTimeout = Duration.seconds(1)
  /// The most bytes of status line and header fields that are read, for the server and for a proxy.
  package var maximumResponseHead = 64 * 1024
  /// The head start of an address before the next one is tried beside it (RFC 8305, 5).
  package var attemptDelay = Duration.milliseconds(250)

  package init(url: WebSocketURL) {
    self.url = url
  }
}
