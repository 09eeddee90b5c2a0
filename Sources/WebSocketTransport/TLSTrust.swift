import COpenSSL
import Glibc

/// Which issuers are trusted: the given file or directory, else the system's.
struct TLSTrust {
  /// Debian's directory of hashed certificates. Looking an issuer up in it costs next to nothing, reading
  /// the bundle that OpenSSL would take by default costs more than the rest of a run.
  static let systemDirectory = "/etc/ssl/certs"

  var file: String?
  var directory: String?

  func load(into context: OpaquePointer) throws(TransportError) {
    if let file {
      try TLSFile.check(file, .cafile)
      TLSErrorQueue.clear()
      // An empty file is an error here, too: it must not end in a connection that trusts other issuers.
      guard SSL_CTX_load_verify_file(context, file) == 1 else {
        throw TLSFile.failure(file, .cafile, .notPEM, TLSErrorQueue.takeText())
      }
    }
    if let directory {
      try TLSFile.check(directory, .capath)
      guard SSL_CTX_load_verify_dir(context, directory) == 1 else {
        throw TLSFile.failure(directory, .capath, .rejected, TLSErrorQueue.takeText())
      }
    }
    if file == nil, directory == nil { loadSystem(into: context) }
  }

  private func loadSystem(into context: OpaquePointer) {
    let isRedirected = getenv(X509_get_default_cert_file_env()) != nil
    let isDirectoryRedirected = getenv(X509_get_default_cert_dir_env()) != nil
    if !isRedirected, !isDirectoryRedirected, Self.holdsHashedCertificates(Self.systemDirectory),
      SSL_CTX_load_verify_dir(context, Self.systemDirectory) == 1
    {
      return
    }
    SSL_CTX_set_default_verify_paths(context)
  }

  /// Whether there is an entry such as `4a6481c9.0`; some systems keep only a bundle there.
  static func holdsHashedCertificates(_ path: String) -> Bool {
    guard let directory = opendir(path) else { return false }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let isHashed = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        name.count > 10 && name[8] == UInt8(ascii: ".") && name[9] == UInt8(ascii: "0") && name[10] == 0
      }
      if isHashed { return true }
    }
    return false
  }
}

/// The file that session secrets are appended to, for Wireshark.
final class TLSKeyLog {
  /// Where an SSL_CTX keeps its key log; the callback can find it in no other way.
  private static let index = copenssl_SSL_CTX_get_ex_new_index()

  private let path: String
  private let descriptor: Int32
  /// Of the first line that could not be written.
  private var failure: Int32?

  init(_ path: String) throws(TransportError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      let code = errno
      let kind: TLSFileFailure.Kind = code == ENOENT ? .missing : .unreadable(errno: code)
      throw TLSFile.failure(path, .keyLog, kind, String(cString: strerror(code)))
    }
  }

  deinit { close(descriptor) }

  /// The context must not outlive this object.
  func attach(to context: OpaquePointer) {
    SSL_CTX_set_ex_data(context, Self.index, Unmanaged.passUnretained(self).toOpaque())
    SSL_CTX_set_keylog_callback(context) { connection, line in
      guard let line, let context = SSL_get_SSL_CTX(connection),
        let log = SSL_CTX_get_ex_data(context, TLSKeyLog.index)
      else { return }
      Unmanaged<TLSKeyLog>.fromOpaque(log).takeUnretainedValue().append(line)
    }
  }

  private func append(_ line: UnsafePointer<CChar>) {
    var text = Array(UnsafeRawBufferPointer(start: line, count: strlen(line)))
    text.append(UInt8(ascii: "\n"))
    let count = write(descriptor, text, text.count)
    if count < text.count, failure == nil { failure = count < 0 ? errno : ENOSPC }
  }

  /// Throws when a secret of the connections so far is missing in the file.
  func check() throws(TransportError) {
    guard let failure else { return }
    throw TLSFile.failure(path, .keyLog, .unwritable(errno: failure), "")
  }
}
