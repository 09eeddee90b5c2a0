import Testing

@testable import Profiles

/// One line for a table, to compare with: keys in the order of the text.
private func text(_ value: TOMLValue) -> String {
  switch value {
  case .string(let text): "\"\(text)\""
  case .integer(let number): "\(number)"
  case .float(let number): "\(number)f"
  case .boolean(let flag): "\(flag)"
  case .dateTime: "date"
  case .array(let elements): "[" + elements.map(text).joined(separator: " ") + "]"
  case .table(let table): "{" + table.items.map { "\($0.key)=\(text($0.value))" }.joined(separator: " ") + "}"
  }
}

@Suite struct TOMLParserTests {
  static let accepted: [(String, String)] = [
    ("", "{}"),
    ("# only a comment", "{}"),
    ("a = 1\r\nb = 2 # c\r\n", "{a=1 b=2}"),
    ("\"\" = 1\n'b c' = 2\n\"d\\u00e4\" = 3\n1234 = 4", "{=1 b c=2 dä=3 1234=4}"),
    ("a . b = 1\na.c = 2", "{a={b=1 c=2}}"),
    ("[a]\nb = 1\n[ a . 'c' ]\nd = 2", "{a={b=1 c={d=2}}}"),
    ("[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1} d=2}}"),
    ("[a]\nb.c = 1\n[a.b.d]\ne = 2", "{a={b={c=1 d={e=2}}}}"),
    ("[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\nb = 3", "{a=[{b=1 c={d=2}} {b=3}]}"),
    ("a = { b = 1, c.d = 'x' }\nb = {}", "{a={b=1 c={d=\"x\"}} b={}}"),
    ("a = [ 1, # ]\n [2, '}'],\n {y = 1}, ]\nb = []", "{a=[1 [2 \"}\"] {y=1}] b=[]}"),
    ("a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00E9\\U0001F989\"", "{a=\"\u{8}\t\n\u{C}\r\"\\é🦉\"}"),
    ("a = 'C:\\x'", "{a=\"C:\\x\"}"),
    ("a = \"\"\"\nx \\\n\n   y\r\nz\"\"\"", "{a=\"x y\nz\"}"),
    ("a = \"\"\"a \\\"\"\" b\"\"\"\"\"", "{a=\"a \"\"\" b\"\"\"}"),
    ("a = ''''x'''''", "{a=\"'x''\"}"),
    ("a = ''''''\nb = \"\"\"\"\"\"", "{a=\"\" b=\"\"}"),
    (
      "a = +1\nb = -0\nc = 1_000\nd = 0xDEAD_beef\ne = 0o17\nf = 0b101",
      "{a=1 b=0 c=1000 d=3735928559 e=15 f=5}"
    ),
    ("a = 1.5\nb = -1e3\nc = 6.02E+23\nd = inf\ne = 0.0", "{a=1.5f b=-1000.0f c=6.02e+23f d=inff e=0.0f}"),
    (
      "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00.5\nc = 1979-05-27 # x\nd = 07:32:00",
      "{a=date b=date c=date d=date}"
    ),
    ("a = true\nb = false", "{a=true b=false}"),
    ("ä = 1", ""),
    ("a = \"ä 🦉\"", "{a=\"ä 🦉\"}"),
  ]

  @Test(arguments: accepted) func reads(_ source: String, _ expected: String) throws {
    if expected.isEmpty {
      #expect(throws: TOMLError.self) { try TOMLParser.parse(Array(source.utf8)) }
    } else {
      #expect(text(.table(try TOMLParser.parse(Array(source.utf8)))) == expected)
    }
  }

  static let refused: [(String, Int, Int, String)] = [
    ("a", 1, 2, "the file ends where it needs = after a key"),
    ("a = ", 1, 5, "the file ends where it needs a value"),
    ("a =\nb = 1", 1, 4, "the line ends where it needs a value"),
    ("a = ,", 1, 5, "',' stands where it needs a value"),
    ("a = }", 1, 5, "'}' stands where it needs a value"),
    ("= 1", 1, 1, "'=' stands where it needs a key"),
    ("a..b = 1", 1, 3, "'.' stands where it needs a key"),
    ("[", 1, 2, "the file ends where it needs a key"),
    ("[]", 1, 2, "']' stands where it needs a key"),
    ("[\na]", 1, 2, "the line ends where it needs a key"),
    ("[?]", 1, 2, "'?' stands where it needs a key"),
    ("[ä]", 1, 2, "'ä' stands where it needs a key"),
    ("[a", 1, 3, "the file ends where it needs ] after a table's name"),
    ("[[a]", 1, 5, "the file ends where it needs ] after a list's name"),
    ("[a] b = 1", 1, 5, "'b' stands where it needs the end of the line"),
    ("a = 1 b = 2", 1, 7, "'b' stands where it needs the end of the line"),
    ("a = lab", 1, 5, "'lab' is no value; strings need quotes"),
    ("url = ws://h", 1, 7, "'ws:' is no value; strings need quotes"),
    ("a = True", 1, 5, "'True' is no value; strings need quotes"),
    ("a = 01", 1, 5, "'01' is no value; strings need quotes"),
    ("a = 1.", 1, 5, "'1.' is no value; strings need quotes"),
    ("a = 1__0", 1, 5, "'1__0' is no value; strings need quotes"),
    ("a = 0x", 1, 5, "'0x' is no value; strings need quotes"),
    ("a = 9223372036854775808", 1, 5, "'9223372036854775808' is no value; strings need quotes"),
    ("a = 1979-07:32:00Z", 1, 5, "'1979-07:32:00Z' is no value; strings need quotes"),
    ("a = 1\na = 2", 2, 1, "'a' is defined already, in line 1"),
    ("[a]\n[a]", 2, 2, "'a' is defined already, in line 1"),
    ("[a]\n[[a]]", 2, 3, "'a' is defined already, in line 1"),
    ("a.b = 1\n[a]", 2, 2, "'a' is defined already, in line 1"),
    ("[a.b]\n[a]\nb.c = 1", 3, 1, "'b' is defined already, in line 1"),
    ("a = 1\na.b = 2", 2, 1, "'a' is defined already, in line 1"),
    ("a = {}\n[a.b]", 2, 2, "'a' is no table that can be added to"),
    ("a = { b.c = 1 }\n[a.b]", 2, 2, "'a' is no table that can be added to"),
    ("a = [1]\n[[a]]", 2, 3, "'a' is defined already, in line 1"),
    ("a = [{}]\n[a.b]", 2, 2, "'a' is no table that can be added to"),
    ("a = { b = 1,\n c = 2 }", 1, 13, "the line ends where it needs a key"),
    ("a = { b = 1, }", 1, 14, "'}' stands where it needs a key"),
    ("a = { b = 1, b = 2 }", 1, 14, "'b' is defined already, in line 1"),
    ("a = [1 2]", 1, 8, "'2' stands where it needs , or ]"),
    ("a = [1", 1, 7, "the file ends where it needs , or ]"),
    ("a = \"x", 1, 7, "the file ends where it needs a closing \""),
    ("a = 'x\n'", 1, 7, "the line ends where it needs a closing '"),
    ("a = \"\"\"x\"\"", 1, 11, "the file ends where it needs a closing \"\"\""),
    ("# ö\na = \"ö\\x\"", 2, 7, "an unknown escape; a literal backslash is \\\\, or use '…'"),
    ("a = \"\\u12\"", 1, 6, "an escape needs 4 hexadecimal digits"),
    ("a = \"\\uD800\"", 1, 6, "an escape that is no character"),
    ("a = \"\\U00000000\"", 1, 6, "a NUL character"),
    ("a = \"x\u{1}\"", 1, 7, "a control character in a string"),
    ("# \u{7F}", 1, 3, "a control character"),
    ("a = 1\rb = 2", 1, 6, "a carriage return without a line feed"),
  ]

  @Test(arguments: refused) func refuses(
    _ source: String, _ line: Int, _ column: Int, _ message: String
  ) {
    let position = TOMLPosition(line: line, column: column)
    #expect(throws: TOMLError(message: message, position: position)) {
      try TOMLParser.parse(Array(source.utf8))
    }
  }

  @Test func depthIsLimited() throws {
    let fine = "a = " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    _ = try TOMLParser.parse(Array(fine.utf8))
    for unit in ["[", "{a=", "[{a="] {
      let deep = "a = " + String(repeating: unit, count: 100_000)
      #expect(throws: TOMLError.self) { try TOMLParser.parse(Array(deep.utf8)) }
    }
  }

  /// Every text has a verdict: each cut and each single wrong byte of one that uses all of the syntax.
  @Test func damagedTextsHaveAVerdict() {
    let whole = Array(
      """
      default = "lab"
      [profiles.lab] # c
      headers = { "X" = 'a', b.c = [1, 2.5, true] }
      [[x]]
      y = '''
      ab'''
      d = 1979-05-27 07:32:00Z
      f = \"""a\\u0041\\
        b\"""
      """.utf8)
    for length in 0...whole.count { _ = try? TOMLParser.parse(Array(whole[..<length])) }
    for index in whole.indices {
      for byte in "[]{}=.,#\"'\\ \n\r1a\u{0}".utf8 {
        var damaged = whole
        damaged[index] = byte
        _ = try? TOMLParser.parse(damaged)
      }
    }
  }
}
