import Glibc
import NIOCore

/// `--then`: a shell command that runs beside the subscription. What it prints goes to stderr, as stdout
/// holds the messages.
///
/// Lives on the event loop.
final class FollowUpCommand {
  /// How long the group may take to end after SIGTERM.
  private static let grace = TimeAmount.milliseconds(100)

  private let text: String
  private var process: ShellProcess?
  private(set) var hasEnded = false
  /// How it ended badly, in words.
  private(set) var failure: String?

  init(_ text: String) { self.text = text }

  /// - Parameter onEnd: called on the loop with how it ended, unless it was told to end.
  func start(
    on eventLoop: any EventLoop, onEnd: @escaping (ShellProcess.End) -> Void
  ) throws(SystemError) {
    let process = try ShellProcess.start(text, output: STDERR_FILENO)
    self.process = process
    let bound = NIOLoopBound((self, onEnd), eventLoop: eventLoop)
    try BackgroundThread.start {
      process.wait()
      eventLoop.execute {
        let (command, onEnd) = bound.value
        // What it left behind in the background is its own affair.
        guard command.process != nil else { return }
        command.process = nil
        command.hasEnded = true
        let end = process.reap()
        command.failure = end.failure
        onEnd(end)
      }
    }
  }

  /// Ends the whole group when it still runs; on the way out of the process.
  func kill() {
    guard let process else { return }
    self.process = nil
    process.signal(SIGTERM)
    let deadline = NIODeadline.now() + Self.grace
    var information = siginfo_t()
    repeat {
      information.si_signo = 0
      guard waitid(P_PID, id_t(process.identifier), &information, WEXITED | WNOWAIT | WNOHANG) == 0 else {
        break
      }
      if information.si_signo != 0 { break }
      usleep(1000)
    } while NIODeadline.now() < deadline
    process.signal(SIGKILL)
  }
}
