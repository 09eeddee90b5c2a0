import Glibc
import Support

/// `mqttws watch` in a pseudo-terminal, and what that shows.
final class WatchTerminal {
  let program: Mqttws
  let child: ChildProcess
  private(set) var screen: TerminalScreen
  /// How much of the stream the screen has taken in.
  private var seen = 0

  init(
    _ arguments: [String], rows: Int = 24, columns: Int = 80, environment: [String: String] = [:],
    program: Mqttws? = nil
  ) throws {
    self.program = try program ?? Mqttws()
    screen = TerminalScreen(rows: rows, columns: columns)
    var command = try self.program.command(["watch"] + arguments + ["--test-sync-fd", "1"])
    command.environment["TERM"] = "xterm-256color"
    command.environment.merge(environment) { _, new in new }
    command.directory = self.program.home.path
    command.input = .terminal
    command.output = .terminal
    command.errors = .terminal
    command.terminalRows = UInt16(rows)
    command.terminalColumns = UInt16(columns)
    child = try command.start()
  }

  func press(_ keys: String) throws { try child.write(keys) }

  /// Waits for a screen that shows `text`.
  func wait(for text: String) throws {
    try wait("'\(text)'") { $0.text.contains(text) }
  }

  /// Waits for a screen that `matches`.
  func wait(_ what: String = "a screen", where matches: (TerminalScreen) -> Bool) throws {
    do {
      try child.waitForOutput { bytes in
        take(bytes)
        return matches(screen)
      }
    } catch {
      throw DeadlineExceeded("\(what) is not to be seen\n\(screen.text)")
    }
  }

  private func take(_ bytes: [UInt8]) {
    guard bytes.count > seen else { return }
    screen.feed(bytes[seen...])
    seen = bytes.count
  }

  /// Waits for the end of a frame after which nothing waits, and whose screen `matches`.
  func settle(_ what: String = "a frame", where matches: (TerminalScreen) -> Bool = { _ in true }) throws {
    do {
      try child.waitForOutput { bytes in
        while let end = bytes[seen...].firstIndex(of: 0) {
          take(Array(bytes[...end]))
          if matches(screen) { return true }
        }
        return false
      }
    } catch {
      throw DeadlineExceeded("\(what) is not to be seen\n\(screen.text)")
    }
  }

  /// Presses keys and waits until they have had their effect on the screen.
  func settle(after keys: String) throws {
    take(child.snapshot())
    try press(keys)
    try settle()
  }

  /// Presses keys and waits for a screen that shows `text`.
  func press(_ keys: String, for text: String) throws {
    try press(keys)
    try wait(for: text)
  }

  /// A new size; the stream from here on makes the screen.
  func resize(rows: Int, columns: Int) throws {
    take(child.snapshot())
    screen = TerminalScreen(rows: rows, columns: columns)
    try child.resizeTerminal(rows: UInt16(rows), columns: UInt16(columns))
  }

  /// Quits and gives what the run ended with.
  func quit() throws -> ProcessResult {
    try press("q")
    let result = try child.wait()
    take(result.output)
    return result
  }
}

/// A broker of our own for `watch` to look at, which is quiet unless something publishes.
struct WatchBroker {
  let child: ChildProcess
  let url: String

  init(_ program: Mqttws, _ arguments: [String] = [], port: UInt16 = 0) throws {
    var command = try program.command(["serve", "--port", "\(port)", "--ready-fd", "3"] + arguments)
    command.capturesExtra = true
    child = try command.start()
    url = try child.line(on: .extra)
  }
}
