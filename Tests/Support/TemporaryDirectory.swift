import Glibc

/// A directory that is gone with the last reference to it, and with the test process at the latest.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let parent = environmentVariable("TMPDIR") ?? "/tmp"
    var template = Array("\(parent)/mqttws-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp in \(parent)") }
    path = template.withUnsafeBufferPointer {
      String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    try Undertaker.shared.remember(directory: path)
  }

  deinit { Undertaker.shared.remove(directory: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file with the permissions given and returns its path.
  @discardableResult
  package func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: mode_t = 0o600) throws -> String {
    let path = file(name)
    let descriptor = try checked("open \(path)") {
      open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    }
    defer { close(descriptor) }
    try writeAll(Array(bytes), to: descriptor)
    try checked("fchmod \(path)") { fchmod(descriptor, mode) }
    return path
  }

  @discardableResult
  package func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
    try write(name, text.utf8, mode: mode)
  }

  @discardableResult
  package func makeDirectory(_ name: String, mode: mode_t = 0o700) throws -> String {
    let path = file(name)
    try checked("mkdir \(path)") { mkdir(path, mode) }
    return path
  }
}
