import Glibc

/// A child process that gives the terminal back when this one is killed in a way that nothing can catch.
///
/// It is this program again, in a process group of its own so that no key reaches it, and waits at a pipe.
/// The first bytes there tell how the terminal was; each later one whether it is borrowed. When the pipe
/// ends while it is, the guard puts things right.
package enum TerminalGuard {
  /// The word of the command line that makes the program a guard.
  package static let argument = "__tty-guard"

  enum Notice: UInt8 {
    case givenBack
    case borrowed
  }

  /// Invariant: written once, by the screen's thread in `start`, before the terminal is first borrowed; signal
  /// handlers and other threads read it only after they have seen it borrowed.
  nonisolated(unsafe) private static var pipeEnd: CInt = -1

  /// Starts the guard; without one all goes on, only a SIGKILL would leave the terminal as it is.
  static func start(output: CInt, modes: termios, bytes: [UInt8]) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    guard spawn(output: output, pipe: ends[0]) else {
      for end in ends { close(end) }
      return
    }
    close(ends[0])
    var modes = modes
    var message = withUnsafeBytes(of: &modes) { Array($0) }
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count)) { message += $0 }
    message += bytes
    guard write(ends[1], message, message.count) == message.count else {
      close(ends[1])
      return
    }
    pipeEnd = ends[1]
  }

  /// Safe in a signal handler.
  static func tell(_ notice: Notice) {
    guard pipeEnd >= 0 else { return }
    var byte = notice.rawValue
    write(pipeEnd, &byte, 1)
  }

  private static func spawn(output: CInt, pipe: CInt) -> Bool {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipe, STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    guard let name = strdup("mqttws"), let word = strdup(argument) else { return false }
    defer {
      free(name)
      free(word)
    }
    var process: pid_t = 0
    return posix_spawn(&process, "/proc/self/exe", &actions, &attributes, [name, word, nil], environ) == 0
  }

  // MARK: - In the child

  /// What the child does; returns when there is nothing left to guard.
  package static func run() {
    for number in [SIGINT, SIGTSTP, SIGHUP, SIGTTOU, SIGTTIN, SIGPIPE, SIGTERM, SIGQUIT] {
      signal(number, SIG_IGN)
    }
    for descriptor: CInt in 3..<256 { close(descriptor) }
    let parentsGroup = getpgid(getppid())
    var modes = termios()
    var count: UInt32 = 0
    guard withUnsafeMutableBytes(of: &modes, readWhole), withUnsafeMutableBytes(of: &count, readWhole),
      count < 4096
    else { return }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    guard bytes.withUnsafeMutableBytes(readWhole) else { return }
    var last = Notice.givenBack
    var byte: UInt8 = 0
    while withUnsafeMutableBytes(of: &byte, readWhole) { last = Notice(rawValue: byte) ?? last }
    guard last == .borrowed else { return }
    write(STDOUT_FILENO, bytes, bytes.count)
    tcflush(STDOUT_FILENO, TCIFLUSH)
    // A shell that already has the terminal again has set its modes, and perhaps reads with its own.
    if tcgetpgrp(STDOUT_FILENO) == parentsGroup { tcsetattr(STDOUT_FILENO, TCSANOW, &modes) }
  }

  /// - Returns: false at the end of the pipe.
  private static func readWhole(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var filled = 0
    while filled < buffer.count {
      let count = read(STDIN_FILENO, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      filled += count
    }
    return true
  }
}
