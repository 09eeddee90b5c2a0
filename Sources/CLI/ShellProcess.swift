@preconcurrency import Glibc

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
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What we ignore or block is not for the command to inherit.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw SystemError(errno: code, operation: "posix_spawn") }
    return ShellProcess(identifier: child)
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
