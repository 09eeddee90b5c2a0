import CursesTerminal
import Glibc
import TUI
import WebSocketTransport

/// The thread that shows the model, on a screen or in lines, and the signals that concern it.
enum WatchScreenThread {
  /// `left` is called when the user or the mailbox has ended it, with the terminal given back; like `send`
  /// and `tellRoom` on that thread.
  static func start(
    _ plan: WatchPlan, _ configuration: Model.Configuration, _ mailbox: WatchMailbox, usesScreen: Bool,
    send: @escaping @Sendable (Command) -> Void, tellRoom: @escaping @Sendable () -> Void,
    left: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    if usesScreen { Screen.prepareThread() }
    let code = DetachedThread.start {
      if let screen = usesScreen ? open(plan) : nil {
        let display = WatchDisplay(
          plan, configuration, mailbox: mailbox, screen: screen, send: send, tellRoom: tellRoom)
        display.run()
      } else {
        WatchLines(plan, mailbox: mailbox, send: send, tellRoom: tellRoom).run()
      }
      left()
    }
    if let code { throw SystemError(errno: code, operation: "pthread_create") }
    if usesScreen { try watchSignals(mailbox) }
  }

  private static func watchSignals(_ mailbox: WatchMailbox) throws(SystemError) {
    try SignalSource.startTerminal { number in
      guard JobControl.isNews(number) else { return }
      if number == SIGTSTP, !TerminalState.isBorrowed {
        // An editor has the terminal: the job stops as a whole.
        JobControl.stopProcess()
      } else {
        mailbox.add(signal: number)
      }
    }
  }

  private static func open(_ plan: WatchPlan) -> Screen? {
    WatchLocale.set()
    let settings = Screen.Settings(
      colours: plan.capabilities.colours, theme: plan.capabilities.theme, usesMouse: plan.usesMouse)
    let input =
      Terminal.isTerminal(STDIN_FILENO) ? STDIN_FILENO : Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard input >= 0 else { return complain("there is no terminal to read keys from") }
    do throws(Screen.Failure) {
      return try Screen(input: input, output: STDOUT_FILENO, settings)
    } catch {
      switch error {
      case .unknownType(let type): return complain("the terminal type '\(type)' is unknown here")
      case .notAddressable(let type): return complain("the terminal type '\(type)' has no screen")
      case .system(let code): return complain(String(cString: strerror(code)))
      }
    }
  }

  private static func complain(_ problem: String) -> Screen? {
    Console().note("\(problem): lines instead of a screen")
    return nil
  }
}
