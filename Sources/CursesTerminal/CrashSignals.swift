import Glibc

/// The signals of a crash: the terminal is given back, and the process dies of the signal all the same.
///
/// Installed after curses has started, which also takes the place of the runtime's own handlers: theirs
/// would ask a question on a screen that nobody can read.
enum CrashSignals {
  private static let all = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
  private static let stackSize = 64 * 1024

  static func install() {
    for number in all {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        TerminalState.giveBack()
        // The handler was reset when it was entered, so this is the end.
        raise(number)
      }
      action.sa_flags = CInt(
        truncatingIfNeeded: UInt32(SA_ONSTACK) | UInt32(SA_RESETHAND) | UInt32(SA_NODEFER))
      sigemptyset(&action.sa_mask)
      sigaction(number, &action, nil)
    }
  }

  /// Gives the calling thread a stack for its handlers, for a crash that used up its own. Never freed: the
  /// threads that have one live as long as the process.
  static func prepareThread() {
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackSize, alignment: 16)
    stack.ss_size = stackSize
    sigaltstack(&stack, nil)
  }
}
