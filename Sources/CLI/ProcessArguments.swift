import Glibc
import Options

/// The words of the command line as `ps` shows them.
enum ProcessArguments {
  /// Overwrites passwords, and the credentials of URLs, in the process's own argument vector.
  static func hideSecrets(_ arguments: ParsedArguments) {
    for name in ["password", "key-password"] {
      for value in arguments.all(name).flatMap(\.values) { overwrite(value, 0..<value.text.utf8.count) }
    }
    let urls =
      arguments.positionals + arguments.all("url").flatMap(\.values)
      + arguments.all("proxy").flatMap(\.values)
    for url in urls {
      if let range = userInformation(url.text) { overwrite(url, range) }
    }
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
