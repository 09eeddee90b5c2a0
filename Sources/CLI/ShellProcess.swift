import Glibc
import Profiles

/// A command of `/bin/sh` in a process group of its own, so that all it starts can be ended together.
struct ShellProcess {
  let identifier: pid_t

  enum End: Equatable, Sendable {
    case exited(code: CInt)
    case killed(signal: CInt)

    /// Nil when it went well.
    var failure: String? {
      switch self {
      case .exited(code: 0): nil
      case .exited(let code): "ended with exit code \(code)"
      case .killed(let signal): "was ended by signal \(signal)"
      }
    }
  }

  /// - Parameters:
  ///   - input: nil gives it an empty standard input.
  ///   - output: where its standard output goes; its standard error is ours.
  static func start(
    _ command: String, input: CInt? = nil, output: CInt
  ) throws(SystemError) -> ShellProcess {
    switch ShellCommand.start(command, input: input, output: output, leadsGroup: true) {
    case .success(let child): return ShellProcess(identifier: child)
    case .failure(let error): throw SystemError(errno: error.errno, operation: "posix_spawn")
    }
  }

  /// Waits until the command itself has ended, and leaves it a zombie: until `reap` its number, and so that
  /// of its group, belongs to nobody else.
  func wait() {
    var information = siginfo_t()
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
  }

  /// How it ended; only after `wait`, and once.
  func reap() -> End {
    var status: CInt = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: signal)
  }

  /// To the whole group; not after `reap`.
  func signal(_ number: CInt) { _ = kill(-identifier, number) }
}
