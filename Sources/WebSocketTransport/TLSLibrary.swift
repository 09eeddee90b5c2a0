import COpenSSL

/// The library that does TLS.
package enum TLSLibrary {
  /// Such as `OpenSSL 3.0.15 3 Sep 2024`.
  package static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
