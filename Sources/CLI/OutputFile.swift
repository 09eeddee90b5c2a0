import Glibc
import Presentation

/// A file that a run writes beside its output, such as a recording: new, and for its owner alone.
struct OutputFile {
  let path: String
  let descriptor: CInt

  /// - Parameter replaces: `--force`; else a file that is there is an error.
  static func create(_ path: String, replaces: Bool) throws(CommandFailure) -> OutputFile {
    // A named pipe that nobody reads is an error instead of a wait.
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | (replaces ? O_TRUNC : O_EXCL)
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno)) }
    var status = stat()
    if replaces, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      fchmod(descriptor, 0o600)
    }
    return OutputFile(path: path, descriptor: descriptor)
  }

  /// Waits for the disk, once everything is written.
  func close() throws(CommandFailure) {
    // A pipe or a device has nothing to wait for.
    let isSafe = fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP
    let code = errno
    guard isSafe else {
      _ = Glibc.close(descriptor)
      throw failure(code)
    }
    if Glibc.close(descriptor) != 0, errno != EINTR { throw failure(errno) }
  }

  func failure(_ code: CInt) -> CommandFailure {
    CommandFailure(DiagnosisTable().failedWrite("'\(path)'", errno: code))
  }
}
