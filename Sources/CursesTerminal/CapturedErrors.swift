import Glibc

/// What the process writes to stderr while the screen has the terminal: kept in a pipe, whose newest bytes
/// are shown once the terminal is given back.
///
/// A value of descriptors, so that a signal handler can use it.
struct CapturedErrors {
  /// As much of the pipe as is left before the oldest text goes.
  private static let bound = 48 * 1024

  private var original: CInt = -1
  private var reading: CInt = -1
  private var writing: CInt = -1

  /// Captures nothing: stderr is no terminal and so in nobody's way.
  init() {}

  /// For a stderr that shows on the terminal.
  init(descriptor: CInt) {
    var ends: [CInt] = [-1, -1]
    guard isatty(descriptor) == 1, pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    original = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    (reading, writing) = (ends[0], ends[1])
  }

  func begin() {
    if writing >= 0 { dup2(writing, STDERR_FILENO) }
  }

  /// Makes stderr what it was and shows there what was kept. Safe in a signal handler.
  func end() {
    guard original >= 0 else { return }
    dup2(original, STDERR_FILENO)
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      guard let start = buffer.baseAddress else { return }
      while true {
        let count = read(reading, start, buffer.count)
        guard count > 0, write(STDERR_FILENO, start, count) > 0 else { return }
      }
    }
  }

  /// Makes room for what comes by forgetting the oldest.
  func trim() {
    var waiting: CInt = 0
    guard reading >= 0, ioctl(reading, UInt(FIONREAD), &waiting) == 0 else { return }
    var excess = Int(waiting) - Self.bound
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      while excess > 0 {
        let count = read(reading, buffer.baseAddress, min(excess, buffer.count))
        guard count > 0 else { return }
        excess -= count
      }
    }
  }
}
