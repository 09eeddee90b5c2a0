import Testing

@testable import Expression

struct RegularExpressionTests {
  @Test(arguments: [
    ("abc", "xabcx", true), ("abc", "abd", false), ("", "x", true), ("^abc$", "abc", true),
    ("^abc$", "abc\n", true),
    ("^abc\\z", "abc\n", false), ("^abc$", "abc\nx", false), ("(?m)^b$", "a\nb\nc", true),
    ("a.c", "abc", true),
    ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true), ("a.c", "aéc", true), ("^.$", "é", true),
    ("[a-c]+x", "abcx", true),
    ("^[^a-c]$", "d", true), ("^[^a-c]$", "a", false), ("[]a]", "]", true), ("[a-]", "-", true),
    ("[\\d.]+$", "1.5", true),
    ("^[\\D]$", "5", false), ("^\\d{3}$", "123", true), ("^\\d{3}$", "12", false),
    ("^\\d{2,}$", "1234", true),
    ("^\\d{2,3}$", "1234", false), ("^a{0}$", "", true), ("a{,3}", "a{,3}", true), ("a{x", "a{x", true),
    ("\\w+@\\w+", "a b@c", true),
    ("\\bcat\\b", "a cat.", true), ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true),
    ("a|b|c", "c", true),
    ("^(a|b)c$", "bc", true), ("^(?:ab)*$", "abab", true), ("^(ab)*$", "aba", false),
    ("^(?P<n>a)(?<m>b)$", "ab", true),
    ("a*?b", "aab", true), ("(?i)ÉCOLE", "école", true), ("(?i)abc", "ABC", true), ("(?i)[a-c]x", "BX", true),
    ("a(?i)b(?-i)c", "aBc", true), ("a(?i)b(?-i)c", "aBC", false), ("a(?i:b)c", "aBc", true),
    ("(?i)ß", "ß", true),
    ("\\.", "a", false), ("\\x41\\x{e9}\\u0042", "AéB", true), ("\\t\\n", "\t\n", true), ("\\s", " ", true),
    ("\\S", " ", false),
    ("^(a*)*$", "aaaa", true), ("^(a*)*b$", "aaaa", false), ("^(|a)+$", "aa", true), ("(^a)", "ba", false),
    ("^", "", true),
    ("$", "", true), ("x*", "", true), ("(a|^)b", "cb", false), ("(a|^)b", "b", true), ("a\\z", "ba", true),
    ("\\Aa", "ba", false),
    ("\\bb", "a b", true), ("é", "cafés", true), ("[à-ü]", "é", true), ("^[^é]$", "é", false),
    ("x\\b", "xx", true),
  ])
  func matches(_ pattern: String, _ text: String, _ expected: Bool) throws {
    let expression = try RegularExpression(pattern)
    let result = Array(text.utf8).withUnsafeBytes { expression.matches($0) }
    #expect(result == expected)
  }

  @Test func bytesThatAreNoTextCountAsCharacters() throws {
    for (pattern, expected) in [
      ("^a.b$", true), ("^a[^x]b$", true), ("^a\\xffb$", false), ("^a[\\x00-\\xff]b$", false),
    ] {
      let expression = try RegularExpression(pattern)
      #expect(
        [0x61, 0xFF, 0x62].withUnsafeBytes { _ in
          [UInt8]([0x61, 0xFF, 0x62]).withUnsafeBytes { expression.matches($0) }
        } == expected)
    }
  }

  @Test(arguments: [
    ("a(", "'(' without its ')'", 1), (")", "')' without its '('", 0), ("[a", "'[' without its ']'", 0),
    ("*a", "nothing to repeat before '*'", 0),
    ("a**", "one repetition right after another", 2),
    ("a*+", "possessive repetition would need backtracking and is not known", 2),
    ("(a)\\1", "a backreference would need backtracking and is not known", 3),
    ("(?=a)", "lookaround would need backtracking and is not known", 0),
    ("(?<!a)", "lookaround would need backtracking and is not known", 0),
    ("(?>a)", "an atomic group would need backtracking and is not known", 0),
    ("\\p{L}", "'\\p' is not known", 0), ("a{2000}", "more than 1000 repetitions", 1),
    ("a{3,2}", "the bounds are the wrong way round", 1),
    ("((a{900}){900}){900}", "the regular expression is too large", 0),
    ("(){1000}{2}", "one repetition right after another", 10),
    ("(((){1000}){1000}){1000}", "the regular expression is too large", 0),
    ("[z-a]", "the range is the wrong way round", 1),
    ("[[:alpha:]]", "'[:…' is not known: use a range, \\d, \\w or \\s", 1), ("\\", "'\\' at the end", 0),
    ("\\xZZ", "no character has this number", 0),
    ("(?x)a", "'(?x' is not known: use i, m or s", 2),
  ])
  func refuses(_ pattern: String, _ message: String, _ offset: Int) {
    #expect(throws: RegularExpressionError(offset: offset, message: message)) {
      try RegularExpression(pattern)
    }
  }

  /// Patterns that take a backtracking engine for ever: the steps grow as the text does.
  @Test(arguments: [
    "(a+)+b", "(a|aa)+b", "(a|a?)+b", "(.*)(.*)(.*)x", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+b",
    "(x+x+)+y|a*b",
  ])
  func takesLinearTime(_ pattern: String) throws {
    let expression = try RegularExpression(pattern)
    func steps(_ count: Int) -> Int {
      [UInt8](repeating: 0x61, count: count).withUnsafeBytes { expression.run($0).steps }
    }
    let (small, large) = (steps(1000), steps(10_000))
    #expect(large <= small * 11)
    #expect(large <= 10_001 * expression.instructions.count * 2)
  }

  @Test func textThatCannotBeginAMatchIsSkipped() throws {
    let expression = try RegularExpression("temp\\d+")
    let text = Array(String(repeating: "humidity é ", count: 1000).utf8)
    // Some for each `t` that begins nothing; each byte would be two without the skipping.
    #expect(text.withUnsafeBytes { expression.run($0).steps } < text.count)
  }
}
