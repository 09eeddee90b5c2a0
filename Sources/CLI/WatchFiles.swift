import Glibc
import Presentation
import Text

/// Files that `watch` writes and reads on the user's word.
enum WatchFiles {
  /// Payloads that a form takes in.
  private static let largest = 16 << 20
  /// Base 64 of more than this is more than terminals take.
  private static let clipboardLimit = 74_000

  /// `mqttws-20261122-140211.ndjson`, with a number before the suffix where that is there already.
  static func name(_ start: String, _ suffix: String) -> String {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, buffer.count, "%Y%m%d-%H%M%S", &parts)
    let stamp = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let names = sequence(first: 1) { $0 + 1 }.lazy
      .map { $0 == 1 ? "\(start)-\(stamp).\(suffix)" : "\(start)-\(stamp)-\($0).\(suffix)" }
    return names.first { access($0, F_OK) != 0 } ?? "\(start)-\(stamp).\(suffix)"
  }

  /// The sequence that puts text into the terminal's clipboard; nil for what is too long, no text, or holds
  /// characters that would act when it is pasted.
  static func clipboardSequence(_ bytes: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isHarmless = text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || !Sanitiser.isUnsafe($0) }
    guard isHarmless else { return nil }
    var sequence = Array("\u{1B}]52;c;".utf8)
    bytes.withUnsafeBytes { Base64.append($0, to: &sequence) }
    sequence.append(0x07)
    return sequence.count <= clipboardLimit ? sequence : nil
  }

  /// A new file in the folder for temporary ones.
  static func saveTemporary(_ bytes: [UInt8]) throws(CommandFailure) -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/mqttws-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard descriptor >= 0 else { throw CommandFailure(DiagnosisTable().uncreatable(path, errno: errno)) }
    let file = OutputFile(path: path, descriptor: descriptor)
    if let error = bytes.withUnsafeBytes({ writeAll($0, to: descriptor) }) {
      _ = close(descriptor)
      throw file.failure(error.errno)
    }
    _ = close(descriptor)
    return path
  }

  static func read(_ path: String) throws(SystemError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemError(errno: errno, operation: "open") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError(errno: errno, operation: "read") }
      guard count > 0 else { return bytes }
      bytes += block[..<count]
      guard bytes.count <= largest else { throw SystemError(errno: EFBIG, operation: "read") }
    }
  }
}
