import Glibc
import Options
import Presentation

/// `--ready-file` and `--ready-fd`: how a script hears that it may go on.
struct ReadySignal {
  private let path: String?
  private let descriptor: CInt?

  init(_ arguments: ParsedArguments) throws(CommandFailure) {
    path = arguments.value("ready-file")
    let number = try OptionValues.number(arguments, "ready-fd", 0...UInt64(CInt.max))
    descriptor = number.map { CInt(clamping: $0) }
    if let descriptor, fcntl(descriptor, F_GETFD) == -1 {
      throw .usage(
        "--ready-fd \(descriptor): this descriptor is not open",
        hint: "open it in the shell: \(descriptor)>FILE")
    }
    // No child of ours is to hold it open, or who waits for its end waits for the child.
    if let descriptor, descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    if let path { try Self.remove(path) }
  }

  /// An old file would tell a script that this run is ready.
  private static func remove(_ path: String) throws(CommandFailure) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CommandFailure(
        Diagnosis(
          .output, .cannotCreate, "--ready-file '\(path)' exists and is no regular file",
          "name a new file, or use --ready-fd"))
    }
    if unlink(path) != 0, errno != ENOENT {
      throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno))
    }
  }

  /// Tells it, once.
  func give(_ text: String) throws(CommandFailure) {
    if let descriptor { try Self.write(text, to: descriptor) }
    if let path { try Self.create(path, text) }
  }

  private static func write(_ text: String, to descriptor: CInt) throws(CommandFailure) {
    let failure = StandardOutput.write(text, to: descriptor)
    // A reader that has gone away needs no telling.
    if let failure, failure.errno != EPIPE {
      throw CommandFailure(DiagnosisTable().failedWrite("--ready-fd \(descriptor)", errno: failure.errno))
    }
    if descriptor > STDERR_FILENO { close(descriptor) }
  }

  /// The file appears with its contents: who waits for its name may read it at once.
  private static func create(_ path: String, _ text: String) throws(CommandFailure) {
    let draft = "\(path).\(getpid())"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno)) }
    let failure = StandardOutput.write(text, to: file)
    close(file)
    if let failure {
      unlink(draft)
      throw CommandFailure(DiagnosisTable().failedWrite(path, errno: failure.errno))
    }
    if rename(draft, path) != 0 {
      let code = errno
      unlink(draft)
      throw CommandFailure(DiagnosisTable().uncreatable(path, errno: code))
    }
  }
}
