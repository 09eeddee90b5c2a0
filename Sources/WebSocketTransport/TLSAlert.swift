import COpenSSL

/// A fatal alert by its number, RFC 8446 6.
struct TLSAlert: Equatable {
  var number: UInt8

  var name: String {
    switch number {
    case 116: "certificate required"
    case 120: "no application protocol"
    default: String(cString: SSL_alert_desc_string_long(Int32(number)))
    }
  }

  /// Alerts that judge the certificate we showed, or its absence.
  var isAboutOurCertificate: Bool {
    switch number {
    case 41...46, 48, 49, 116: true
    default: false
    }
  }
}

extension TLSErrorEntry {
  func isSSL(_ reason: Int32) -> Bool {
    library == ERR_LIB_SSL && self.reason == reason
  }
}

extension TLSHandshakeFailure {
  private static let versionReasons: Set<Int32> = [
    SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH,
    SSL_R_WRONG_SSL_VERSION, SSL_R_UNKNOWN_PROTOCOL,
  ]
  private static let cipherReasons: Set<Int32> = [
    SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS,
    SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_WRONG_CIPHER_RETURNED,
  ]

  init(_ entries: [TLSErrorEntry], wasAskedForCertificate: Bool, hasCertificate: Bool) {
    let alert = entries.compactMap(\.receivedAlert).first.map(TLSAlert.init(number:))
    let reasons = Set(entries.filter { $0.library == ERR_LIB_SSL }.map(\.reason))
    if let alert {
      self = Self.ofAlert(alert, wasAskedForCertificate, hasCertificate)
    } else if !reasons.isDisjoint(with: Self.versionReasons) {
      self = .unsupportedVersion
    } else if !reasons.isDisjoint(with: Self.cipherReasons) {
      self = .noCommonCipher
    } else if entries.isEmpty {
      self = .other("the connection broke off")
    } else {
      self = .other(entries.map(\.text).joined(separator: "; "))
    }
  }

  private static func ofAlert(_ alert: TLSAlert, _ wasAsked: Bool, _ hasCertificate: Bool) -> Self {
    // A TLS 1.2 server may say no more than "handshake failure" when it misses a certificate.
    if wasAsked, !hasCertificate, alert.isAboutOurCertificate || alert.number == 40 {
      return .clientCertificateRequired
    }
    switch alert.number {
    case 116: return .clientCertificateRequired
    case 70: return .unsupportedVersion
    case 71: return .noCommonCipher
    default: break
    }
    if hasCertificate, alert.isAboutOurCertificate {
      return .clientCertificateRejected(alert: alert.number, name: alert.name)
    }
    return .alert(alert.number, name: alert.name)
  }
}
