import Glibc

/// A descriptor that is shared with other programs, and so must not be made nonblocking, written to without
/// waiting.
struct NonblockingDescriptor {
  let descriptor: CInt
  /// The same pipe or terminal, opened once more for nonblocking writes.
  private var own: CInt = -1
  private var identity = stat()
  private var isTried = false

  /// What a pipe that has room takes at once.
  private static let pipeBuffer = 4096

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  /// - Returns: how many bytes were taken.
  mutating func write(_ bytes: UnsafeRawBufferPointer) -> Result<Int, SystemError> {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return failure() }
    let type = status.st_mode & S_IFMT
    let isTerminal = type == S_IFCHR && isatty(descriptor) == 1
    guard type == S_IFIFO || type == S_IFSOCK || isTerminal else {
      return writeAll(bytes, to: descriptor).map(Result.failure) ?? .success(bytes.count)
    }
    if type != S_IFSOCK { reopen(status) }
    var count = 0
    while count < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
      let written = writeSome(rest, isSocket: type == S_IFSOCK)
      if written > 0 {
        count += written
      } else if written == 0 || errno == EAGAIN {
        break
      } else if errno != EINTR {
        return failure()
      }
    }
    return .success(count)
  }

  /// Gives back what was opened for it; the descriptor itself stays open.
  mutating func close() {
    if own >= 0 { _ = Glibc.close(own) }
    own = -1
  }

  static func waitForRoom(_ descriptor: CInt, milliseconds: CInt? = nil) {
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    poll(&poller, 1, milliseconds ?? -1)
    // A terminal with room for one byte takes none of a line feed, which needs two.
    if isatty(descriptor) == 1 { poll(nil, 0, 5) }
  }

  /// 0 where there is no room.
  private func writeSome(_ bytes: UnsafeRawBufferPointer, isSocket: Bool) -> Int {
    if isSocket { return send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL)) }
    if own >= 0 { return Glibc.write(own, bytes.baseAddress, bytes.count) }
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&poller, 1, 0) > 0 else { return 0 }
    return Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Self.pipeBuffer))
  }

  /// Once, and again when the descriptor has become another file.
  private mutating func reopen(_ status: stat) {
    guard !isTried || status.st_dev != identity.st_dev || status.st_ino != identity.st_ino else { return }
    close()
    isTried = true
    identity = status
    own = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
  }

  private func failure() -> Result<Int, SystemError> {
    .failure(SystemError(errno: errno, operation: "write"))
  }
}
