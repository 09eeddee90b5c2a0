/// What a peer that does not speak HTTP/1 seems to speak instead.
package enum LooksLike: String, Equatable, Sendable {
  /// A TLS alert: we spoke plainly to a TLS port.
  case tlsAlert
  /// Any other TLS record; on the listening side, a client that speaks TLS to a plain port.
  case tls
  case mqtt
  case ssh
  case http2
  /// `220 …`: a mail or FTP server.
  case greeting
  case html
  /// A WebSocket frame before the answer to the upgrade.
  case webSocketFrame
  case text
  case unknown
}

/// The answer to an upgrade, or on the listening side the request, breaks a rule.
package struct UpgradeViolation: Error, Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case notHTTP(LooksLike)
    /// The peer closed before its first byte.
    case closedWithoutAnswer
    /// The peer closed inside the head.
    case truncated
    case startLine, version
    case headerSyntax
    case lineTooLong, tooManyHeaders, headTooLarge
    case missingUpgrade, missingConnection
    case missingAccept, wrongAccept, duplicateAccept
    case missingSubprotocol
    /// The name the server chose; the peer's text.
    case wrongSubprotocol(String)
    case duplicateSubprotocol
    case unofferedExtension
    /// Content-Length or Transfer-Encoding where no body may be.
    case unexpectedBody
    /// Listening side only.
    case method, target, host, key, webSocketVersion, origin
  }

  package let kind: Kind
  /// `RFC 6455 4.1`, `RFC 9112 5`, `[MQTT-6.0.0-4]`.
  package let rule: String
  /// Plain ASCII; the peer's bytes in it are escaped as \xNN.
  package let detail: String
  /// Byte offset in the stream from the peer.
  package let offset: Int
  /// The status of the answer, where it had been read.
  package let status: Int?

  package init(_ kind: Kind, rule: String, detail: String, offset: Int, status: Int? = nil) {
    self.kind = kind
    self.rule = rule
    self.detail = detail
    self.offset = offset
    self.status = status
  }
}
