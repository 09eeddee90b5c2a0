import Glibc
import NIOCore
import NIOPosix
import Support

/// An event loop on a thread of its own, which a test enters step by step.
final class RunningLoop: Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  deinit { group.shutdownGracefully { _ in } }

  @discardableResult
  func on<Value: Sendable>(_ body: @escaping @Sendable (any EventLoop) throws -> Value) throws -> Value {
    let loop = group.next()
    return try loop.submit { try body(loop) }.wait()
  }
}

/// Both ends of a pipe, closed at the end of the test unless they were before.
final class TestPipe: Sendable {
  let reading: CInt
  let writing: CInt
  private let isOpen = Monitor((reading: true, writing: true))

  init() throws {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Support.SystemError("pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    closeReading()
    closeWriting()
  }

  func closeReading() {
    isOpen.withLock { open in
      if open.reading { close(reading) }
      open.reading = false
    }
  }

  func closeWriting() {
    isOpen.withLock { open in
      if open.writing { close(writing) }
      open.writing = false
    }
  }

  func write(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { writeAll($0, to: writing) } }

  func write(_ text: String) { write(Array(text.utf8)) }

  /// Everything until the writing end is closed.
  func readToEnd() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = read(reading, &chunk, chunk.count)
      if count <= 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if count <= 0 { return false }
    rest = rest.dropFirst(count)
  }
  return true
}
