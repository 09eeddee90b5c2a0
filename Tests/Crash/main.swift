import CursesTerminal
import Glibc
import TUI

/// Takes the terminal as `watch` does and crashes: `crash trap|overflow|abort`, to see what is left behind.
if CommandLine.arguments.contains(TerminalGuard.argument) {
  TerminalGuard.run()
  exit(0)
}
Screen.prepareThread()
let screen = try Screen(
  input: STDIN_FILENO, output: STDOUT_FILENO, Screen.Settings(colours: .ansi16, usesMouse: true))
screen.draw(CellGrid(screen.size))

/// Deeper than any stack.
@inline(never) func descend(_ depth: Int) -> Int { depth < 0 ? 0 : descend(depth + 1) + depth }

switch CommandLine.arguments.last {
case "trap": fatalError("this text must not smear the screen")
case "overflow": exit(CInt(truncatingIfNeeded: descend(1)))
default: abort()
}
