import Glibc
import Support
import Testing

/// A shell in tmux that runs `watch` and keeps what it ended with.
struct WatchShell {
  let program: Mqttws
  let tmux: Tmux
  /// `stty -g` before the first run.
  let modesPath: String
  private let modes: String

  init(rows: Int = 24, columns: Int = 80) throws {
    let program = try Mqttws()
    let tmux = try Tmux(program: program, rows: rows, columns: columns)
    (self.program, self.tmux) = (program, tmux)
    modesPath = program.home.file("before")
    try tmux.type("trap : INT; cd '\(program.home.path)'; stty -g >before; clear; echo BEGINS")
    try tmux.until("a start") { try tmux.capture().contains("BEGINS\n") }
    modes = try Self.text(modesPath)
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try readFile(path), as: UTF8.self)
  }

  /// `watch` with these words of a shell.
  func start(_ words: String, program: String = "\"$MQTTWS\" watch") throws {
    try tmux.type(
      "clear; rm -f status pid; (echo $BASHPID >pid.new; mv pid.new pid; exec \(program) \(words)); "
        + "echo $? >status.new; stty -g >after; mv status.new status; clear; echo ENDED")
  }

  func pid() throws -> pid_t {
    pid_t(try Self.text(program.home.file("pid")).split(separator: "\n").joined()) ?? 0
  }

  func status() throws -> Int? {
    Int(try Self.text(program.home.file("status")).split(separator: "\n").joined())
  }

  func kill(_ signal: String) throws { try runTool("kill", ["-\(signal)", "\(try pid())"]) }

  /// Waits for the end and looks at what it left.
  func expectEnd(_ wanted: Int, _ what: String) throws {
    try tmux.until("the end by \(what)") { try tmux.capture().hasPrefix("ENDED") }
    // A guard puts things right when the shell has gone on already.
    try tmux.until("the terminal after \(what)") { try tmux.state() == "0 1 0" }
    #expect(try status() == wanted, "\(what)")
    #expect(try Self.text(program.home.file("after")) == modes, "\(what)")
  }
}

func isRunning(_ pid: pid_t) -> Bool { kill(pid, 0) == 0 }
