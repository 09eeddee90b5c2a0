import Glibc
import NIOCore

/// One address that was tried in vain.
package struct FailedAttempt: Sendable, Equatable {
  package var address: SocketAddress
  /// nil when the attempt was still under way as the deadline passed.
  package var errno: Int32?

  package init(address: SocketAddress, errno: Int32?) {
    self.address = address
    self.errno = errno
  }
}

/// Why a name gave no address.
package enum ResolutionFailure: Error, Sendable, Equatable {
  /// The name does not exist.
  case notFound
  /// The name exists, but not with an address of the wanted family.
  case noAddress(AddressFamily)
  /// The name servers gave no answer now.
  case temporary
  case system(errno: Int32)
  /// Any other code of getaddrinfo, with its text.
  case other(code: Int32, text: String)
}

/// What a handshake broke on, when it was not the peer's certificate.
package enum TLSHandshakeFailure: Sendable, Equatable {
  /// The peer answered in clear; the first bytes it sent.
  case plainText([UInt8])
  /// The peer wants a client certificate and we have none.
  case clientCertificateRequired
  /// The peer does not accept the client certificate we showed; the alert's number and name.
  case clientCertificateRejected(alert: UInt8, name: String)
  /// No protocol version both sides can speak.
  case unsupportedVersion
  /// No cipher, curve or signature both sides can use.
  case noCommonCipher
  /// Any other alert the peer sent.
  case alert(UInt8, name: String)
  /// The peer closed the connection in the middle of the handshake.
  case closed
  /// Anything else, in OpenSSL's words.
  case other(String)
}

/// Why a certificate was not accepted.
package struct CertificateFailure: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case selfSigned
    case unknownIssuer
    case expired(CertificateTime?)
    case notYetValid(CertificateTime?)
    /// `names` are those the certificate is valid for.
    case nameMismatch(wanted: String, names: [String])
    case revoked
    /// A key or a signature that is too weak to be trusted.
    case weak
    case other
  }
  package var kind: Kind
  /// The certificate that failed: the peer's own at depth 0, else one of its issuers.
  package var certificate: CertificateSummary?
  package var depth: Int
  /// OpenSSL's number and words for it.
  package var code: Int
  package var detail: String

  package init(kind: Kind, certificate: CertificateSummary?, depth: Int, code: Int, detail: String) {
    self.kind = kind
    self.certificate = certificate
    self.depth = depth
    self.code = code
    self.detail = detail
  }
}

/// What is wrong with a file named in the TLS settings.
package struct TLSFileFailure: Sendable, Equatable {
  package enum Role: String, Sendable, Equatable {
    case cafile, capath, certificate, key, keyLog
  }
  package enum Kind: Sendable, Equatable {
    case missing
    case unreadable(errno: Int32)
    case unwritable(errno: Int32)
    /// No PEM block of the wanted sort in it, or a damaged one.
    case notPEM
    case keyDoesNotMatch
    case needsPassword
    case wrongPassword
    /// A usable file that OpenSSL refuses all the same, for example a key that is too small.
    case rejected
  }
  package var path: String
  package var role: Role
  package var kind: Kind
  package var detail: String

  package init(path: String, role: Role, kind: Kind, detail: String) {
    self.path = path
    self.role = role
    self.kind = kind
    self.detail = detail
  }
}

/// What went wrong with a proxy.
package enum ProxyFailure: Sendable, Equatable {
  /// Its name gave no address.
  case resolution(host: String, ResolutionFailure)
  case connection([FailedAttempt])
  /// It answered CONNECT with another status than 2xx.
  case refused(status: Int, reason: String)
  /// It answered something that is not HTTP; the first bytes of it.
  case notHTTP([UInt8])
  /// Its answer's head was larger than the limit.
  case answerTooLarge
  /// It closed the connection before it answered.
  case closed
}

/// How a connection ended.
package enum CloseReason: Sendable, Equatable {
  /// The peer sent a close frame.
  case closeFrame(code: UInt16?, reason: String)
  /// The peer closed the TCP connection in order.
  case endOfStream
  case reset
  /// The TCP connection ended without TLS's own goodbye: bytes may have been cut off.
  case tlsTruncated
  /// The peer's machine acknowledged nothing any more.
  case timedOut
  /// The network said so in another way, such as "no route to host".
  case failed(errno: Int32)

  /// The peer ended the TCP connection, with FIN or RST, which one being a matter of what it had read.
  package var isHangUp: Bool { self == .endOfStream || self == .reset }
}

/// Everything that can go wrong between a URL and an open WebSocket, and what ends an open one.
/// Texts inside come from the peer or from the system and are not sanitised.
package enum TransportError: Error, Sendable {
  case resolution(host: String, ResolutionFailure)
  /// Every address failed; one entry an attempt, in the order of failing.
  case connection([FailedAttempt])
  /// The deadline passed in `phase`; `attempts` are the addresses that had been tried by then.
  case timeout(TransportPhase, after: Duration, attempts: [FailedAttempt])
  case proxy(ProxyFailure)
  case tlsHandshake(TLSHandshakeFailure)
  case tlsCertificate(CertificateFailure)
  case tlsFile(TLSFileFailure)
  /// A value OpenSSL does not take, such as an unknown cipher: the setting's name, and OpenSSL's words.
  case tlsSetting(name: String, detail: String)
  /// The user's header fields cannot be written into a request.
  case upgradeRequest(UpgradeRequestError)
  case upgradeRefused(UpgradeRefusal)
  /// The answer broke a rule, or none came before the end of the connection.
  case upgradeInvalid(UpgradeViolation)
  /// What answered on the port does not speak HTTP/1.
  case notHTTP(LooksLike)
  case webSocket(WebSocketViolation)
  case closed(CloseReason, TransportPhase)
  case system(errno: Int32, operation: String)
  /// `cancel()` was called.
  case cancelled
}

extension TransportError {
  /// What an error that travelled through a channel means when it ends the connection in `phase`.
  package init(channelError error: any Error, in phase: TransportPhase) {
    switch error {
    case let error as TransportError: self = error
    case let error as IOError: self.init(errno: error.errnoCode, in: phase)
    case is ChannelError: self = .closed(.endOfStream, phase)
    default: self = .system(errno: 0, operation: "\(error)")
    }
  }

  private init(errno code: Int32, in phase: TransportPhase) {
    switch code {
    case ECONNRESET, EPIPE, ECONNABORTED: self = .closed(.reset, phase)
    case ETIMEDOUT: self = .closed(.timedOut, phase)
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN, ENETRESET, EHOSTDOWN, ECONNREFUSED:
      self = .closed(.failed(errno: code), phase)
    default: self = .system(errno: code, operation: "socket")
    }
  }
}
