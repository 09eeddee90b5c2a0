import CursesTerminal
import Glibc
import Presentation

/// The ways out of the process.
enum Exit {
  /// Milliseconds that what was written may take once the run has no time left.
  static let graceForOutput = 100

  static func now(_ status: ExitStatus) -> Never {
    TerminalState.giveBack()
    // Whoever reads stderr slowly gets all of it, as from any program; a signal ends the wait.
    SignalSource.dieOfTheNextOne()
    StandardError.output.finish(within: status == .maximumTime ? graceForOutput : nil)
    // Nothing of ours waits for the exit handlers, and those of libraries take time.
    _exit(status.rawValue)
  }

  /// A closed pipe ends the process as `SIGPIPE` would have, without a word.
  static func failed(_ diagnosis: Diagnosis, _ console: Console) -> Never {
    if diagnosis.status == .brokenPipe { SignalSource.die(of: SIGPIPE) }
    TerminalState.giveBack()
    console.report(diagnosis)
    now(diagnosis.status)
  }

  static func outputFailed(_ error: SystemError, _ console: Console) -> Never {
    failed(DiagnosisTable().failedWrite("stdout", errno: error.errno), console)
  }
}
