import Testing

@testable import TUI

@Suite struct LineEditorTests {
  @Test(arguments: [
    ("a b", "Ctrl-W", "a "), ("abc", "Left Left x", "axbc"), ("abc", "Home Del", "bc"),
    ("abc", "Ctrl-A Ctrl-K", ""), ("abc", "Left Ctrl-U", "c"), ("one two", "Ctrl-Left x", "one xtwo"),
    ("ab", "Backspace Backspace Backspace", ""), ("ab", "Ctrl-A Ctrl-D End x", "bx"),
  ])
  func keysOfReadline(_ start: String, _ keys: String, _ expected: String) {
    var editor = LineEditor(start)
    for key in keys.split(separator: " ").compactMap({ Key(text: String($0)) }) { _ = editor.type(key) }
    #expect(editor.text == expected)
  }

  @Test func pastedLinesBecomeOne() {
    var editor = LineEditor()
    editor.paste(Array("a\r\nb\nc\n".utf8))
    #expect(editor.text == "a b c")
    editor.paste([0xFF])
    #expect(editor.text == "a b c")
  }

  @Test func theCursorStaysInSight() {
    var editor = LineEditor(String(repeating: "x", count: 500))
    for width in [1, 2, 5, 80] {
      let canvas = Canvas(Size(rows: 1, columns: width), Capabilities())
      editor.draw(on: canvas, row: 0, column: 0, width: width, .plain, hasCursor: true)
      #expect(canvas.grid.cursor != nil)
      #expect(canvas.grid.brokenInvariant == nil)
    }
    editor.replace(with: String(repeating: "温\u{301}", count: 90))
    let canvas = Canvas(Size(rows: 1, columns: 9), Capabilities())
    editor.draw(on: canvas, row: 0, column: 0, width: 9, .plain, hasCursor: true)
    #expect(canvas.grid.brokenInvariant == nil)
    #expect(canvas.grid.cursor != nil)
  }

  @Test func aTextOfLinesIsEdited() {
    var editor = TextEditor("{\n}")
    for key in ["End", "Enter", "a", "b", "Up", "Home", "Del", "Down", "End", "Backspace"] {
      let isUsed = Key(text: key).map { editor.type($0) }
      #expect(isUsed == true)
    }
    #expect(editor.text == "\na\n}")
    #expect(!TextEditor("x").isEmpty)
    var first = TextEditor("x")
    let moves = [first.type(Key(.up)), first.type(Key(.down))]
    #expect(moves == [false, false])
  }
}
