import Testing

@testable import TUI

@Suite struct CellTests {
  private func line(_ text: String, columns: Int, unicode: Bool = true, elision: Canvas.Elision = .end)
    -> String
  {
    let canvas = Canvas(Size(rows: 1, columns: columns), Capabilities(unicode: unicode))
    canvas.text(text, row: 0, elision: elision)
    #expect(canvas.grid.brokenInvariant == nil)
    return canvas.grid.text(row: 0)
  }

  @Test(arguments: [
    ("plain", "plain     "), ("a\u{1B}[31mb", "a\\e[31mb  "), ("a\tb\n", "a\\tb\\n    "),
    ("温度", "温度      "), ("\u{202E}x", "\\u{202E}x "), ("\u{301}a", "\u{25CC}\u{301}a        "),
    ("0123456789", "0123456789"), ("0123456789a", "012345678…"), ("温度温度温度", "温度温度… "),
  ])
  func textIsMadeSafeAndCut(_ text: String, _ expected: String) {
    #expect(line(text, columns: 10) == expected)
  }

  @Test func topicsAreCutInTheMiddle() {
    #expect(line("plant/line1/motor/temp", columns: 12, elision: .middle) == "plant/…/temp")
    #expect(line("plant/line1", columns: 12, elision: .middle) == "plant/line1 ")
  }

  @Test func withoutUnicodeAllElseIsEscaped() {
    #expect(line("温x", columns: 12, unicode: false) == "\\u{6E29}x   ")
    #expect(line("0123456789abc", columns: 10, unicode: false) == "012345678~")
  }

  @Test func escapesAreUnderlinedAndBackslashesOfThePeerAreNot() {
    let canvas = Canvas(Size(rows: 1, columns: 20), Capabilities())
    canvas.text("a\\e\u{1B}", row: 0)
    let flags = canvas.grid.row(0).prefix(5).map(\.style.isEscape)
    #expect(flags == [false, false, false, true, true])
  }

  @Test func overwritingHalfOfAWideCellBlanksTheOther() {
    let canvas = Canvas(Size(rows: 1, columns: 6), Capabilities())
    canvas.text("温度", row: 0)
    canvas.glyph("x", row: 0, column: 1)
    #expect(canvas.grid.text(row: 0) == " x度  ")
    canvas.glyph("y", row: 0, column: 2)
    #expect(canvas.grid.text(row: 0) == " xy   ")
    #expect(canvas.grid.brokenInvariant == nil)
  }

  @Test func aPartCutsWhatIsOutside() {
    let canvas = Canvas(Size(rows: 3, columns: 8), Capabilities())
    let part = canvas.part(Rectangle(row: 1, column: 5, rows: 9, columns: 9))
    part.text("温度温", row: 0)
    part.text("x", row: 5)
    #expect(canvas.grid.text == "        \n     温…\n        \n")
    #expect(part.size == Size(rows: 2, columns: 3))
  }

  @Test func trustedCellsHoldNothingThatActs() {
    #expect(Cell(trusted: "\u{1B}").base == "?")
    #expect(Cell(trusted: "温").base == "?")
    #expect(Cell(trusted: "│").base == "│")
  }

  @Test func everyRoleHasALookInEveryTheme() {
    for kind in Theme.Kind.allCases {
      for colours in Capabilities.Colours.allCases {
        let theme = Theme(kind, colours: colours)
        for role in Role.allCases {
          let style = theme.style(StyleID(role))
          if colours == .none { #expect(style.foreground == nil && style.background == nil) }
          #expect(theme.style(StyleID(role).selected()).isReverse != style.isReverse)
          #expect(theme.style(StyleID(role).escaped).isUnderlined)
        }
      }
    }
  }
}
