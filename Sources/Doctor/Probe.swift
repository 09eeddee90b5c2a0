import Client
import MQTTPackets
import MQTTSession
import WebSocketTransport

/// One connection that differs from the user's in a single point. Pure data.
package enum Probe: Equatable, Sendable {
  case path(String)
  /// nil offers none.
  case subprotocol(String?)
  case missingSubprotocol
  /// The same port with or without TLS.
  case tls(Bool)
  /// MQTT without a WebSocket on the same port.
  case plain(usesTLS: Bool)
  /// MQTT in a WebSocket on the same port.
  case webSocket
  case host(String)
  /// Without the Origin field, which only browsers have to send.
  case noOrigin
  case version(ProtocolVersion)
  case family(AddressFamily)
  /// Where the server's redirect points.
  case redirect(WebSocketURL)
  /// The certificates that the server shows, with nothing sent to it.
  case chain

  /// What a probe does once the transport is open.
  package enum Depth: Sendable {
    /// Nothing: it was all about TLS.
    case open
    /// CONNECT on a WebSocket.
    case webSocket
    /// CONNECT without one.
    case plain
  }

  package var depth: Depth {
    switch self {
    case .chain: .open
    case .plain: .plain
    default: .webSocket
    }
  }

  /// Whether it changes what MQTT without a WebSocket does not have.
  var isAboutWebSocket: Bool {
    switch self {
    case .path, .subprotocol, .missingSubprotocol, .plain, .host, .noOrigin, .redirect: true
    case .tls, .webSocket, .version, .family, .chain: false
    }
  }

  /// The settings of this probe. Nothing that the user keeps secret goes to another host, or without TLS
  /// where the user asked for TLS; and no probe has a will.
  package func settings(from base: ConnectionSettings, timeout: Duration) -> ConnectionSettings {
    var settings = base
    settings.reconnect = ReconnectPolicy(reconnects: false)
    settings.transport.connectTimeout = timeout
    settings.session.will = nil
    let url = base.transport.url
    switch self {
    case .path(let path): settings.transport.url = (try? url.replacing(target: path)) ?? url
    case .subprotocol(let name): settings.transport.subprotocol = name
    case .missingSubprotocol: settings.transport.allowsMissingSubprotocol = true
    case .tls(let usesTLS): settings.transport.url = Self.pinned(url, usesTLS: usesTLS)
    case .plain(let usesTLS):
      settings.transport.url = Self.pinned(url, usesTLS: usesTLS).withoutWebSocket
      if settings.transport.tls.alpn == TLSSettings().alpn { settings.transport.tls.alpn = ["mqtt"] }
    case .webSocket:
      settings.transport.url = url.withWebSocket
      if settings.transport.tls.alpn == ["mqtt"] { settings.transport.tls.alpn = TLSSettings().alpn }
    case .host(let host): settings.transport.hostHeader = host
    case .noOrigin: settings.transport.origin = nil
    case .version(let version):
      settings.session.version = version
      settings.session.connectProperties = []
    case .family(let family): settings.transport.addressFamily = family
    case .redirect(let target): settings.transport.url = target
    case .chain:
      settings.transport.url = url.withoutWebSocket
      settings.transport.tls.verifiesPeer = false
    }
    let target = settings.transport.url
    if target.host != url.host || url.scheme.usesTLS && !target.scheme.usesTLS {
      settings.withholdSecrets()
    }
    return settings
  }

  /// The port stays, also where it was never written and would change with the scheme.
  static func pinned(_ url: WebSocketURL, usesTLS: Bool) -> WebSocketURL {
    let other = (try? url.replacing(usesTLS: usesTLS)) ?? url
    return (try? other.replacing(port: url.port)) ?? other
  }
}

extension ConnectionSettings {
  fileprivate mutating func withholdSecrets() {
    credentials = FixedCredentials()
    transport.headers = HTTPHeaders()
    transport.url.username = nil
    transport.url.password = nil
    let path = transport.url.target.prefix { $0 != "?" }
    if let bare = try? transport.url.replacing(target: String(path)) { transport.url = bare }
  }
}

/// What a probe came to.
package struct ProbeResult: Sendable {
  package var reach: Reach
  /// nil when it came all the way.
  package var error: ClientError?
  package var tls: TLSFacts?
  package var time: Duration

  package init(_ error: ClientError?, tls: TLSFacts? = nil, time: Duration) {
    reach = error.map(Reach.init) ?? .connected
    self.error = error
    self.tls = tls
    self.time = time
  }
}
