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
    // An old file would tell a script that this run is ready.
    if let path, unlink(path) != 0, errno != ENOENT {
      throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno))
    }
  }

  /// Tells it, once.
  func give(_ text: String) throws(CommandFailure) {
    if let descriptor {
      let failure = StandardOutput.write(text, to: descriptor)
      // A reader that has gone away needs no telling.
      if let failure, failure.errno != EPIPE {
        throw CommandFailure(DiagnosisTable().failedWrite("--ready-fd \(descriptor)", errno: failure.errno))
      }
      if descriptor > STDERR_FILENO { close(descriptor) }
    }
    guard let path else { return }
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno)) }
    defer { close(file) }
    if let failure = StandardOutput.write(text, to: file) {
      throw CommandFailure(DiagnosisTable().failedWrite(path, errno: failure.errno))
    }
  }
}
