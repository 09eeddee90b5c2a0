import Glibc

/// Waits until a process has ended, whoever started it; a zombie has.
/// - Returns: false when it still runs after `time`.
package func hasEnded(_ process: pid_t, within time: Duration = .seconds(10)) throws -> Bool {
  let descriptor = openProcess(process)
  if descriptor < 0, errno == ESRCH { return true }
  try checked("pidfd_open") { descriptor }
  defer { close(descriptor) }
  let deadline = Deadline.after(time)
  var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  while poll(&poller, 1, deadline.pollMilliseconds) < 1 {
    if deadline.hasPassed { return false }
  }
  return true
}

/// pidfd_open(2), which Glibc's module leaves out.
private func openProcess(_ process: pid_t) -> Int32 {
  typealias Function = @convention(c) (pid_t, UInt32) -> Int32
  guard let symbol = dlsym(nil, "pidfd_open") else {
    errno = ENOSYS
    return -1
  }
  return unsafeBitCast(symbol, to: Function.self)(process, 0)
}
