import Testing

@testable import Text

struct JSONTests {
  private func written(_ text: String, _ escaping: JSONString.Escaping = .required) -> String {
    var bytes: [UInt8] = []
    JSONString.append(text, escaping: escaping, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func compact(_ value: JSONValue) -> String {
    var bytes: [UInt8] = []
    value.append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("", #""""#),
    ("plain", #""plain""#),
    ("a\"b\\c/d", #""a\"b\\c/d""#),
    ("\u{8}\u{9}\u{A}\u{C}\u{D}\u{0}\u{1F}", #""\b\t\n\f\r\u0000\u001f""#),
    ("é漢😀\u{7F}\u{2028}", "\"é漢😀\u{7F}\u{2028}\""),
    ("eight plain bytes \" then", #""eight plain bytes \" then""#),
  ])
  func strings(text: String, expected: String) {
    #expect(written(text) == expected)
  }

  @Test(arguments: [
    ("\u{7F}\u{9B}31m", #""\u007f\u009b31m""#),
    ("é \u{202E}", #""é \u202e""#),
    ("\u{E0041}", #""\udb40\udc41""#),
  ])
  func terminalStrings(text: String, expected: String) {
    #expect(written(text, .terminal) == expected)
  }

  @Test func asciiStrings() {
    #expect(written("é😀", .ascii) == #""\u00e9\ud83d\ude00""#)
  }

  /// Each ASCII character at each place of a word comes back as itself.
  @Test(arguments: [JSONString.Escaping.required, .terminal, .ascii])
  func everyCharacterInEveryPlaceRoundTrips(escaping: JSONString.Escaping) throws {
    for value in UInt8(0)...0xFF {
      for place in 0..<10 {
        var scalars = [Unicode.Scalar](repeating: "a", count: 10)
        scalars[place] = Unicode.Scalar(value)
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        let parsed = try JSONParser.parse(written(text, escaping), limit: 1000)
        #expect(parsed == .string(text))
      }
    }
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1", "-12.50e+3", "1E-2", #""""#, "[]", "{}", "[1,[2,[]],{}]",
    #"{"a":1,"b":[true,null],"a":2}"#, #"{"":{"":""}}"#, "123456789012345678901234567890", "1e999999",
  ])
  func roundTrips(text: String) throws {
    #expect(compact(try JSONParser.parse(text, limit: 1000)) == text)
  }

  @Test(arguments: [
    (#""\u00e9\/\b\f\n\r\t\"\\""#, "é/\u{8}\u{C}\n\r\t\"\\"),
    (#""\ud83d\ude00""#, "😀"),
    (#""\ud83d""#, #"\ud83d"#),
    (#""\ude00x""#, #"\ude00x"#),
    (#""\ud83d\u0041""#, #"\ud83dA"#),
    (#""\ud83d\ud83d\ude00""#, #"\ud83d😀"#),
    (#""\ud83d\n""#, "\\ud83d\n"),
  ])
  func escapes(text: String, expected: String) throws {
    #expect(try JSONParser.parse(text, limit: 1000) == .string(expected))
  }

  @Test(arguments: [
    ("", JSONError.Reason.unexpectedEnd, 1, 1),
    ("  ", .unexpectedEnd, 1, 3),
    ("[1,\n 2", .unexpectedEnd, 2, 3),
    ("[1 2]", .expected("',' or ']'"), 1, 4),
    ("{\"a\" 1}", .expected("':'"), 1, 6),
    ("{a:1}", .expected("a key in quotes"), 1, 2),
    ("{\"a\":1,}", .expected("a key in quotes"), 1, 8),
    ("[1,]", .expected("a value"), 1, 4),
    ("nul", .expected("a value"), 1, 1),
    ("01", .badNumber, 1, 2),
    ("1.", .unexpectedEnd, 1, 3),
    ("-x", .badNumber, 1, 2),
    ("\"\\x\"", .badEscape, 1, 2),
    ("\"\\u12G4\"", .badEscape, 1, 2),
    ("\"a\nb\"", .controlCharacter, 1, 3),
    ("\"abc", .unexpectedEnd, 1, 5),
    ("1 2", .trailingText, 1, 3),
    ("{} x", .trailingText, 1, 4),
  ])
  func errors(text: String, reason: JSONError.Reason, line: Int, column: Int) {
    let error = #expect(throws: JSONError.self) { try JSONParser.parse(text, limit: 1000) }
    #expect(error?.reason == reason)
    #expect(error?.line == line)
    #expect(error?.column == column)
  }

  @Test func badUTF8IsAnErrorWithItsOffset() {
    let bytes: [UInt8] = [0x22, 0x61, 0xFF, 0x22]
    let error = #expect(throws: JSONError.self) {
      try bytes.withUnsafeBytes { try JSONParser.parse($0, limit: 10) }
    }
    #expect(error?.reason == .notUTF8)
    #expect(error?.offset == 2)
  }

  @Test func depthAndSizeAreCapped() throws {
    let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(compact(try JSONParser.parse(deep, limit: 2000)) == deep)
    let deeper = #expect(throws: JSONError.self) { try JSONParser.parse("[" + deep + "]", limit: 2000) }
    #expect(deeper?.reason == .tooDeep(limit: 512))
    let abyss = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONParser.parse(abyss, limit: 1_000_000) }
    let large = #expect(throws: JSONError.self) { try JSONParser.parse("[1,2]", limit: 4) }
    #expect(large?.reason == .tooLarge(limit: 4))
  }

  @Test func numbersKeepTheirText() throws {
    let value = try JSONParser.parse("[1.50, 18446744073709551617, 1e999999, 7]", limit: 100)
    #expect(value.array?[0] == .number(.init(text: "1.50", double: 1.5)))
    #expect(value.array?[1].double == 18446744073709551616)
    #expect(value.array?[1].integer == nil)
    #expect(value.array?[2].double == .infinity)
    #expect(value.array?[3].integer == 7)
  }

  @Test func duplicateKeysAreKept() throws {
    let value = try JSONParser.parse(#"{"a":1,"a":2}"#, limit: 100)
    #expect(value.members?.count == 2)
    #expect(value["a"]?.integer == 2)
    #expect(value["b"] == nil)
  }

  @Test func prettyPrint() throws {
    let value = try JSONParser.parse(#"{"a":[1,{}],"b":[],"c":"x"}"#, limit: 100)
    var bytes: [UInt8] = []
    value.append(to: &bytes, indentation: 2)
    let expected = """
      {
        "a": [
          1,
          {}
        ],
        "b": [],
        "c": "x"
      }
      """
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func writerPlacesCommas() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("a", 1)
    writer.key("b")
    writer.beginArray()
    writer.value("x")
    writer.value(true)
    writer.null()
    writer.value(Double.nan)
    writer.value(1.5)
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.field("c", "y")
    writer.endObject()
    #expect(writer.text == #"{"a":1,"b":["x",true,null,null,1.5,{}],"c":"y"}"#)
  }
}
