import Glibc
import MQTTPackets
import MQTTSession
import Testing

@testable import TUI

/// Frames of each scene held against `Tests/Golden`: the text and, below it, the roles of the cells at the
/// sizes that people look at, and a checksum for the other ones. `UPDATE_GOLDEN=1` writes them anew; the
/// difference is then for eyes.
@Suite struct GoldenTests {
  private static let whole = [Size(rows: 10, columns: 40), Size(rows: 24, columns: 80)]
  /// Of scenes that are arranged in another way there.
  private static let wide = Size(rows: 40, columns: 140)
  private static let wideScenes: Set<GoldenScene> = [.topics, .messages, .fields, .health, .publish]
  private static let sizes =
    whole + [wide] + [(30, 100), (60, 200), (1, 1), (200, 500)].map { Size(rows: $0, columns: $1) }

  @Test(arguments: GoldenScene.allCases) func looksAsBefore(_ scene: GoldenScene) throws {
    let screen = scene.screen
    var golden = ""
    var sums = ""
    for size in Self.sizes {
      var screen = screen
      screen.send(.resize(size))
      for unicode in [true, false] {
        let grid = screen.grid(Capabilities(unicode: unicode))
        #expect(grid.brokenInvariant == nil)
        for colours in Capabilities.Colours.allCases where Self.whole.contains(size) {
          // Colours come from the theme, after the frame is drawn.
          #expect(screen.grid(Capabilities(unicode: unicode, colours: colours)) == grid)
        }
        let name = "\(size.columns)x\(size.rows) \(unicode ? "unicode" : "ascii")"
        let text = Self.text(grid)
        let isWhole = unicode || size == Self.whole[1]
        if isWhole, Self.whole.contains(size) || size == Self.wide && Self.wideScenes.contains(scene) {
          golden += "== \(name)\n\(text)"
        } else {
          sums += "\(name) \(Self.sum(text))\n"
        }
      }
    }
    try Golden.compare(golden + "== checksums\n" + sums, "\(scene.rawValue).txt")
  }

  @Test func themesLookAsBefore() throws {
    var text = ""
    for kind in Theme.Kind.allCases {
      for colours in Capabilities.Colours.allCases {
        text += "== \(kind) \(colours)\n"
        let theme = Theme(kind, colours: colours)
        for role in Role.allCases { text += "\(role): \(Self.words(theme.style(StyleID(role))))\n" }
        text += "selected: \(Self.words(theme.style(StyleID(.plain).selected())))\n"
        text += "escape: \(Self.words(theme.style(StyleID(.plain).escaped)))\n"
      }
    }
    try Golden.compare(text, "themes.txt")
  }

  private static func words(_ style: Style) -> String {
    var words: [String] = []
    if let colour = style.foreground { words.append("\(colour)") }
    if let colour = style.background { words.append("on \(colour)") }
    if style.isBold { words.append("bold") }
    if style.isReverse { words.append("reverse") }
    if style.isUnderlined { words.append("underlined") }
    return words.isEmpty ? "as the terminal is" : words.joined(separator: " ")
  }

  /// The rows, then a letter a cell: `.` is plain, a capital is selected, `\` an escape.
  private static func text(_ grid: CellGrid) -> String {
    var text = ""
    for row in 0..<grid.size.rows { text += trimmed(withoutMemory(grid.text(row: row)), " ") + "\n" }
    for row in 0..<grid.size.rows {
      text += trimmed(String(String.UnicodeScalarView(grid.row(row).map { letter($0.style) })), ".") + "\n"
    }
    return text + "cursor \(grid.cursor.map { "\($0.row),\($0.column)" } ?? "none")\n"
  }

  /// What a pool has allocated is what `malloc` gave it, which is sometimes a little more than it asked for.
  private static func withoutMemory(_ row: String) -> String {
    row.replacing(/[0-9.]+ [KM]?i?B of (?=.* evicted)/, with: "# of ")
  }

  private static func trimmed(_ text: String, _ scalar: Unicode.Scalar) -> String {
    var scalars = text.unicodeScalars
    while scalars.last == scalar { scalars.removeLast() }
    return String(scalars)
  }

  private static func letter(_ style: StyleID) -> Unicode.Scalar {
    if style.isEscape { return "\\" }
    if style.role == .plain { return style.isSelected ? "#" : "." }
    // After the last role come the capitals' small letters, then digits.
    let place = style.role.rawValue - 1
    if place < 26 { return Unicode.Scalar((style.isSelected ? 0x41 : 0x61) + place) }
    return Unicode.Scalar((style.isSelected ? 0x30 : 0x35) + (place - 26))
  }

  /// FNV-1a.
  private static func sum(_ text: String) -> String {
    let sum = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(sum, radix: 16)
  }
}

/// Files under `Tests/Golden`.
enum Golden {
  static func compare(_ text: String, _ name: String, here: String = #filePath) throws {
    let tests = here.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    let path = "\(tests)/Golden/\(name)"
    if getenv("UPDATE_GOLDEN") != nil {
      let file = try #require(fopen(path, "w"))
      defer { fclose(file) }
      #expect(fputs(text, file) >= 0)
      return
    }
    let file = try #require(fopen(path, "r"), "\(name) is missing: UPDATE_GOLDEN=1 writes it")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    let golden = String(decoding: bytes.prefix(count), as: UTF8.self)
    guard golden != text else { return }
    let lines = zip(golden.split(separator: "\n"), text.split(separator: "\n")).first { $0 != $1 }
    Issue.record("\(name): was\n\(lines?.0 ?? "longer or shorter")\nis\n\(lines?.1 ?? "")")
  }
}
