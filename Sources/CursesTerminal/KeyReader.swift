import CNcurses
import Glibc
import TUI

/// Takes what curses decoded and makes events of it; pasted text comes out whole.
struct KeyReader {
  /// Text that is pasted at once; the rest of a longer one is thrown away.
  static let maximumPaste = 256 * 1024

  // Codes of our own for sequences that curses knows no name for.
  private static let pasteBegins: CInt = 0x4000
  private static let pasteEnds: CInt = 0x4001
  private static let modified: CInt = 0x4100

  /// A pad: reading from it refreshes nothing.
  private let window: UnsafeMutablePointer<WINDOW>?
  private var paste: [UInt8]?
  private var modifiedKeys: [CInt: Key] = [:]
  private var lastPress: (row: Int, column: Int, nanoseconds: Int64)?
  private var pressedAt: Position?

  init() {
    window = newpad(1, 1)
    nodelay(window, true)
    keypad(window, true)
    define_key("\u{1B}[200~", Self.pasteBegins)
    define_key("\u{1B}[201~", Self.pasteEnds)
    defineModifiedArrows()
  }

  /// Arrows and their like with Shift, Alt and Ctrl, as xterm and those after it send them.
  private mutating func defineModifiedArrows() {
    let finals: [(Character, Key.Code)] = [
      ("A", .up), ("B", .down), ("C", .right), ("D", .left), ("H", .home), ("F", .end),
    ]
    var code = Self.modified
    for modifier in 2...8 {
      var modifiers = Key.Modifiers()
      if (modifier - 1) & 1 != 0 { modifiers.insert(.shift) }
      if (modifier - 1) & 2 != 0 { modifiers.insert(.alt) }
      if (modifier - 1) & 4 != 0 { modifiers.insert(.control) }
      for (final, key) in finals {
        define_key("\u{1B}[1;\(modifier)\(final)", code)
        modifiedKeys[code] = Key(key, modifiers)
        code += 1
      }
    }
  }

  var isPasting: Bool { paste != nil }

  mutating func endPaste(into events: inout [Event]) {
    if let text = paste { events.append(.paste(text)) }
    paste = nil
  }

  mutating func read(into events: inout [Event]) {
    // Bounded, so that a flood of input leaves room for frames.
    for _ in 0..<4096 {
      var character: wint_t = 0
      switch wget_wch(window, &character) {
      case OK: typed(character, &events)
      case KEY_CODE_YES: pressed(CInt(bitPattern: character), &events)
      default: return
      }
    }
  }

  // MARK: - Characters

  private mutating func typed(_ character: wint_t, _ events: inout [Event]) {
    guard let scalar = Unicode.Scalar(character) else { return }
    if paste != nil { return addToPaste(scalar == "\r" ? "\n" : scalar) }
    events.append(.key(Self.key(scalar)))
  }

  private mutating func addToPaste(_ scalar: Unicode.Scalar) {
    guard let count = paste?.count, count < Self.maximumPaste else { return }
    paste?.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  static func key(_ scalar: Unicode.Scalar) -> Key {
    switch scalar.value {
    case 0x0D, 0x0A: Key(.enter)
    case 0x09: Key(.tab)
    case 0x1B: Key(.escape)
    case 0x08, 0x7F: Key(.backspace)
    case 0x00: Key(.character(" "), .control)
    case 0x01...0x1A: Key(.character(Unicode.Scalar(UInt8(scalar.value) + 0x60)), .control)
    case 0x1C...0x1F: Key(.character(Unicode.Scalar(UInt8(scalar.value) + 0x40)), .control)
    default: Key(.character(scalar))
    }
  }

  // MARK: - Keys with names

  private mutating func pressed(_ code: CInt, _ events: inout [Event]) {
    switch code {
    case Self.pasteBegins: paste = paste ?? []
    case Self.pasteEnds: endPaste(into: &events)
    // Pasted text never becomes a key, whatever it looks like.
    case _ where paste != nil: break
    case KEY_MOUSE: mouse(&events)
    case KEY_RESIZE: break
    default:
      if let key = modifiedKeys[code] ?? Self.named[code] { events.append(.key(key)) }
    }
  }

  private static let named: [CInt: Key] = {
    var keys: [CInt: Key] = [
      KEY_UP: Key(.up), KEY_DOWN: Key(.down), KEY_LEFT: Key(.left), KEY_RIGHT: Key(.right),
      KEY_HOME: Key(.home), KEY_END: Key(.end), KEY_PPAGE: Key(.pageUp), KEY_NPAGE: Key(.pageDown),
      KEY_IC: Key(.insert), KEY_DC: Key(.delete), KEY_BACKSPACE: Key(.backspace), KEY_ENTER: Key(.enter),
      KEY_BTAB: Key(.tab, .shift), KEY_SR: Key(.up, .shift), KEY_SF: Key(.down, .shift),
      KEY_SLEFT: Key(.left, .shift), KEY_SRIGHT: Key(.right, .shift), KEY_SHOME: Key(.home, .shift),
      KEY_SEND: Key(.end, .shift),
    ]
    for number in 1...12 as ClosedRange<CInt> { keys[KEY_F0 + number] = Key(.function(Int(number))) }
    return keys
  }()

  // MARK: - Mouse

  private static let doubleClickNanoseconds: Int64 = 400_000_000

  private mutating func mouse(_ events: inout [Event]) {
    var event = MEVENT()
    guard getmouse(&event) == OK else { return }
    let (row, column) = (Int(event.y), Int(event.x))
    func has(_ mask: mmask_t) -> Bool { event.bstate & mask != 0 }
    if has(curses_pressed(4)) { events.append(.mouse(Mouse(.wheelUp, row: row, column: column))) }
    if has(curses_pressed(5)) { events.append(.mouse(Mouse(.wheelDown, row: row, column: column))) }
    if has(curses_pressed(1)) { events.append(.mouse(Mouse(press(row, column), row: row, column: column))) }
    if has(curses_released(1)), let start = pressedAt {
      pressedAt = nil
      // Motion is not reported: it would cost every user bytes for nothing. Where a drag ends, it shows.
      if start != Position(row: row, column: column) {
        events.append(.mouse(Mouse(.drag, row: row, column: column)))
      }
      events.append(.mouse(Mouse(.release, row: row, column: column)))
    }
  }

  private mutating func press(_ row: Int, _ column: Int) -> Mouse.Kind {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    pressedAt = Position(row: row, column: column)
    if let last = lastPress, last.row == row, last.column == column,
      now - last.nanoseconds < Self.doubleClickNanoseconds
    {
      lastPress = nil
      return .doubleClick
    }
    lastPress = (row, column, now)
    return .press
  }
}
