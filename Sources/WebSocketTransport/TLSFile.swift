import COpenSSL
import Glibc

/// The checks that give a file named in the settings a better error than OpenSSL's.
enum TLSFile {
  /// Throws when the file cannot be opened for reading, or is a directory where none is meant.
  static func check(_ path: String, _ role: TLSFileFailure.Role) throws(TransportError) {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw unreadable(path, role, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, role, errno) }
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    guard isDirectory == (role == .capath) else {
      throw unreadable(path, role, role == .capath ? ENOTDIR : EISDIR)
    }
  }

  static func failure(
    _ path: String, _ role: TLSFileFailure.Role, _ kind: TLSFileFailure.Kind, _ detail: String
  ) -> TransportError {
    .tlsFile(TLSFileFailure(path: path, role: role, kind: kind, detail: detail))
  }

  private static func unreadable(
    _ path: String, _ role: TLSFileFailure.Role, _ code: Int32
  ) -> TransportError {
    let isMissing = code == ENOENT || code == ENOTDIR && role != .capath
    return failure(
      path, role, isMissing ? .missing : .unreadable(errno: code), String(cString: strerror(code)))
  }
}

/// A certificate with its chain and key, on their way from PEM files into an SSL_CTX.
struct TLSIdentity {
  var certificateFile: String
  var keyFile: String?
  var password: [UInt8]?

  func load(into context: OpaquePointer) throws(TransportError) {
    let keyPath = keyFile ?? certificateFile
    try TLSFile.check(certificateFile, .certificate)
    try TLSFile.check(keyPath, .key)
    TLSErrorQueue.clear()
    guard SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
      throw refused(certificateFile, .certificate)
    }
    try loadKey(keyPath, into: context)
    TLSErrorQueue.clear()
    guard SSL_CTX_check_private_key(context) == 1 else {
      throw TLSFile.failure(keyPath, .key, .keyDoesNotMatch, TLSErrorQueue.takeText())
    }
  }

  /// OpenSSL gets a password callback in any case: without one it would ask on the terminal.
  private func loadKey(_ path: String, into context: OpaquePointer) throws(TransportError) {
    var question = PasswordQuestion(password: password)
    let isLoaded = withUnsafeMutablePointer(to: &question) { pointer in
      SSL_CTX_set_default_passwd_cb_userdata(context, pointer)
      SSL_CTX_set_default_passwd_cb(context) { buffer, size, _, userdata in
        PasswordQuestion.answer(buffer, size, userdata)
      }
      defer {
        SSL_CTX_set_default_passwd_cb(context, nil)
        SSL_CTX_set_default_passwd_cb_userdata(context, nil)
      }
      TLSErrorQueue.clear()
      return SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) == 1
    }
    if isLoaded { return }
    guard question.wasAsked else { throw refused(path, .key) }
    let detail = TLSErrorQueue.takeText()
    throw TLSFile.failure(path, .key, password == nil ? .needsPassword : .wrongPassword, detail)
  }

  private func refused(_ path: String, _ role: TLSFileFailure.Role) -> TransportError {
    let entries = TLSErrorQueue.take()
    let detail = entries.map(\.text).joined(separator: "; ")
    if entries.contains(where: { $0.library == ERR_LIB_X509 && $0.reason == X509_R_KEY_VALUES_MISMATCH }) {
      return TLSFile.failure(path, role, .keyDoesNotMatch, detail)
    }
    // Whatever went wrong while reading PEM, DER or a key from it is the file's damage; what the SSL
    // library itself says, such as "ee key too small", is a judgement about a sound file.
    let isRefusedBySSL = entries.contains { $0.library == ERR_LIB_SSL && $0.reason != ERR_R_PEM_LIB }
    return TLSFile.failure(path, role, isRefusedBySSL ? .rejected : .notPEM, detail)
  }
}

/// The answer to OpenSSL's password callback, and whether it was ever asked for.
private struct PasswordQuestion {
  var password: [UInt8]?
  var wasAsked = false

  static func answer(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ userdata: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let buffer, let question = userdata?.assumingMemoryBound(to: PasswordQuestion.self) else {
      return -1
    }
    question.pointee.wasAsked = true
    guard let password = question.pointee.password, password.count <= Int(size) else { return -1 }
    for (index, byte) in password.enumerated() { buffer[index] = CChar(bitPattern: byte) }
    return Int32(password.count)
  }
}
