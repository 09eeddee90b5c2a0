import CNcurses
import Glibc
import TUI

/// The terminal as a screen: keys and mouse in, cells out. Knows curses, and nobody else does.
///
/// Lives on one thread, the one that made it. What other threads and signal handlers need to end well is in
/// `TerminalState`.
package final class Screen {
  package struct Settings {
    /// nil is TERM's.
    package var terminal: String?
    package var colours: Capabilities.Colours
    package var theme: Theme.Kind
    package var usesMouse: Bool

    package init(
      terminal: String? = nil, colours: Capabilities.Colours, theme: Theme.Kind = .standard, usesMouse: Bool
    ) {
      self.terminal = terminal
      self.colours = colours
      self.theme = theme
      self.usesMouse = usesMouse
    }
  }

  package enum Failure: Error, Equatable {
    /// Curses has no description of this type.
    case unknownType(String)
    /// The cursor of this type cannot be moved.
    case notAddressable(String)
    /// The errno of a descriptor that turned out to be no terminal.
    case system(CInt)
  }

  /// Where keys come from: poll this for input.
  package let input: CInt
  private let output: CInt
  private let handle: OpaquePointer
  private var painter: Painter
  private var reader: KeyReader
  private let pastes: Bool
  private let errors: CapturedErrors
  /// What the terminal can do of what was asked for.
  package let colours: Capabilities.Colours
  package private(set) var usesMouse = false

  /// Takes the terminal over.
  package init(input: CInt, output: CInt, _ settings: Settings) throws(Failure) {
    var modes = termios()
    guard tcgetattr(input, &modes) == 0 else { throw .system(errno) }
    let type = settings.terminal ?? getenv("TERM").map { String(cString: $0) } ?? ""
    handle = try Self.start(type, input: input, output: output)
    (self.input, self.output) = (input, output)
    pastes = Self.text("BE") != nil || Self.text("kmous") != nil
    colours = Self.colours(settings.colours)
    painter = Painter(Theme(settings.theme, colours: colours), usesColour: colours != .none)
    reader = KeyReader()

    let bytes = RestoreSequence.bytes(pastes: pastes)
    TerminalGuard.start(output: output, modes: modes, bytes: bytes)
    errors = CapturedErrors(descriptor: STDERR_FILENO)
    TerminalState.remember(output: output, modes: modes, bytes: bytes, errors: errors)
    TerminalState.borrow()
    CrashSignals.install()
    Self.prepareThread()
    enter()
    setMouse(isOn: settings.usesMouse)
    matchSize()
  }

  /// Gives the calling thread what it needs to give the terminal back when it crashes.
  package static func prepareThread() { CrashSignals.prepareThread() }

  /// `newterm` leaves the process alive when it fails, other than `initscr`.
  private static func start(_ type: String, input: CInt, output: CInt) throws(Failure) -> OpaquePointer {
    use_env(false)
    use_tioctl(true)
    let previous = [SIGINT, SIGTERM, SIGTSTP, SIGWINCH].map { ($0, Self.action(of: $0)) }
    guard let outputFile = fdopen(output, "w"), let inputFile = fdopen(input, "r") else {
      throw .system(errno)
    }
    let screen = newterm(type, outputFile, inputFile)
    // Signals are ours to handle.
    for (number, action) in previous {
      var action = action
      sigaction(number, &action, nil)
    }
    guard let screen else { throw .unknownType(type) }
    guard text("cup") != nil else {
      endwin()
      throw .notAddressable(type)
    }
    return screen
  }

  private static func action(of number: CInt) -> sigaction {
    var action = sigaction()
    sigaction(number, nil, &action)
    return action
  }

  private func enter() {
    raw()
    noecho()
    nonl()
    set_escdelay(25)
    // A mouse click is told when it happens, not after it was found not to be a double one.
    mouseinterval(0)
    if pastes { send(RestoreSequence.pasteOn) }
  }

  private static func colours(_ wanted: Capabilities.Colours) -> Capabilities.Colours {
    guard wanted != .none, has_colors(), start_color() == OK, use_default_colors() == OK else { return .none }
    guard curses_colours() >= 8 else { return .none }
    return wanted == .palette256 && curses_colours() >= 256 ? .palette256 : .ansi16
  }

  /// A string of the terminal's description.
  static func text(_ capability: String) -> [UInt8]? {
    guard let text = tigetstr(capability), Int(bitPattern: text) != -1, text.pointee != 0 else { return nil }
    return UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
  }

  private func send(_ bytes: [UInt8]) { write(output, bytes, bytes.count) }

  // MARK: - Size

  /// As the terminal says; a terminal that does not know gets 24 rows of 80.
  package var size: Size {
    var size = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
      return Size(rows: 24, columns: 80)
    }
    return Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
  }

  /// Lets curses know of a new size.
  package func matchSize() {
    let size = size
    guard Int(curses_rows()) != size.rows || Int(curses_columns()) != size.columns else { return }
    resizeterm(CInt(size.rows), CInt(size.columns))
    painter.forget()
  }

  // MARK: - In and out

  /// What was typed and clicked since, without waiting.
  package func readEvents(into events: inout [Event]) {
    reader.read(into: &events)
  }

  /// Whether the terminal is in the middle of a paste, whose end may never come.
  package var isPasting: Bool { reader.isPasting }

  /// Ends a paste whose end does not come.
  package func endPaste(into events: inout [Event]) { reader.endPaste(into: &events) }

  /// Lets go of the oldest of what was written to stderr meanwhile.
  package func trimErrors() { errors.trim() }

  /// Shows `grid`, writing only what changed.
  package func draw(_ grid: CellGrid) {
    guard TerminalState.isBorrowed else { return }
    painter.paint(grid)
  }

  /// Forgets what the terminal shows: the next `draw` writes all of it.
  package func redraw() {
    clearok(curses_current_window(), true)
    painter.forget()
  }

  package func setMouse(isOn: Bool) {
    usesMouse = isOn
    var mask: mmask_t = 0
    if isOn {
      for button in 1...5 as ClosedRange<CInt> { mask |= curses_pressed(button) | curses_released(button) }
    }
    mousemask(mask, nil)
  }

  /// Writes a sequence that is ours to the terminal, such as OSC 52; what it holds is the caller's care.
  package func sendSequence(_ bytes: [UInt8]) { send(bytes) }

  // MARK: - Away and back

  /// Gives the terminal back for a while: to a shell or an editor.
  package func leave() {
    endwin()
    TerminalState.giveBack()
  }

  /// Takes the terminal again, whatever state it was left in; the next `draw` writes all of it.
  package func `return`() {
    TerminalState.borrow()
    reset_prog_mode()
    enter()
    matchSize()
    redraw()
    // Curses notices that it was away and enters the alternate screen.
    wrefresh(curses_standard_window())
    setMouse(isOn: usesMouse)
  }

  /// Goes on after a stop that left no time to give the terminal back.
  package func recover() {
    reset_prog_mode()
    redraw()
  }

  /// Stops the job as Ctrl-Z does elsewhere, with the terminal given back; returns when it goes on.
  package func suspend() {
    leave()
    JobControl.stopJob()
    self.return()
  }
}
