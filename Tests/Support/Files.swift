import Glibc

/// The value of a variable of the test process itself.
package func environmentVariable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// The bytes of a whole file.
package func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = try checked("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  while true {
    let chunk = try readSome(descriptor)
    if chunk.isEmpty { return bytes }
    bytes += chunk
  }
}

/// Equality that a debug build decides at the speed of memcmp: for payloads of many megabytes.
package func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  guard one.count == other.count else { return false }
  return one.withUnsafeBytes { left in
    other.withUnsafeBytes { right in
      guard let left = left.baseAddress, let right = right.baseAddress else { return true }
      return memcmp(left, right, one.count) == 0
    }
  }
}

/// The next bytes, up to 256 KiB; none at the end, which a terminal whose other side is gone has reached too.
func readSome(_ descriptor: Int32) throws -> [UInt8] {
  var code: Int32 = 0
  let chunk = [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, count in
    var result: Int
    repeat {
      result = read(descriptor, buffer.baseAddress, buffer.count)
    } while result < 0 && errno == EINTR
    if result < 0 { code = errno }
    count = max(0, result)
  }
  if code != 0 && code != EIO { throw SystemError("read", code) }
  return chunk
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
  try bytes.withUnsafeBytes { buffer in
    var rest = buffer[...]
    while !rest.isEmpty {
      let slice = UnsafeRawBufferPointer(rebasing: rest)
      let count = try checked("write") { write(descriptor, slice.baseAddress, slice.count) }
      rest = rest.dropFirst(count)
    }
  }
}

/// Finds a command where a login shell of root would: servers live in sbin, which a user's PATH leaves out.
package func findExecutable(_ name: String) throws -> String {
  let path = (environmentVariable("PATH") ?? "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
  for directory in path.split(separator: ":") {
    let candidate = "\(directory)/\(name)"
    if access(candidate, X_OK) == 0 { return candidate }
  }
  throw SystemError("find \(name) (Tests/run installs it)", ENOENT)
}
