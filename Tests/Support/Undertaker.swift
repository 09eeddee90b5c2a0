import Glibc

/// Cleans up when the test process is gone, however it went: a small shell of its own session remembers process
/// groups and directories, and kills and removes them once the pipe from the test process has closed.
final class Undertaker: Sendable {
  static let shared = Undertaker()

  private let pipe: Int32

  private init() {
    // A child that exits early must not take the whole test process with it.
    signal(SIGPIPE, SIG_IGN)
    let script = """
      trap '' INT HUP TERM
      declare -A groups directories
      while read -r verb value; do
        case $verb in
          +group) groups[$value]=1 ;;
          -group) unset "groups[$value]" ;;
          +directory) directories[$value]=1 ;;
          -directory) unset "directories[$value]"; rm -rf -- "$value" ;;
        esac
      done
      for group in "${!groups[@]}"; do kill -KILL -- "-$group"; done
      for directory in "${!directories[@]}"; do rm -rf -- "$directory"; done
      """
    do {
      let ends = try Pipe()
      _ = try spawn(
        "/bin/bash", ["bash", "-c", script], environment: [],
        descriptors: [.inherited(ends.reading), .file("/dev/null", O_WRONLY), .file("/dev/null", O_WRONLY)])
      close(ends.reading)
      pipe = ends.writing
    } catch {
      print("No undertaker, what crashes leaves its children: \(error)")
      pipe = -1
    }
  }

  func remember(group: pid_t) throws { try tell("+group \(group)") }
  func forget(group: pid_t) { try? tell("-group \(group)") }
  func remember(directory: String) throws { try tell("+directory \(directory)") }
  /// Also deletes it.
  func remove(directory: String) { try? tell("-directory \(directory)") }

  private func tell(_ line: String) throws {
    // One write below PIPE_BUF is atomic: no lock.
    if pipe >= 0 { try writeAll(Array("\(line)\n".utf8), to: pipe) }
  }
}
