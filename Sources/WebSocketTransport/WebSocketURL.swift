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

  /// Reads the whole of `text`; blanks around it are refused as well.
  package init(parsing text: String) throws(WebSocketURLError) {
    self = try URLTextParser(text).parse()
  }

  init(
    scheme: Scheme, host: URLHost, explicitPort: Int?, target: String, username: String?, password: String?
  ) {
    self.scheme = scheme
    self.host = host.ascii
    unicodeHost = host.unicode
    isIPv6Literal = host.isIPv6
    self.explicitPort = explicitPort
    self.target = target
    self.username = username
    self.password = password
  }

  /// The same address with single parts replaced, checked as when parsed; nil keeps a part. A port that
  /// was never written follows the scheme. `host` may be an IPv6 address with or without brackets.
  package func replacing(
    host: String? = nil, port: Int? = nil, target: String? = nil, usesTLS: Bool? = nil
  ) throws(WebSocketURLError) -> WebSocketURL {
    var result = self
    if let host {
      try URLTextParser.checkBytes(Array(host.utf8), from: 0)
      let checked = try URLHost(host)
      result.host = checked.ascii
      result.unicodeHost = checked.unicode
      result.isIPv6Literal = checked.isIPv6
    }
    if let port {
      guard 1...65_535 ~= port else { throw WebSocketURLError(.invalidPort, at: 0) }
      result.explicitPort = port
    }
    if let target {
      try result.replaceTarget(target)
    }
    if let usesTLS {
      result.scheme = scheme.isWebSocket ? (usesTLS ? .wss : .ws) : (usesTLS ? .mqtts : .mqtt)
    }
    return result
  }

  private mutating func replaceTarget(_ text: String) throws(WebSocketURLError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.maximumLength else { throw WebSocketURLError(.tooLong, at: Self.maximumLength) }
    try URLTextParser.checkBytes(bytes, from: 0)
    guard bytes.first == UInt8(ascii: "/") else {
      throw WebSocketURLError(.relativePath, at: 0, suggestion: URLQueryRedaction.redacted("/" + text))
    }
    target = try URLTextParser.target(bytes[...], at: 0)
  }

  /// Refuses `mqtt://` and `mqtts://`, and suggests the WebSocket form with the usual port and path.
  package func requireWebSocket() throws(WebSocketURLError) {
    guard !scheme.isWebSocket else { return }
    var form = self
    form.scheme = scheme.usesTLS ? .wss : .ws
    form.explicitPort = scheme.usesTLS ? 8084 : 8083
    form.target = "/mqtt"
    throw WebSocketURLError(.controlScheme(scheme.rawValue), at: 0, suggestion: form.description)
  }

  /// The same host and port for MQTT without a WebSocket.
  package var withoutWebSocket: WebSocketURL {
    var plain = self
    plain.scheme = scheme.usesTLS ? .mqtts : .mqtt
    plain.explicitPort = port
    return plain
  }

  /// The same host, port and path for MQTT in a WebSocket; /mqtt where there is no path.
  package var withWebSocket: WebSocketURL {
    var framed = self
    framed.scheme = scheme.usesTLS ? .wss : .ws
    framed.explicitPort = port
    return target == "/" ? (try? framed.replacing(target: "/mqtt")) ?? framed : framed
  }

  /// The value of Host: brackets around IPv6, no default port.
  package var hostHeader: String {
    port == scheme.defaultPort ? bracketedHost : "\(bracketedHost):\(port)"
  }

  /// Host and port as one word: brackets around IPv6, always with the port.
  package var authority: String { "\(bracketedHost):\(port)" }

  private var bracketedHost: String { isIPv6Literal ? "[\(host)]" : host }
}

extension WebSocketURL: CustomStringConvertible {
  /// For people: without the password, and with the values of secret-looking query keys as `…`.
  package var description: String {
    var text = scheme.rawValue + "://"
    if username != nil || password != nil {
      text += URLPercent.encoded(username ?? "") + (password == nil ? "" : ":…") + "@"
    }
    text += bracketedHost
    if let explicitPort { text += ":\(explicitPort)" }
    return text + URLQueryRedaction.redacted(target)
  }
}

extension WebSocketURL: CustomDebugStringConvertible, CustomReflectable {
  package var debugDescription: String { description }

  /// `dump` and a test's failure message must not show the password either.
  package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
