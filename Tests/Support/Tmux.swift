import Glibc

/// A terminal that knows what was left behind: its alternate screen, cursor, mouse and modes.
package final class Tmux {
  private static let prompt = "READY>"
  private static let shell = "PS1='\(prompt) ' exec bash --norc --noprofile"

  private let folder: TemporaryDirectory
  private let server: ChildProcess
  private let environment: [String: String]

  /// `MQTTWS` is the program in the shell's environment.
  package init(program: Mqttws, rows: Int = 24, columns: Int = 80) throws {
    folder = try TemporaryDirectory()
    var command = try program.command([])
    command.environment["MQTTWS"] = command.executable
    command.environment["TMUX_TMPDIR"] = folder.path
    // The runtime's own, which would ask a question, has to stay out of the way.
    command.environment["SWIFT_BACKTRACE"] = nil
    command.executable = try findExecutable("tmux")
    command.arguments = ["-D", "-L", "test", "-f", "/dev/null"]
    environment = command.environment
    server = try command.start()
    try until("a server") { (try? run("start-server")) != nil }
    try run("new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", Self.shell)
    try untilPrompt()
  }

  @discardableResult
  package func run(_ arguments: String...) throws -> String {
    var command = try Command("tmux", ["-L", "test"] + arguments)
    command.environment = environment
    let result = try command.run()
    guard result.status == .exited(0) else { throw ToolFailed(description: "tmux: \(result.errorText)") }
    var text = result.outputText
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// The lines on the screen, without blanks at their ends.
  package func capture() throws -> String { try run("capture-pane", "-p") }

  private func untilPrompt() throws { try until("a prompt") { try capture().hasPrefix(Self.prompt) } }

  /// Another shell in front of the first, by a name for `kill-window -t`.
  package func openWindow(_ name: String) throws {
    try run("new-window", "-n", name, Self.shell)
    try untilPrompt()
  }

  /// A line for the shell.
  package func type(_ line: String) throws {
    try run("send-keys", "-l", line)
    try run("send-keys", "Enter")
  }

  /// A key by tmux's name for it, such as `C-z`.
  package func press(_ key: String) throws { try run("send-keys", key) }

  package func resize(rows: Int, columns: Int) throws {
    try run("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// Alternate screen, cursor, mouse: `0 1 0` is a terminal as a shell wants it.
  package func state() throws -> String {
    try run("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")
  }

  /// Looks again and again: tmux tells nobody of a change.
  package func until(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = Deadline.after(.seconds(30))
    while try !condition() {
      guard !deadline.hasPassed else {
        throw DeadlineExceeded("\(what): \((try? state()) ?? "")\n\((try? capture()) ?? "")")
      }
      pause(.milliseconds(20))
    }
  }
}
