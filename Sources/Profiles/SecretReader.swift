import Glibc

/// Why a secret could not be had; one line without the secret.
package struct SecretError: Error, Equatable, Sendable {
  package var reason: String
}

extension SecretSource {
  /// The longest secret that is read: the longest password that MQTT can carry.
  package static let sizeLimit = 65_535

  /// Reads the secret now. Blocks, perhaps for long: a command may ask its user something.
  package func read() throws(SecretError) -> [UInt8] {
    switch self {
    case .literal(let text): return Array(text.utf8)
    case .environment(let name):
      guard let value = getenv(name) else { throw SecretError(reason: "the variable is not set") }
      return try Self.checked(Array(String(cString: value).utf8))
    case .file(let path): return try Self.checked(Self.withoutLineEnd(Self.readFile(path)))
    case .command(let command):
      let output = try Subprocess.output(of: command, limit: Self.sizeLimit * 2)
      return try Self.checked(Self.withoutLineEnd(Array(output.prefix { $0 != UInt8(ascii: "\n") })))
    }
  }

  private static func checked(_ secret: [UInt8]) throws(SecretError) -> [UInt8] {
    if secret.isEmpty { throw SecretError(reason: "it is empty") }
    if secret.count > sizeLimit { throw SecretError(reason: "it is longer than \(sizeLimit) bytes") }
    return secret
  }

  /// One line end at the end belongs to the file, not to the secret.
  private static func withoutLineEnd(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return bytes
  }

  /// Also of a pipe, for `--password-file <(command)`.
  private static func readFile(_ path: String) throws(SecretError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw SecretError(reason: String(cString: strerror(errno))) }
    defer { close(file) }
    return try readAll(file, limit: sizeLimit * 2)
  }

  static func readAll(_ file: Int32, limit: Int) throws(SecretError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= limit {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw SecretError(reason: String(cString: strerror(errno))) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
    throw SecretError(reason: "it is longer than \(limit) bytes")
  }
}
