import COpenSSL
import Glibc
import NIOCore

/// One TLS connection between two memory BIOs: ciphertext in, ciphertext out, and no IO of its own.
final class TLSConnection {
  enum ReadOutcome: Equatable {
    case needsMore
    /// The peer said goodbye in order.
    case closeNotify
  }

  /// The most plain text in one record, and so the most that one write encrypts.
  static let maximumRecord = 16 * 1024

  private let context: TLSContext
  private let connection: OpaquePointer
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  private let serverName: String?
  private var certificateFailure: CertificateFailure?
  private var wasAskedForCertificate = false

  /// - Parameter serverName: a client's peer: sent as SNI unless it is an IP address, and verified.
  init(_ context: TLSContext, serverName: String?) throws(TransportError) {
    TLSErrorQueue.clear()
    guard let connection = SSL_new(context.pointer), let incoming = BIO_new(BIO_s_mem()),
      let outgoing = BIO_new(BIO_s_mem())
    else { throw .system(errno: ENOMEM, operation: "openssl") }
    self.context = context
    self.connection = connection
    self.incoming = incoming
    self.outgoing = outgoing
    self.serverName = serverName
    SSL_set_bio(connection, incoming, outgoing)
    SSL_set_ex_data(connection, 0, Unmanaged.passUnretained(self).toOpaque())
    if context.isServer {
      SSL_set_accept_state(connection)
    } else {
      SSL_set_connect_state(connection)
      try setServerName()
    }
    setVerification()
  }

  deinit { SSL_free(connection) }

  private func setServerName() throws(TransportError) {
    guard let serverName else { return }
    let parameters = SSL_get0_param(connection)
    let isSet: Bool
    if Self.isAddress(serverName) {
      isSet = X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1
    } else {
      X509_VERIFY_PARAM_set_hostflags(
        parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
      isSet =
        X509_VERIFY_PARAM_set1_host(parameters, serverName, 0) == 1
        && copenssl_SSL_set_tlsext_host_name(connection, serverName) == 1
    }
    guard isSet else { throw .tlsSetting(name: "tls-server-name", detail: TLSErrorQueue.takeText()) }
  }

  private func setVerification() {
    guard context.verifiesPeer else {
      SSL_set_verify(connection, SSL_VERIFY_NONE, nil)
      return
    }
    let mode = SSL_VERIFY_PEER | (context.isServer ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
    SSL_set_verify(connection, mode) { isGood, store in
      if isGood == 0 { TLSConnection.of(store: store)?.noteFailure(store) }
      return isGood
    }
  }

  /// Called from inside the handshake, the one moment at which the refused certificate can be seen.
  private func noteFailure(_ store: OpaquePointer?) {
    guard certificateFailure == nil else { return }
    certificateFailure = CertificateFailure(
      code: X509_STORE_CTX_get_error(store), depth: X509_STORE_CTX_get_error_depth(store),
      certificate: X509_STORE_CTX_get_current_cert(store).map(CertificateSummary.init(x509:)),
      wanted: serverName ?? "")
  }

  private static func of(store: OpaquePointer?) -> TLSConnection? {
    guard let raw = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()) else {
      return nil
    }
    return of(OpaquePointer(raw))
  }

  /// The object that owns an SSL; callbacks from OpenSSL get nothing else.
  private static func of(_ connection: OpaquePointer?) -> TLSConnection? {
    guard let owner = SSL_get_ex_data(connection, 0) else { return nil }
    return Unmanaged<TLSConnection>.fromOpaque(owner).takeUnretainedValue()
  }

  /// Remembers that a server asked for a certificate when there is none to show: it may end the connection
  /// for that only after our side of the handshake is over.
  static func noteCertificateRequests(of context: OpaquePointer) {
    SSL_CTX_set_client_cert_cb(context) { connection, _, _ in
      TLSConnection.of(connection)?.wasAskedForCertificate = true
      return 0
    }
  }

  /// A host as certificates write it: without a zone, without the root's dot.
  static func verifiableName(_ host: String) -> String {
    if host.contains(":") { return String(host.prefix { $0 != "%" }) }
    return host.hasSuffix(".") ? String(host.dropLast()) : host
  }

  static func isAddress(_ name: String) -> Bool {
    var storage = in6_addr()
    return inet_pton(AF_INET, name, &storage) == 1 || inet_pton(AF_INET6, name, &storage) == 1
  }

  // MARK: Bytes

  /// True once the handshake is finished.
  func handshake() throws(TransportError) -> Bool {
    TLSErrorQueue.clear()
    let code = SSL_do_handshake(connection)
    if code == 1 {
      try context.keyLog?.check()
      return true
    }
    switch SSL_get_error(connection, code) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
    default: throw failure()
    }
  }

  func receive(_ bytes: UnsafeRawBufferPointer) {
    _ = BIO_write(incoming, bytes.baseAddress, Int32(clamping: bytes.count))
  }

  /// Whether a part of a record waits for the rest of it.
  var holdsUnread: Bool { SSL_has_pending(connection) == 1 }

  /// Appends all plain text there is. A record is always longer than its plain text, so a buffer with as much
  /// room as was received never grows.
  func read(into buffer: inout ByteBuffer) throws(TransportError) -> ReadOutcome {
    while true {
      TLSErrorQueue.clear()
      let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { room in
        Int(max(0, SSL_read(connection, room.baseAddress, Int32(clamping: room.count))))
      }
      if count > 0 { continue }
      switch SSL_get_error(connection, 0) {
      case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsMore
      case SSL_ERROR_ZERO_RETURN: return .closeNotify
      default: throw failure()
      }
    }
  }

  /// Encrypts up to one record and returns how much of `bytes` went into it.
  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    TLSErrorQueue.clear()
    let count = SSL_write(connection, bytes.baseAddress, Int32(clamping: bytes.count))
    guard count > 0 else { throw failure() }
    return Int(count)
  }

  /// Puts our goodbye after what was written.
  func writeCloseNotify() {
    TLSErrorQueue.clear()
    SSL_shutdown(connection)
    TLSErrorQueue.clear()
  }

  /// Moves all ciphertext that waits to be sent to the end of `buffer`.
  func drain(into buffer: inout ByteBuffer) {
    let pending = BIO_ctrl_pending(outgoing)
    guard pending > 0 else { return }
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { room in
      Int(max(0, BIO_read(outgoing, room.baseAddress, Int32(clamping: room.count))))
    }
  }

  // MARK: Outcome

  var facts: TLSFacts {
    TLSFacts(
      version: String(cString: SSL_get_version(connection)),
      cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(connection)).map { String(cString: $0) } ?? "",
      alpn: chosenProtocol, chain: chain, isVerified: context.verifiesPeer)
  }

  private var chosenProtocol: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(connection, &name, &length)
    guard let name, length > 0 else { return nil }
    return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }

  private var chain: [CertificateSummary] {
    // A server's view of the chain leaves the client's own certificate out.
    let own = context.isServer ? SSL_get0_peer_certificate(connection) : nil
    let sent = SSL_get_peer_cert_chain(connection)
    let others = (0..<copenssl_sk_X509_num(sent)).compactMap { copenssl_sk_X509_value(sent, $0) }
    return ((own.map { [$0] } ?? []) + others).map(CertificateSummary.init(x509:))
  }

  /// What the error queue says about the call that just failed.
  private func failure() -> TransportError {
    let entries = TLSErrorQueue.take()
    if entries.contains(where: { $0.isSSL(SSL_R_CERTIFICATE_VERIFY_FAILED) }) {
      return .tlsCertificate(
        certificateFailure
          ?? CertificateFailure(
            code: Int32(clamping: SSL_get_verify_result(connection)), depth: 0, certificate: nil,
            wanted: serverName ?? ""))
    }
    return .tlsHandshake(
      TLSHandshakeFailure(
        entries, wasAskedForCertificate: wasAskedForCertificate, hasCertificate: context.hasCertificate))
  }
}
