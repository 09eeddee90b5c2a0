import Glibc

/// Reads the profile file's bytes, and nothing that only looks like a file.
package enum ProfileFileReader {
  package static let sizeLimit = 1_048_576

  /// The file where `environment` says it is, checked as a whole; nil when there is none and none was
  /// named explicitly.
  package static func load(_ environment: Environment) throws(ProfileError) -> ProfileFile? {
    guard let (path, isExplicit) = environment.profilePath else { return nil }
    guard let (bytes, mode) = try read(path, mustExist: isExplicit) else { return nil }
    return try ProfileFileParser.parse(bytes, path: path, home: environment.home, mode: mode)
  }

  /// Symbolic links are followed; a FIFO or device is not waited for.
  static func read(
    _ path: String, mustExist: Bool
  ) throws(ProfileError) -> (bytes: [UInt8], mode: UInt32)? {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else {
      if !mustExist, errno == ENOENT || errno == ENOTDIR { return nil }
      throw ProfileError(.unreadable(errno: errno), file: path)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw ProfileError(.unreadable(errno: errno), file: path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ProfileError(.notRegular, file: path) }
    guard status.st_size <= sizeLimit else { throw ProfileError(.tooLarge(limit: sizeLimit), file: path) }
    return (try readAll(file, path), status.st_mode & 0o7777)
  }

  private static func readAll(_ file: Int32, _ path: String) throws(ProfileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw ProfileError(.unreadable(errno: errno), file: path) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      // It may grow while it is read.
      if bytes.count > sizeLimit { throw ProfileError(.tooLarge(limit: sizeLimit), file: path) }
    }
  }
}
