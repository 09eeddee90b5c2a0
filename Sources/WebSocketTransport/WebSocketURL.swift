/// Where to connect: the parts of a `ws://` or `wss://` address, each already checked.
///
/// Path and query are kept byte for byte, for a signature may cover them. `mqtt://` and `mqtts://` parse
/// too, because some commands compare a WebSocket with plain MQTT; `requireWebSocket()` refuses them.
package struct WebSocketURL: Hashable, Sendable {
  package enum Scheme: String, Sendable, CaseIterable {
    case ws, wss, mqtt, mqtts

    package var usesTLS: Bool { self == .wss || self == .mqtts }
    package var isWebSocket: Bool { self == .ws || self == .wss }
    package var defaultPort: Int {
      switch self {
      case .ws: 80
      case .wss: 443
      case .mqtt: 1883
      case .mqtts: 8883
      }
    }
  }

  /// Longest text that `init(parsing:)` looks at, in bytes.
  package static let maximumLength = 65_536

  package private(set) var scheme: Scheme
  /// Lower case, ASCII (`xn--` labels for an international name), an IPv6 address without its brackets.
  package private(set) var host: String
  /// The international form the user typed, when it differs from `host`: show both.
  package private(set) var unicodeHost: String?
  package private(set) var isIPv6Literal: Bool
  /// The port that was written, if one was.
  package private(set) var explicitPort: Int?
  /// Path and query as they go into the request line; `/` when there is none.
  package private(set) var target: String
  /// Percent-decoded; nil when the address has none.
  package var username: String?
  package var password: String?

  package var port: Int { explicitPort ?? scheme.defaultPort }

  package init(parsing text: String) throws(WebSocketURLError) {
    throw WebSocketURLError(.empty, at: 0)
  }

  /// The same address with single parts replaced, checked as when parsed; nil keeps a part. A port that
  /// was never written follows the scheme. `host` may be an IPv6 address with or without brackets.
  package func replacing(
    host: String? = nil, port: Int? = nil, target: String? = nil, usesTLS: Bool? = nil
  ) throws(WebSocketURLError) -> WebSocketURL { self }

  /// Refuses `mqtt://` and `mqtts://`, and suggests the WebSocket form.
  package func requireWebSocket() throws(WebSocketURLError) {
  }

  /// The value of Host: brackets around IPv6, no default port.
  package var hostHeader: String { "" }
}

extension WebSocketURL: CustomStringConvertible {
  /// For people: without the password, and with the values of secret-looking query keys as `…`.
  package var description: String { "" }
}
