import COpenSSL
import Glibc

/// An SSL_CTX made from settings: files read, trust loaded. Making one is the expensive part of TLS, so
/// dialers that share their settings may share it. Nothing of OpenSSL runs before the first one is made.
package final class TLSContext {
  let pointer: OpaquePointer
  let isServer: Bool
  let verifiesPeer: Bool
  /// Whether we can show a certificate when the peer asks for one.
  let hasCertificate: Bool
  let keyLog: TLSKeyLog?

  /// Throws `.tlsFile`, `.tlsSetting` or `.system`.
  package init(client settings: TLSSettings) throws(TransportError) {
    pointer = try Self.make(TLS_client_method())
    isServer = false
    verifiesPeer = settings.verifiesPeer
    hasCertificate = settings.certificateFile != nil
    keyLog = try settings.keyLogFile.map { path throws(TransportError) in try TLSKeyLog(path) }
    try Self.setVersions(pointer, settings.minimumVersion, settings.maximumVersion)
    try Self.setCiphers(pointer, settings.ciphers, settings.cipherSuites)
    if settings.verifiesPeer {
      try TLSTrust(file: settings.cafile, directory: settings.capath).load(into: pointer)
    }
    if let file = settings.certificateFile {
      let identity = TLSIdentity(
        certificateFile: file, keyFile: settings.keyFile, password: settings.keyPassword)
      try identity.load(into: pointer)
    }
    TLSConnection.noteCertificateRequests(of: pointer)
    try Self.offer(settings.alpn, in: pointer)
    keyLog?.attach(to: pointer)
  }

  /// Throws `.tlsFile`, `.tlsSetting` or `.system`.
  package init(server settings: TLSServerSettings) throws(TransportError) {
    pointer = try Self.make(TLS_server_method())
    isServer = true
    verifiesPeer = settings.requiresClientCertificate
    hasCertificate = true
    keyLog = nil
    try Self.setVersions(pointer, settings.minimumVersion, settings.maximumVersion)
    try Self.setCiphers(pointer, settings.ciphers, settings.cipherSuites)
    let identity = TLSIdentity(
      certificateFile: settings.certificateFile, keyFile: settings.keyFile, password: settings.keyPassword)
    try identity.load(into: pointer)
    if settings.requiresClientCertificate {
      try TLSTrust(file: settings.clientCAFile, directory: nil).load(into: pointer)
    }
    copenssl_SSL_CTX_set_options_no_ticket(pointer)
    SSL_CTX_set_num_tickets(pointer, 0)
    SSL_CTX_set_alpn_select_cb(
      pointer, { _, out, outLength, offered, length, _ in selectHTTP1(out, outLength, offered, length) }, nil)
  }

  deinit { SSL_CTX_free(pointer) }

  private static func make(_ method: OpaquePointer?) throws(TransportError) -> OpaquePointer {
    TLSErrorQueue.clear()
    guard let context = SSL_CTX_new(method) else {
      throw .tlsSetting(name: "openssl", detail: TLSErrorQueue.takeText())
    }
    copenssl_SSL_CTX_set_mode_for_memory_bios(context)
    copenssl_SSL_CTX_set_options_no_renegotiation(context)
    copenssl_SSL_CTX_set_session_cache_off(context)
    return context
  }

  private static func setVersions(
    _ context: OpaquePointer, _ minimum: TLSVersion?, _ maximum: TLSVersion?
  ) throws(TransportError) {
    if let minimum, let maximum, minimum > maximum {
      throw .tlsSetting(name: "tls-min-version", detail: "\(minimum.rawValue) is above \(maximum.rawValue)")
    }
    TLSErrorQueue.clear()
    if let minimum, copenssl_SSL_CTX_set_min_proto_version(context, minimum.number) != 1 {
      throw .tlsSetting(name: "tls-min-version", detail: TLSErrorQueue.takeText())
    }
    if let maximum, copenssl_SSL_CTX_set_max_proto_version(context, maximum.number) != 1 {
      throw .tlsSetting(name: "tls-max-version", detail: TLSErrorQueue.takeText())
    }
  }

  private static func setCiphers(
    _ context: OpaquePointer, _ ciphers: String?, _ suites: String?
  ) throws(TransportError) {
    TLSErrorQueue.clear()
    if let ciphers, SSL_CTX_set_cipher_list(context, ciphers) != 1 {
      throw .tlsSetting(name: "ciphers", detail: TLSErrorQueue.takeText())
    }
    if let suites, SSL_CTX_set_ciphersuites(context, suites) != 1 {
      throw .tlsSetting(name: "ciphersuites", detail: TLSErrorQueue.takeText())
    }
  }

  private static func offer(_ protocols: [String], in context: OpaquePointer) throws(TransportError) {
    var list: [UInt8] = []
    for name in protocols {
      guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
        throw .tlsSetting(name: "alpn", detail: "a name of \(name.utf8.count) bytes")
      }
      list.append(length)
      list.append(contentsOf: name.utf8)
    }
    guard !list.isEmpty else { return }
    // The one function of the library that returns 0 for success.
    guard SSL_CTX_set_alpn_protos(context, list, UInt32(list.count)) == 0 else {
      throw .tlsSetting(name: "alpn", detail: TLSErrorQueue.takeText())
    }
  }
}

extension TLSVersion {
  var number: Int32 {
    switch self {
    case .v1_0: TLS1_VERSION
    case .v1_1: TLS1_1_VERSION
    case .v1_2: TLS1_2_VERSION
    case .v1_3: TLS1_3_VERSION
    }
  }
}

/// Chooses `http/1.1` where a client offers it, and no protocol at all where it does not.
private func selectHTTP1(
  _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ outLength: UnsafeMutablePointer<UInt8>?,
  _ offered: UnsafePointer<UInt8>?, _ length: UInt32
) -> Int32 {
  guard let out, let outLength, let offered else { return SSL_TLSEXT_ERR_NOACK }
  let bytes = UnsafeBufferPointer(start: offered, count: Int(length))
  var index = 0
  while index < bytes.count {
    let end = index + 1 + Int(bytes[index])
    guard end <= bytes.count else { break }
    if bytes[(index + 1)..<end].elementsEqual("http/1.1".utf8) {
      out.pointee = offered + index + 1
      outLength.pointee = bytes[index]
      return SSL_TLSEXT_ERR_OK
    }
    index = end
  }
  return SSL_TLSEXT_ERR_NOACK
}
