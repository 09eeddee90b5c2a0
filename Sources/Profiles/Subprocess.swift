@preconcurrency import Glibc

/// Runs a shell command for what it prints.
enum Subprocess {
  /// Its standard input is empty, so that it cannot eat what we are to publish; its errors are shown.
  static func output(of command: String, limit: Int) throws(SecretError) -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let spawned = spawn(command, output: ends[1])
    close(ends[1])
    let child = try spawned.get()
    let bytes: [UInt8]
    do throws(SecretError) {
      bytes = try SecretSource.readAll(ends[0], limit: limit)
    } catch {
      kill(child, SIGTERM)
      _ = wait(child)
      throw error
    }
    let status = wait(child)
    if status & 0x7F != 0 { throw SecretError(reason: "it was ended by signal \(status & 0x7F)") }
    let code = status >> 8 & 0xFF
    guard code == 0 else { throw SecretError(reason: "it ended with exit code \(code)") }
    return bytes
  }

  private static func spawn(_ command: String, output: Int32) -> Result<pid_t, SecretError> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
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
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, environ)
    return code == 0 ? .success(child) : .failure(failure(code))
  }

  private static func wait(_ child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
  }

  private static func failure(_ code: Int32) -> SecretError {
    SecretError(reason: "it cannot be run: \(String(cString: strerror(code)))")
  }
}
