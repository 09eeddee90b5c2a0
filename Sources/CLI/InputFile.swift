import Glibc
import Presentation

/// Small files that are read before anything starts.
enum InputFile {
  /// - Parameters:
  ///   - limit: the most bytes that are taken.
  ///   - option: to check when the file cannot be read.
  static func read(_ path: String, limit: Int, option: String) throws(CommandFailure) -> [UInt8] {
    // Nothing of the kind of a named pipe is waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path, errno, option) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno, option) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else {
        throw CommandFailure(
          DiagnosisTable().badInput(path, "larger than \(limit) bytes", hint: "check \(option)"))
      }
    }
  }

  private static func unreadable(_ path: String, _ code: CInt, _ option: String) -> CommandFailure {
    CommandFailure(DiagnosisTable().unreadableInput(path, errno: code, option: option))
  }
}
