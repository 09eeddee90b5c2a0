/// The protocol versions that can be chosen as limits.
package enum TLSVersion: String, Sendable, Equatable, CaseIterable, Comparable {
  case v1_0 = "1.0"
  case v1_1 = "1.1"
  case v1_2 = "1.2"
  case v1_3 = "1.3"

  package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// The client side of TLS. Files are PEM, read at each connect.
package struct TLSSettings: Sendable, Equatable {
  /// Certificates to trust, instead of the system's.
  package var cafile: String?
  /// A directory of hashed certificates to trust, instead of the system's.
  package var capath: String?
  /// The client certificate, with its chain behind it.
  package var certificateFile: String?
  /// The client key; nil looks for it in `certificateFile`.
  package var keyFile: String?
  /// Decrypts the key. OpenSSL never asks on a terminal: a key that needs a password it did not get is an
  /// error.
  package var keyPassword: [UInt8]?
  /// False takes any certificate and any name.
  package var verifiesPeer = true
  /// The name for SNI and verification when it is not the URL's host.
  package var serverName: String?
  /// nil leaves the limit to the system's OpenSSL configuration.
  package var minimumVersion: TLSVersion?
  package var maximumVersion: TLSVersion?
  /// OpenSSL cipher list for TLS 1.2 and below.
  package var ciphers: String?
  /// Colon-separated suites for TLS 1.3.
  package var cipherSuites: String?
  package var alpn = ["http/1.1"]
  /// Session secrets are appended here in NSS key log format; nil writes none, whatever the environment says.
  package var keyLogFile: String?

  package init() {}
}

/// The server side of TLS.
package struct TLSServerSettings: Sendable, Equatable {
  package var certificateFile: String
  /// nil looks for the key in `certificateFile`.
  package var keyFile: String?
  package var keyPassword: [UInt8]?
  /// Certificates that client certificates are checked against.
  package var clientCAFile: String?
  /// True ends the handshake of a client that shows no certificate `clientCAFile` vouches for.
  package var requiresClientCertificate = false
  package var minimumVersion: TLSVersion?
  package var maximumVersion: TLSVersion?
  package var ciphers: String?
  package var cipherSuites: String?

  package init(certificateFile: String, keyFile: String? = nil) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
