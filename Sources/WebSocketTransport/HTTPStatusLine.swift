/// The first line of an answer, RFC 9112 4.
struct HTTPStatusLine: Equatable, Sendable {
  /// `HTTP/1.0` is 0, `HTTP/1.1` is 1.
  let minorVersion: Int
  let status: Int
  let reason: String

  /// nil when the bytes are no status line of HTTP/1. The blank behind the status may be missing when
  /// there are no words, for many servers leave it out.
  init?(_ line: [UInt8]) {
    guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), line[8] == HTTPText.space,
      let minor = Self.digit(line[7]), minor <= 1
    else { return nil }
    var status = 0
    for byte in line[9..<12] {
      guard let digit = Self.digit(byte) else { return nil }
      status = status * 10 + digit
    }
    guard status >= 100, line.count == 12 || line[12] == HTTPText.space,
      line.dropFirst(12).allSatisfy(HTTPText.isFieldByte)
    else { return nil }
    minorVersion = minor
    self.status = status
    reason = String(decoding: line.dropFirst(13), as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte ? Int(byte - UInt8(ascii: "0")) : nil
  }
}
