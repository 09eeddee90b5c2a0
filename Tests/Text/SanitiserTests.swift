import Testing

@testable import Text

struct SanitiserTests {
  @Test(arguments: [
    ("", ""),
    ("plain text", "plain text"),
    ("a\\b", "a\\b"),
    ("é漢😀", "é漢😀"),
    ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
    ("\u{1B}[31mred\u{1B}[0m", "\\e[31mred\\e[0m"),
    ("\u{1B}]52;c;eA==\u{07}", "\\e]52;c;eA==\\x07"),
    ("\u{0}\u{8}\u{B}\u{7F}", "\\x00\\x08\\x0B\\x7F"),
    ("\u{80}\u{9B}31m\u{9D}", "\\u{0080}\\u{009B}31m\\u{009D}"),
    ("\u{202E}abc\u{2066}", "\\u{202E}abc\\u{2066}"),
    ("a\u{200B}b\u{200D}c\u{FEFF}", "a\\u{200B}b\\u{200D}c\\u{FEFF}"),
    ("👩\u{200D}💻", "👩\\u{200D}💻"),
    ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
    ("\u{E000}\u{10FFFF}\u{E0041}", "\\u{E000}\\u{10FFFF}\\u{E0041}"),
    ("\u{0378}\u{FFFE}", "\\u{0378}\\u{FFFE}"),
    ("\u{AD}", "\\u{00AD}"),
  ])
  func line(text: String, expected: String) {
    #expect(Sanitiser.line(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
  }

  @Test(arguments: [
    ("e\u{301}", "e\u{301}"),
    ("e\u{301}\u{302}", "e\u{301}\u{302}"),
    ("e\u{301}\u{302}\u{303}x", "e\u{301}\u{302}\\u{0303}x"),
    ("\u{301}a", "\u{25CC}\u{301}a"),
    ("\n\u{301}", "\\n\u{25CC}\u{301}"),
    ("漢\u{301}", "漢\u{301}"),
  ])
  func marks(text: String, expected: String) {
    #expect(Sanitiser.line(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
  }

  @Test func marksAfterALineFeedHaveNoBase() {
    let safe = Sanitiser.lines("a\n\u{301}")
    #expect(safe.unicodeScalars.elementsEqual("a\n\u{25CC}\u{301}".unicodeScalars))
  }

  @Test(
    arguments: [
      ([0xFF], "\\xFF"),
      ([0xC0, 0x80], "\\xC0\\x80"),
      ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
      ([0xF5, 0x80, 0x80, 0x80], "\\xF5\\x80\\x80\\x80"),
      ([0xE2, 0x82], "\\xE2\\x82"),
      ([0x61, 0x9B, 0x62], "a\\x9Bb"),
      ([0xE2, 0x82, 0xAC], "€"),
      ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"),
    ] as [([UInt8], String)])
  func badUTF8(bytes: [UInt8], expected: String) {
    #expect(Sanitiser.line(bytes) == expected)
  }

  @Test func linesKeepLineFeedsOnly() {
    #expect(Sanitiser.lines("a\nb\tc\r\n") == "a\nb\\tc\\r\n")
  }

  @Test func asciiOnlyEscapesTheRest() {
    #expect(Sanitiser.line("é ok", asciiOnly: true) == "\\u{00E9} ok")
  }

  /// Each byte at each place of a word: the fast path and the slow path must agree.
  @Test func everyByteInEveryPlace() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<17 {
        var bytes = [UInt8](repeating: 0x61, count: 17)
        bytes[place] = byte
        let shown = Sanitiser.line(bytes).utf8
        #expect(shown.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        let isPrintable = byte >= 0x20 && byte < 0x7F
        #expect((shown.count == 17) == isPrintable)
      }
    }
  }

  @Test func everyScalarIsSafeOrEscaped() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = Sanitiser.line(String(Character(scalar)))
      if shown.unicodeScalars.contains(where: Sanitiser.isUnsafe) {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }

  @Test(arguments: [
    ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("😀", 2), ("ﾊ", 1), ("\u{1100}\u{1161}\u{11A8}", 2), ("⌚", 2),
  ])
  func columns(text: String, expected: Int) {
    #expect(Sanitiser.columns(of: text) == expected)
  }
}
