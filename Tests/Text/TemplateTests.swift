import Testing

@testable import Text

struct TemplateTests {
  @Test(arguments: [
    ("", ""),
    ("plain", "plain"),
    ("b/{client}/{seq}", "b/<client>/<seq>"),
    ("{seq}", "<seq>"),
    ("{{x}}", "{x}"),
    ("{{{seq}}}", "{<seq>}"),
    ("a}b", "a}b"),
    ("{seq:06}", "<seq:06>"),
  ])
  func fill(text: String, expected: String) throws {
    let template = try Template(text, known: ["client", "seq"])
    #expect(template.text { "<\($0)>" } == expected)
    var bytes: [UInt8] = []
    template.append(to: &bytes) { $1.append(contentsOf: "<\($0)>".utf8) }
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    ("a/{seq", TemplateError.Reason.unclosed, 2),
    ("{}", .empty, 0),
    ("é{foo}", .unknown("foo", known: ["seq"]), 1),
  ])
  func errors(text: String, reason: TemplateError.Reason, position: Int) {
    let error = #expect(throws: TemplateError.self) { try Template(text, known: ["seq"]) }
    #expect(error == TemplateError(reason: reason, position: position))
  }

  @Test func constants() throws {
    #expect(try Template("a{{b").isConstant)
    #expect(try !Template("{any}").isConstant)
    #expect(try Template("{any}").contains(placeholder: "any"))
  }
}

struct HumanNumberTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1k"), (1234, "1.2k"), (12_345, "12k"), (999_999, "999k"),
    (1_000_000, "1M"), (-1234, "-1.2k"), (Int.max, "9.2E"), (Int.min, "-9.2E"),
  ])
  func count(value: Int, expected: String) { #expect(Human.count(value) == expected) }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (10 << 20, "10 MiB"),
    (Int.max, "7.9 EiB"),
  ])
  func bytes(value: Int, expected: String) { #expect(Human.bytes(value) == expected) }

  @Test(arguments: [
    (Duration.zero, "0s"), (.nanoseconds(850), "850ns"), (.nanoseconds(1500), "1.5us"),
    (.microseconds(1500), "1.5ms"), (.milliseconds(250), "250ms"), (.seconds(1), "1s"),
    (.milliseconds(2500), "2.5s"), (.milliseconds(12_900), "12s"), (.seconds(60), "1m"),
    (.seconds(862), "14m22s"), (.seconds(3600), "1h"), (.seconds(11_220), "3h07m"),
    (.seconds(187_200), "2d04h"), (.seconds(-5), "-5s"),
  ])
  func duration(value: Duration, expected: String) { #expect(Human.duration(value) == expected) }

  @Test func groups() {
    #expect(Human.grouped(12_345_678) == "12,345,678")
    #expect(Human.grouped(-123) == "-123")
    #expect(Human.plural(1, "message") == "1 message")
    #expect(Human.plural(2000, "message") == "2,000 messages")
  }

  @Test func decimals() {
    var bytes: [UInt8] = []
    for value in [0, 7, -7, 10, 100, 12_345, Int.max, Int.min] {
      bytes.append(decimal: value)
      bytes.append(0x20)
    }
    bytes.append(decimal: UInt(42), digits: 5)
    bytes.append(decimal: UInt(0), digits: 3)
    bytes.append(decimal: UInt.max)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "0 7 -7 10 100 12345 \(Int.max) \(Int.min) 00042000\(UInt.max)")
  }
}

struct BinaryTextTests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64(text: String, expected: String) {
    var bytes: [UInt8] = []
    Array(text.utf8).withUnsafeBytes { Base64.append($0, to: &bytes) }
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
    #expect(Base64.decode(expected) == Array(text.utf8))
  }

  @Test(arguments: ["A", "AB", "ABC", "Zg=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 8", "=m8="])
  func badBase64(text: String) { #expect(Base64.decode(text) == nil) }

  @Test func allBytesRoundTrip() {
    let all = [UInt8](0...255)
    var text: [UInt8] = []
    all.withUnsafeBytes { Base64.append($0, to: &text) }
    #expect(Base64.decode(String(decoding: text, as: UTF8.self)) == all)
    var digits: [UInt8] = []
    [UInt8]([0x00, 0xAF, 0x9c]).withUnsafeBytes { Hexadecimal.append($0, to: &digits) }
    #expect(String(decoding: digits, as: UTF8.self) == "00af9c")
  }

  @Test(
    arguments: [
      ([0x61, 0xC3, 0xA9], nil), ([0x61, 0xC3], 1), ([0x80], 0), ([0xF0, 0x9F, 0x98, 0x80], nil),
      ([0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0xFF], 9),
    ] as [([UInt8], Int?)])
  func firstBadByte(bytes: [UInt8], expected: Int?) {
    #expect(bytes.withUnsafeBytes { UTF8Scanner.firstBadByte($0) } == expected)
  }
}
