import Testing

@testable import Text

/// CBOR and MessagePack as JSON: examples of the specifications, and bytes damaged at random.
struct BinaryFormatTests {
  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  private static func text(_ value: JSONValue) -> String {
    var text: [UInt8] = []
    value.append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// RFC 8949, appendix A, and what it leaves out.
  @Test(arguments: [
    ("00", "0"), ("17", "23"), ("1818", "24"), ("1903e8", "1000"), ("1a000f4240", "1000000"),
    ("1bffffffffffffffff", "18446744073709551615"), ("20", "-1"), ("3903e7", "-1000"),
    ("3bffffffffffffffff", "-18446744073709551616"), ("3b7fffffffffffffff", "-9223372036854775808"),
    ("3b8000000000000000", "-9223372036854775809"),
    ("c249010000000000000000", "18446744073709551616"), ("c349010000000000000000", "-18446744073709551617"),
    ("c240", "0"), ("c25f4101420000ff", "65536"),
    ("f90000", "0.0"), ("f98000", "-0.0"), ("f93c00", "1.0"), ("f93e00", "1.5"), ("f97bff", "65504.0"),
    ("f90001", "5.9604645e-08"), ("f90400", "6.1035156e-05"), ("f9c400", "-4.0"),
    ("fb3ff199999999999a", "1.1"),
    ("fa47c35000", "100000.0"), ("fa7f7fffff", "3.4028235e+38"), ("fb7e37e43c8800759c", "1e+300"),
    ("fa41ac0000", "21.5"), ("fa3dcccccd", "0.1"),
    ("f97c00", "\"Infinity\""), ("f97e00", "\"NaN\""), ("fbfff0000000000000", "\"-Infinity\""),
    ("f4", "false"), ("f5", "true"), ("f6", "null"), ("f7", "null"), ("f0", "{\"simple\":16}"),
    ("f8ff", "{\"simple\":255}"),
    ("c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\""),
    ("c11a514b67b0", "1363896240"),
    ("d74401020304", "\"hex:01020304\""), ("d818456449455446", "\"hex:6449455446\""),
    ("c48221196ab3", "27315e-2"),
    ("d8641903e8", "{\"tag\":100,\"value\":1000}"), ("d9d9f701", "1"),
    ("40", "\"hex:\""), ("4401020304", "\"hex:01020304\""), ("60", "\"\""), ("6449455446", "\"IETF\""),
    ("62225c", "\"\\\"\\\\\""), ("62c3bc", "\"ü\""), ("62c328", "\"hex:c328\""),
    ("80", "[]"), ("8301820203820405", "[1,[2,3],[4,5]]"), ("a0", "{}"), ("a201020304", "{\"1\":2,\"3\":4}"),
    ("a26161016162820203", "{\"a\":1,\"b\":[2,3]}"), ("a18201026178", "{\"[1,2]\":\"x\"}"),
    ("a14101f5", "{\"hex:01\":true}"),
    ("5f42010243030405ff", "\"hex:0102030405\""), ("7f657374726561646d696e67ff", "\"streaming\""),
    ("9fff", "[]"), ("9f018202039f0405ffff", "[1,[2,3],[4,5]]"),
    ("bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}"),
  ])
  func cbor(_ hexadecimal: String, _ expected: String) throws {
    let value = try Self.bytes(hexadecimal).withUnsafeBytes { try CBOR.decode($0, limit: 1000) }
    #expect(Self.text(value) == expected)
  }

  @Test(
    arguments: [
      ("c0", "null"), ("c2", "false"), ("c3", "true"), ("7f", "127"), ("e0", "-32"), ("ff", "-1"),
      ("cc80", "128"),
      ("cdffff", "65535"), ("ceffffffff", "4294967295"), ("cfffffffffffffffff", "18446744073709551615"),
      ("d080", "-128"),
      ("d18000", "-32768"), ("d280000000", "-2147483648"), ("d38000000000000000", "-9223372036854775808"),
      ("d301", nil),
      ("ca41ac0000", "21.5"), ("cb3ff199999999999a", "1.1"), ("cb7ff8000000000000", "\"NaN\""),
      ("a0", "\"\""), ("a3616263", "\"abc\""),
      ("d903616263", "\"abc\""), ("da0003616263", "\"abc\""), ("db00000003616263", "\"abc\""),
      ("a2c328", "\"hex:c328\""),
      ("c402ff00", "\"hex:ff00\""), ("c50001ff", "\"hex:ff\""), ("c600000001ff", "\"hex:ff\""), ("90", "[]"),
      ("93010203", "[1,2,3]"),
      ("dc000201c0", "[1,null]"), ("dd0000000101", "[1]"), ("80", "{}"),
      ("82a16101a16202", "{\"a\":1,\"b\":2}"), ("810102", "{\"1\":2}"),
      ("de0001a16101", "{\"a\":1}"), ("df00000001a16101", "{\"a\":1}"),
      ("d405ff", "{\"ext\":5,\"data\":\"hex:ff\"}"),
      ("d5050102", "{\"ext\":5,\"data\":\"hex:0102\"}"),
      ("c70305010203", "{\"ext\":5,\"data\":\"hex:010203\"}"),
      ("c80001fe00", "{\"ext\":-2,\"data\":\"hex:00\"}"),
      ("c90000000105aa", "{\"ext\":5,\"data\":\"hex:aa\"}"), ("d6ff514b67b0", "\"2013-03-21T20:04:00Z\""),
      ("d6ff00000000", "\"1970-01-01T00:00:00Z\""),
      ("d7ff77359400514b67b0", "\"2013-03-21T20:04:00.5Z\""),
      ("c70cff00000000ffffffffffffffff", "\"1969-12-31T23:59:59Z\""),
      ("d6ff56d4c07f", "\"2016-02-29T22:04:47Z\""), ("c1", nil), ("a5616263", nil), ("0102", nil),
      ("d5ff0000", nil),
    ] as [(String, String?)])
  func messagePack(_ hexadecimal: String, _ expected: String?) throws {
    let value = Self.bytes(hexadecimal).withUnsafeBytes { try? MessagePack.decode($0, limit: 1000) }
    #expect(value.map(Self.text) == expected)
  }

  @Test(arguments: [
    ("", "byte 0: the data ends too early"), ("18", "byte 1: the data ends too early"),
    ("62", "byte 1: the data ends too early"),
    ("826161", "byte 3: the data ends too early"), ("0000", "byte 1: bytes after the end of the value"),
    ("1c", "byte 0: nothing begins with 0x1c"),
    ("ff", "byte 0: a break where nothing is open"), ("8201ff", "byte 2: a break where nothing is open"),
    ("5f6161ff", "byte 1: a part of a string is of another type"),
    ("5f5f4101ffff", "byte 1: a part of a string is of another type"),
    ("bf6161ff", "byte 3: a key without a value"), ("f818", "byte 0: nothing begins with 0xf8"),
    ("c201", "byte 0: not the content of a big number"),
    ("c401", "byte 0: not the content of a decimal fraction"),
    ("9bffffffffffffffff", "byte 9: the data ends too early"),
    ("5bffffffffffffffff00", "byte 10: the data ends too early"),
  ])
  func damagedCBOR(_ hexadecimal: String, _ expected: String) {
    let error = Self.bytes(hexadecimal).withUnsafeBytes { bytes -> BinaryFormatError? in
      do throws(BinaryFormatError) {
        _ = try CBOR.decode(bytes, limit: 1000)
        return nil
      } catch { return error }
    }
    #expect(error?.description == expected)
  }

  @Test func depthAndSizeAreBounded() {
    for (first, decode) in [(UInt8(0x81), CBOR.decode), (0x91, MessagePack.decode)] {
      let deep = [UInt8](repeating: first, count: 100_000)
      deep.withUnsafeBytes { bytes in
        #expect(throws: BinaryFormatError(reason: .tooDeep(limit: 128), offset: 129)) {
          try decode(bytes, 1 << 20)
        }
        #expect(throws: BinaryFormatError(reason: .tooLarge(limit: 1000), offset: 0)) {
          try decode(bytes, 1000)
        }
      }
    }
    let tags = [UInt8](repeating: 0xC0, count: 100_000)
    #expect(throws: BinaryFormatError.self) {
      try tags.withUnsafeBytes { try CBOR.decode($0, limit: 1 << 20) }
    }
    let big = [0xC2, 0x59, 0x04, 0x01] + [UInt8](repeating: 1, count: 1025)
    let value = big.withUnsafeBytes { try? CBOR.decode($0, limit: 1 << 20) }
    #expect(value?.string?.hasPrefix("hex:0101") ?? false)
  }

  @Test func randomBytesNeverTrap() {
    var state: UInt64 = 7
    for _ in 0..<50_000 {
      var bytes: [UInt8] = []
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(truncatingIfNeeded: state >> 33))
      }
      bytes.withUnsafeBytes { bytes in
        for value in [try? CBOR.decode(bytes, limit: 100), try? MessagePack.decode(bytes, limit: 100)] {
          guard let value else { continue }
          let text = Self.text(value)
          #expect((try? JSONParser.parse(text, limit: 10_000)) != nil, "\(text)")
        }
      }
    }
  }
}
