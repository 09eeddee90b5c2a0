import Testing

@testable import WebSocketTransport

@Suite struct AcceptKeyTests {
  @Test func answersTheKeyOfTheStandard() {
    #expect(acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }
}

@Suite struct SHA1Tests {
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
  ])
  func digestsTheExamplesOfTheStandard(message: String, digest: String) {
    #expect(SHA1.digest(Array(message.utf8)) == hex(digest))
  }

  @Test func digestsAMillionLetters() {
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(SHA1.digest(message) == hex("34aa973cd4c4daa4f61eeb2bdbad27316534016f"))
  }
}

@Suite struct Base64Tests {
  /// RFC 4648 10.
  static let examples = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]

  @Test(arguments: examples) func encodesAndDecodes(plain: String, coded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == coded)
    #expect(Base64.decode(coded) == Array(plain.utf8))
  }

  @Test func keepsAllByteValues() {
    let bytes = (0..<256).map { UInt8($0) }
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Z g=", "Zg-_", "Zé=",
  ])
  func refusesWhatItWouldNotWrite(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
