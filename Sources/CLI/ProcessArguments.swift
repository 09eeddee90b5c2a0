import Glibc
import Options

/// The words of the command line as `ps` shows them.
enum ProcessArguments {
  /// Overwrites passwords, the values of headers, which are often tokens, and the credentials of URLs in
  /// the process's own argument vector.
  static func hideSecrets(_ arguments: ParsedArguments) {
    for name in ["password", "key-password"] {
      for value in arguments.all(name).flatMap(\.values) { overwrite(value, 0..<value.text.utf8.count) }
    }
    for header in arguments.all("header").flatMap(\.values) {
      if let colon = header.text.utf8.firstIndex(of: UInt8(ascii: ":")) {
        let start = header.text.utf8.distance(from: header.text.startIndex, to: colon) + 1
        overwrite(header, start..<header.text.utf8.count)
      }
    }
    let urls =
      arguments.positionals + arguments.all("url").flatMap(\.values)
      + arguments.all("proxy").flatMap(\.values)
    for url in urls {
      if let range = userInformation(url.text) { overwrite(url, range) }
    }
  }

  /// The values as they stand in the argument vector: not every one has to be text.
  static func bytes(of value: ArgumentValue) -> [UInt8] {
    guard let raw = raw(value.argument), raw.count >= value.offset else { return Array(value.text.utf8) }
    let bytes = Array(raw[value.offset...])
    // Words that were not the process's own have no other bytes.
    return String(decoding: bytes, as: UTF8.self) == value.text ? bytes : Array(value.text.utf8)
  }

  /// Refuses words that are not UTF-8, which Swift's strings would silently repair. Payloads may be.
  static func checkEncoding(_ arguments: ParsedArguments) throws(CommandFailure) {
    let payloads = Set(arguments.all("message").flatMap(\.values).map(\.argument))
    for index in 0..<max(Int(CommandLine.argc) - 1, 0) where !payloads.contains(index) {
      guard let raw = raw(index), String(validating: raw, as: UTF8.self) == nil else { continue }
      throw .usage(
        "'\(String(decoding: raw.prefix(100), as: UTF8.self))' is not UTF-8",
        hint: "only the payload of -m may have other bytes")
    }
  }

  /// - Parameter index: counted from the command's name, which is the second word of the process.
  private static func raw(_ index: Int) -> UnsafeRawBufferPointer? {
    guard index + 1 < Int(CommandLine.argc), let word = CommandLine.unsafeArgv[index + 1] else { return nil }
    return UnsafeRawBufferPointer(start: word, count: strlen(word))
  }

  /// Where `user:password` stands in a URL.
  private static func userInformation(_ url: String) -> Range<Int>? {
    let bytes = Array(url.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
      return nil
    }
    let start = colon + 3
    let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? bytes.count
    guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return nil }
    return start..<at
  }

  /// - Parameter range: bytes of the value.
  private static func overwrite(_ value: ArgumentValue, _ range: Range<Int>) {
    // Indices of the parser count from the command's name, which is the second word of the process.
    let index = value.argument + 1
    guard index < Int(CommandLine.argc), let argument = CommandLine.unsafeArgv[index] else { return }
    guard value.offset + range.upperBound <= strlen(argument) else { return }
    memset(argument + value.offset + range.lowerBound, Int32(UInt8(ascii: "*")), range.count)
  }
}
