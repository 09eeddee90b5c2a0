import CursesTerminal
import Glibc
import NIOCore
import Synchronization

/// Turns the signals that end a run into calls on the event loop.
///
/// The first one asks for a clean end; a second one, or the end of the grace time, dies of the signal at
/// once. All threads have these signals blocked; one thread waits for them.
enum SignalSource {
  private static let terminating: [CInt] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
  /// What else a program that owns the terminal hears of.
  private static let ofTheTerminal: [CInt] = [SIGTSTP, SIGCONT, SIGWINCH]

  /// Blocks the terminating signals in this thread and those it starts. Call before the first thread is
  /// started. SIGPIPE is ignored: a closed pipe is an error of the write.
  static func block() {
    var set = signalSet(terminating)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Blocks the signals of the terminal as well, for `startTerminal`. Call before the first thread is
  /// started.
  static func blockTerminal() {
    var set = signalSet(ofTheTerminal)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Calls `onSignal` on a thread of its own for each signal about the terminal: its size, stop, continue.
  static func startTerminal(_ onSignal: @escaping @Sendable (CInt) -> Void) throws(SystemError) {
    try BackgroundThread.start {
      var set = signalSet(ofTheTerminal)
      var number: CInt = 0
      while sigwait(&set, &number) == 0 { onSignal(number) }
    }
  }

  /// Calls `onSignal` on the loop for the first signal; a second one ends the process at once.
  static func start(
    on eventLoop: any EventLoop, onSignal: @escaping @Sendable (CInt) -> Void
  ) throws(SystemError) {
    try BackgroundThread.start {
      var set = signalSet(terminating)
      var number: CInt = 0
      guard sigwait(&set, &number) == 0 else { return }
      if isOver.load(ordering: .acquiring) { die(of: number) }
      let first = number
      eventLoop.execute { onSignal(first) }
      guard sigwait(&set, &number) == 0 else { return }
      die(of: number)
    }
  }

  private static let isOver = Atomic(false)

  /// The run is over and only waits for who reads its output: no signal asks for a clean end any more.
  static func dieOfTheNextOne() { isOver.store(true, ordering: .releasing) }

  /// Ends the process as if the signal had never been caught, so that the parent sees which one it was.
  static func die(of number: CInt) -> Never {
    TerminalState.giveBack()
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
    // Only a signal that does not end a process comes back; none of ours is of that kind.
    _exit(128 + number)
  }

  private static func signalSet(_ numbers: [CInt]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers where !isIgnored(number) { sigaddset(&set, number) }
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
