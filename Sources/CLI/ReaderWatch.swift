import Glibc
import NIOCore

/// Notices that the reader of a pipe went away, also while nothing is written to it.
enum ReaderWatch {
  /// Calls `onGone` on the event loop, once; never for a descriptor that is neither a pipe nor a socket.
  static func start(
    descriptor: CInt, eventLoop: any EventLoop, onGone: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    guard hasReader(descriptor) else { return }
    try BackgroundThread.start {
      // No events asked for: poll returns for errors and hang-ups alone.
      var poller = pollfd(fd: descriptor, events: 0, revents: 0)
      while poll(&poller, 1, -1) < 0, errno == EINTR {}
      eventLoop.execute(onGone)
    }
  }

  private static func hasReader(_ descriptor: CInt) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    let type = status.st_mode & S_IFMT
    return type == S_IFIFO || type == S_IFSOCK
  }
}
