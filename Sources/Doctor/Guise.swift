import Client
import MQTTPackets
import MQTTSession
import Presentation
import WebSocketTransport

/// A client in whose place doctor connects: a script in a web page sends less than a program may, so that
/// what works for mqttws need not work there. Pure.
package enum Guise: String, Sendable, CaseIterable {
  /// Any script: what the browser itself adds and forbids.
  case browser
  /// Eclipse Paho's JavaScript client 1.1: MQTT 3.1.1, one subprotocol, keep-alive 60 s.
  case pahoJS = "paho-js"
  /// MQTT.js in a page: 3.1.1 unless told otherwise, one subprotocol, keep-alive 60 s.
  case mqttJS = "mqttjs"

  package var name: String {
    switch self {
    case .browser: "a script in a browser"
    case .pahoJS: "Paho JS in a browser"
    case .mqttJS: "MQTT.js in a browser"
    }
  }

  /// Why the client cannot do what the setting of this name asks for; nil where it can.
  package func objection(to setting: String, value: String?) -> String? {
    switch setting {
    case "headers": "a page cannot set headers: tokens go into the query, a cookie or the MQTT password"
    case "cert", "key": "a browser takes client certificates from its own store, not from a file"
    case "insecure": "a browser refuses a certificate that it does not trust"
    case "server-name": "a browser asks for the host of the address"
    case "bind-address": "a browser chooses its own address"
    case "tls-alpn", "ciphers", "tls-ciphersuites", "tls-version": "a page has no say in TLS"
    case "allow-no-subprotocol": "browsers give up when the subprotocol is not confirmed"
    case "subprotocol":
      self == .browser || value == "mqtt" ? nil : "it offers the subprotocol mqtt and no other"
    case "protocol-version": self == .pahoJS && value != "3.1.1" ? "it speaks MQTT 3.1.1 and not 5" : nil
    default: nil
    }
  }

  /// What the user has chosen, which then is no default of the client's.
  package struct Choices: Sendable {
    package var origin: String?
    package var hasKeepAlive = false
    package var hasVersion = false
    package var hasClientIdentifier = false

    package init() {}
  }

  /// The settings that this client would have, and what is to be told about them.
  package func apply(
    to settings: ConnectionSettings, _ choices: Choices, random: inout some RandomNumberGenerator
  ) -> (settings: ConnectionSettings, appearance: Appearance) {
    var settings = settings
    let url = settings.transport.url
    let origin = choices.origin.map(WebOrigin.init) ?? WebOrigin(servedBy: url)
    settings.transport.origin = origin.text
    settings.transport.hostHeader = nil
    settings.transport.headers = HTTPHeaders([
      HTTPHeader("Pragma", "no-cache"), HTTPHeader("Cache-Control", "no-cache"),
      HTTPHeader("User-Agent", Self.userAgent), HTTPHeader("Accept-Language", "en"),
    ])
    settings.transport.allowsMissingSubprotocol = false
    settings.transport.bindAddress = nil
    settings.transport.tls = settings.transport.tls.ofBrowser
    if self != .browser {
      settings.transport.subprotocol = "mqtt"
      if !choices.hasVersion || self == .pahoJS {
        settings.session.version = .v3_1_1
        settings.session.connectProperties = []
      }
      if !choices.hasKeepAlive { settings.session.keepAlive = 60 }
    }
    if self == .mqttJS, !choices.hasClientIdentifier {
      let digits = String(UInt32.random(in: .min ... .max, using: &random), radix: 16)
      settings.session.clientIdentifier = "mqttjs_" + digits
    }
    let appearance = Appearance(
      summary: "\(name), on a page of \(origin.text)", remarks: remarks(origin, choices, url),
      blocked: origin.blocked(from: url))
    return (settings, appearance)
  }

  private static let userAgent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

  private func remarks(_ origin: WebOrigin, _ choices: Choices, _ url: WebSocketURL) -> [String] {
    var remarks: [String] = []
    if choices.origin == nil { remarks.append("--origin URL names the page's address, if it is another") }
    if url.scheme.usesTLS {
      remarks.append("the page's user has to trust the certificate too, in the browser")
    }
    remarks.append(
      "a browser adds its cookies for \(url.host), and offers compression, which is left out here")
    return remarks
  }

  /// What a report says of it.
  package struct Appearance: Equatable, Sendable {
    package var summary: String
    package var remarks: [String]
    /// What was asked for by a profile or the environment, and left out.
    package var withheld: [String] = []
    /// Why a browser would not even try.
    package var blocked: Diagnosis?
  }
}

extension TLSSettings {
  /// What the trust store holds may be in the browser's too; the rest is the browser's affair.
  fileprivate var ofBrowser: TLSSettings {
    var tls = TLSSettings()
    tls.cafile = cafile
    tls.capath = capath
    tls.keyLogFile = keyLogFile
    return tls
  }
}

/// Scheme, host and port of a page, as browsers send them (RFC 6454, 6.2).
struct WebOrigin: Equatable {
  let text: String

  /// Path, query and the scheme's own port do not belong to it.
  init(_ text: String) {
    let parts = text.lowercased().split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasSuffix(":"), parts[1].isEmpty else {
      self.text = text
      return
    }
    var host = String(parts[2].prefix { !"/?#".contains($0) })
    for (scheme, port) in [("http:", ":80"), ("https:", ":443")] where parts[0] == scheme {
      if host.hasSuffix(port) { host.removeLast(port.count) }
    }
    self.text = "\(parts[0])//\(host)"
  }

  /// A page that comes from the host of the WebSocket.
  init(servedBy url: WebSocketURL) {
    let host = url.isIPv6Literal ? "[\(url.host)]" : url.host
    text = (url.scheme.usesTLS ? "https://" : "http://") + host
  }

  /// Mixed content: https://www.w3.org/TR/mixed-content/. What stays on this machine is allowed.
  func blocked(from url: WebSocketURL) -> Diagnosis? {
    let isLocal = url.host == "localhost" || url.host == "::1" || url.host.hasPrefix("127.")
    guard text.hasPrefix("https://"), !url.scheme.usesTLS, !isLocal else { return nil }
    return Diagnosis(
      .websocket, .protocolError, "browsers block ws:// in a page of \(text): mixed content",
      "serve the broker at wss://, behind a proxy with TLS if need be")
  }
}
