import Glibc
import NIOCore

/// Turns the signals that end a run into calls on the event loop.
///
/// The first one asks for a clean end; a second one, or the end of the grace time, dies of the signal at
/// once. All threads have these signals blocked; one thread waits for them.
enum SignalSource {
  private static let terminating: [CInt] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// Blocks the terminating signals in this thread and those it starts. Call before the first thread is
  /// started. SIGPIPE is ignored: a closed pipe is an error of the write.
  static func block() {
    var set = signalSet()
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Calls `onSignal` on the loop for the first signal; a second one ends the process at once.
  static func start(
    on eventLoop: any EventLoop, onSignal: @escaping @Sendable (CInt) -> Void
  ) throws(SystemError) {
    try BackgroundThread.start {
      var set = signalSet()
      var number: CInt = 0
      guard sigwait(&set, &number) == 0 else { return }
      let first = number
      eventLoop.execute { onSignal(first) }
      guard sigwait(&set, &number) == 0 else { return }
      die(of: number)
    }
  }

  /// Ends the process as if the signal had never been caught, so that the parent sees which one it was.
  static func die(of number: CInt) -> Never {
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
    // Only a signal that does not end a process comes back; none of ours is of that kind.
    _exit(128 + number)
  }

  private static func signalSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in terminating where !isIgnored(number) { sigaddset(&set, number) }
    return set
  }

  /// `nohup` and shells that start background jobs ignore signals on purpose.
  private static func isIgnored(_ number: CInt) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
