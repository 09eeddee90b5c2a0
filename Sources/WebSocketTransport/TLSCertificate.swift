import COpenSSL
import Glibc

extension CertificateSummary {
  /// Reads what people want to know from an X509; the pointer stays the caller's.
  init(x509 certificate: OpaquePointer) {
    self.init(
      subject: Self.text(X509_get_subject_name(certificate)),
      issuer: Self.text(X509_get_issuer_name(certificate)),
      notBefore: Self.time(X509_get0_notBefore(certificate)),
      notAfter: Self.time(X509_get0_notAfter(certificate)),
      names: Self.alternativeNames(certificate))
  }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let name, let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    X509_NAME_print_ex(bio, name, 0, copenssl_XN_FLAG_readable())
    var bytes: UnsafeMutablePointer<CChar>?
    let length = copenssl_BIO_get_mem_data(bio, &bytes)
    guard let bytes, length > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> CertificateTime? {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    return CertificateTime(secondsSince1970: timegm(&parts))
  }

  private static func alternativeNames(_ certificate: OpaquePointer) -> [String] {
    guard let names = copenssl_subject_alternative_names(certificate) else { return [] }
    defer { GENERAL_NAMES_free(names) }
    return (0..<copenssl_sk_GENERAL_NAME_num(names)).compactMap { index in
      var length: Int32 = 0
      var isAddress: Int32 = 0
      guard let bytes = copenssl_general_name_bytes(names, index, &length, &isAddress) else { return nil }
      let value = UnsafeRawBufferPointer(start: bytes, count: Int(length))
      return isAddress == 0 ? String(decoding: value, as: UTF8.self) : addressText(value)
    }
  }

  private static func addressText(_ bytes: UnsafeRawBufferPointer) -> String? {
    let family: Int32
    switch bytes.count {
    case 4: family = AF_INET
    case 16: family = AF_INET6
    default: return nil
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      inet_ntop(family, bytes.baseAddress, text.baseAddress, socklen_t(text.count)).map {
        String(cString: $0)
      }
    }
  }
}

extension CertificateFailure {
  /// - Parameters:
  ///   - code: an X509_V_ERR number.
  ///   - wanted: the name that was asked for.
  init(code: Int32, depth: Int32, certificate: CertificateSummary?, wanted: String) {
    self.init(
      kind: Self.kind(code, certificate, wanted), certificate: certificate, depth: Int(depth),
      code: Int(code), detail: String(cString: X509_verify_cert_error_string(Int(code))))
  }

  private static func kind(_ code: Int32, _ certificate: CertificateSummary?, _ wanted: String) -> Kind {
    switch code {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned
    // Also a chain that brings its own root along: it is the root that nobody here vouches for.
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_INVALID_CA,
      X509_V_ERR_CERT_SIGNATURE_FAILURE:
      .unknownIssuer
    case X509_V_ERR_CERT_HAS_EXPIRED: .expired(certificate?.notAfter)
    case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid(certificate?.notBefore)
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      .nameMismatch(wanted: wanted, names: certificate?.names ?? [])
    case X509_V_ERR_CERT_REVOKED: .revoked
    case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: .weak
    default: .other
    }
  }
}
