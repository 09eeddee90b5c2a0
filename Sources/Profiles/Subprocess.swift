import Glibc

/// Runs a shell command for what it prints.
enum Subprocess {
  /// Its standard input is empty, so that it cannot eat what we are to publish; its errors are shown.
  static func output(of command: String, limit: Int) throws(SecretError) -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let started = ShellCommand.start(command, output: ends[1])
    close(ends[1])
    let child: pid_t
    do throws(ShellCommand.StartError) {
      child = try started.get()
    } catch let reason {
      throw failure(reason.errno)
    }
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

  private static func wait(_ child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
  }

  private static func failure(_ code: Int32) -> SecretError {
    SecretError(reason: "it cannot be run: \(String(cString: strerror(code)))")
  }
}
