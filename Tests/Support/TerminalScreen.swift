/// What a terminal shows for a stream of bytes: as much of an xterm as curses uses. Everything that it does
/// not know is kept as a violation, so that it is also the judge of what may reach a terminal at all.
package struct TerminalScreen {
  package let rows: Int
  package let columns: Int
  /// What no terminal should have been sent: controls, invisible characters, foreign sequences.
  package private(set) var violations: [String] = []
  package private(set) var isAlternate = false
  /// What OSC 52 put into the clipboard, in Base64.
  package private(set) var clipboard: [String] = []
  /// Modes that were switched on and not off again, such as 1000 for the mouse.
  package private(set) var modes: Set<Int> = []
  /// How often a zero byte came: nothing to a terminal, the end of a frame to tests.
  package private(set) var frames = 0
  /// How often the whole screen was erased.
  package internal(set) var erasures = 0
  /// How often the alternate screen was left.
  package private(set) var departures = 0

  var cells: [[String]]
  var row = 0
  var column = 0
  var top = 0
  var bottom: Int
  var inserts = false
  private var last: Unicode.Scalar = " "
  private var state = State.ground
  private var pending: [UInt8] = []

  private enum State { case ground, escape, character, control, command }

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    bottom = rows - 1
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  package var lines: [String] { cells.map { $0.joined() } }
  package var text: String { lines.joined(separator: "\n") }
  package var cursor: (row: Int, column: Int) { (row, min(column, columns - 1)) }

  mutating func violate(_ what: String) { violations.append(what) }

  package mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { feed(byte) }
  }

  private mutating func feed(_ byte: UInt8) {
    switch state {
    case .ground: ground(byte)
    case .escape: escape(byte)
    // The name of a character set.
    case .character: state = .ground
    case .control:
      pending.append(byte)
      guard (0x40...0x7E).contains(byte) else { return }
      finish { $0.perform(byte, String(decoding: $1.dropLast(), as: UTF8.self)) }
    case .command:
      pending.append(byte)
      if byte == 0x07 { finish { $0.command(String(decoding: $1.dropLast(), as: UTF8.self)) } }
    }
  }

  private mutating func finish(_ body: (inout Self, [UInt8]) -> Void) {
    let bytes = pending
    pending = []
    state = .ground
    body(&self, bytes)
  }

  private mutating func ground(_ byte: UInt8) {
    guard byte < 0x80, pending.isEmpty else { return characterByte(byte) }
    switch byte {
    case 0x1B: state = .escape
    case 0x0D: column = 0
    case 0x0A: lineFeed()
    case 0x08: column = max(0, column - 1)
    case 0x00: frames += 1
    // Character sets of old terminals.
    case 0x0F, 0x0E: break
    case ..<0x20, 0x7F: violate("control \(byte)")
    default: put(Unicode.Scalar(byte))
    }
  }

  private mutating func characterByte(_ byte: UInt8) {
    pending.append(byte)
    let count = pending[0] >= 0xF0 ? 4 : pending[0] >= 0xE0 ? 3 : 2
    guard byte < 0x80 || pending.count >= count else { return }
    finish { screen, bytes in
      if let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first {
        screen.put(scalar)
      } else {
        screen.violate("no UTF-8: \(bytes)")
      }
    }
  }

  private mutating func escape(_ byte: UInt8) {
    state = .ground
    switch byte {
    case UInt8(ascii: "["): state = .control
    case UInt8(ascii: "]"): state = .command
    case UInt8(ascii: "("), UInt8(ascii: ")"): state = .character
    case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "7"), UInt8(ascii: "8"): break
    case UInt8(ascii: "M"): if row == top { scroll(by: -1) } else { row = max(0, row - 1) }
    default: violate("ESC \(byte)")
    }
  }

  /// An operating system command: only the clipboard is known, with Base64.
  private mutating func command(_ text: String) {
    // The palette as it was, which curses sends when it leaves.
    if text == "104" { return }
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "52", parts[1] == "c",
      parts[2].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+/=".contains($0)) })
    else { return violate("OSC \(text)") }
    clipboard.append(String(parts[2]))
  }

  // MARK: - Characters

  private mutating func put(_ scalar: Unicode.Scalar) {
    switch scalar.properties.generalCategory {
    case .format, .control, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
      violate("U+\(String(scalar.value, radix: 16))")
    case .nonspacingMark, .enclosingMark:
      guard column > 0 else { return violate("mark without a base") }
      return cells[row][column - 1].unicodeScalars.append(scalar)
    default: break
    }
    let width = Self.isWide(scalar) ? 2 : 1
    if column + width > columns {
      column = 0
      lineFeed()
    }
    if inserts { shift(by: width) }
    last = scalar
    cells[row][column] = String(scalar)
    if width == 2 { cells[row][column + 1] = "" }
    column += width
  }

  mutating func repeatLast(_ count: Int) {
    for _ in 0..<min(count, columns) { put(last) }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0x1F300...0x1F64F, 0x1F900...0x1F9FF,
    ]
    return scalar.value >= 0x1100 && wide.contains { $0.contains(scalar.value) }
  }

  private mutating func lineFeed() {
    if row == bottom { scroll(by: 1) } else { row = min(row + 1, rows - 1) }
  }

  // MARK: - Modes

  mutating func setModes(_ text: Substring, _ isOn: Bool) {
    for word in text.split(separator: ";") {
      guard let mode = Int(word), [1, 7, 12, 25, 1000, 1002, 1006, 1049, 2004].contains(mode) else {
        violate("mode \(word)")
        continue
      }
      if isOn { modes.insert(mode) } else { modes.remove(mode) }
      if mode == 1049 {
        if !isOn { departures += 1 }
        isAlternate = isOn
        erase(all: true)
      }
    }
  }
}
