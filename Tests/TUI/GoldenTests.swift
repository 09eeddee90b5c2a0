import Glibc
import MQTTPackets
import MQTTSession
import Testing

@testable import TUI

/// Frames as text and, below it, as styles, held against `Tests/Golden/TUI`. `UPDATE_GOLDEN=1` writes them
/// anew; the difference is then for eyes.
@Suite struct GoldenTests {
  enum Scene: String, CaseIterable {
    case health, publish, palette, help, confirm, failure, filter, connecting
  }

  private static let sizes = [(10, 40), (24, 80), (30, 100), (40, 140)]

  private static let variants: [(name: String, capabilities: Capabilities)] = [
    ("unicode-colour", Capabilities()), ("ascii-mono", Capabilities(unicode: false, colours: .none)),
  ]

  @Test(arguments: Scene.allCases)
  func sceneLooksAsBefore(_ scene: Scene) throws {
    for (rows, columns) in Self.sizes {
      let screen = Self.screen(scene, rows, columns)
      for variant in Self.variants {
        let grid = screen.grid(variant.capabilities)
        #expect(grid.brokenInvariant == nil)
        let name = "\(scene.rawValue)-\(columns)x\(rows)-\(variant.name).txt"
        try compare(Self.text(grid, Theme(colours: variant.capabilities.colours)), name)
      }
    }
  }

  private static func screen(_ scene: Scene, _ rows: Int, _ columns: Int) -> Screen {
    var screen = Screen(rows: rows, columns: columns)
    if scene != .connecting { screen.connect() }
    screen.press("4")
    screen.pass(.seconds(862))
    switch scene {
    case .health: break
    case .publish:
      screen.press("p")
      screen.type("plant/line1/set")
      screen.press("Tab 1")
      screen.send(.paste(Array("x".utf8)))
    case .palette:
      screen.press(":")
      screen.type("rec")
    case .help:
      screen.press("?")
      screen.type("pane")
    case .confirm: screen.press("S")
    case .failure:
      screen.send(
        .connection(.ended(.init(.tcp, .unavailable, "connection refused", "is the broker running?"))))
    case .filter:
      screen.press("/")
      screen.type("qos >")
    case .connecting: break
    }
    return screen
  }

  /// A letter a cell: `.` is the terminal's own look.
  private static func text(_ grid: CellGrid, _ theme: Theme) -> String {
    var text = grid.text + "\n"
    for row in 0..<grid.size.rows {
      text += String(grid.row(row).map { letter(theme.style($0.style)) }) + "\n"
    }
    let cursor = grid.cursor.map { "\($0.row),\($0.column)" } ?? "none"
    return text + "cursor \(cursor)\n"
  }

  private static func letter(_ style: Style) -> Character {
    let colour: Character =
      switch style.foreground {
      case .red: "r"
      case .green: "g"
      case .yellow: "y"
      case .blue: "b"
      case .magenta: "m"
      case .cyan: "c"
      case .indexed: "i"
      case nil: style.isReverse ? "v" : style.isUnderlined ? "u" : style.isBold ? "d" : "."
      }
    return style.isReverse ? Character(colour.uppercased()) : colour
  }

  private func compare(_ text: String, _ name: String, here: String = #filePath) throws {
    let tests = here.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    let path = "\(tests)/Golden/TUI/\(name)"
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
    #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == text, "\(name)")
  }
}
