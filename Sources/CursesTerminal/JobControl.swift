import Glibc
import Synchronization

/// Stopping and going on as a job of a shell, in a process whose threads all have SIGTSTP blocked and one
/// of which waits for it.
package enum JobControl {
  /// Stops of our own that the waiting thread will hear of, or would have.
  private static let ownStops = Atomic(0)

  /// Stops the whole job, this process included; returns when it goes on.
  ///
  /// The others of a pipeline have to stop as well, or their shell would wait for them.
  static func stopJob() {
    ownStops.add(1, ordering: .relaxed)
    kill(0, SIGTSTP)
    stopProcess()
  }

  /// Stops this process alone; returns when it goes on.
  package static func stopProcess() {
    var stop = sigset_t()
    sigemptyset(&stop)
    sigaddset(&stop, SIGTSTP)
    signal(SIGTSTP, SIG_DFL)
    // Sent to this thread, and let through here alone: no other one can take it away. Sent before it is let
    // through: one to the whole process that still waits stops the process too, and going on takes it away
    // only if both are there by then.
    pthread_kill(pthread_self(), SIGTSTP)
    pthread_sigmask(SIG_UNBLOCK, &stop, nil)
    pthread_sigmask(SIG_BLOCK, &stop, nil)
  }

  /// What the waiting thread asks about each signal it gets: whether it is news.
  ///
  /// A stop that was still pending when the process went on is lost to SIGCONT, so that one clears the
  /// count.
  package static func isNews(_ number: CInt) -> Bool {
    switch number {
    case SIGCONT:
      ownStops.store(0, ordering: .relaxed)
      return true
    case SIGTSTP:
      guard ownStops.load(ordering: .relaxed) > 0 else { return true }
      ownStops.subtract(1, ordering: .relaxed)
      return false
    default: return true
    }
  }
}
