import Glibc
import NIOCore

/// Reads a descriptor in large blocks on a thread of its own and hands them to the event loop.
///
/// At most two blocks are on their way: one that the loop works on, one that is being filled. `resume`
/// gives a place back; until then the descriptor is not read, so the writer of a pipe is slowed down.
final class InputReader: Sendable {
  enum Event: Sendable {
    /// Bytes as one read call returned them, never empty.
    case block(ByteBuffer)
    case end
    case failed(SystemError)
  }

  static let blockSize = 256 * 1024
  private static let blocks = 2

  private let places = Semaphore(count: InputReader.blocks)

  /// Starts to read `descriptor`; every event arrives on the event loop, `end` or `failed` as the last.
  init(
    descriptor: CInt, eventLoop: any EventLoop, onEvent: @escaping @Sendable (Event) -> Void
  ) throws(SystemError) {
    let places = self.places
    try BackgroundThread.start {
      while true {
        places.wait()
        let event = Self.read(descriptor)
        eventLoop.execute { onEvent(event) }
        guard case .block = event else { return }
      }
    }
  }

  /// The receiver is done with a block.
  func resume() { places.signal() }

  private static func read(_ descriptor: CInt) -> Event {
    var buffer = ByteBufferAllocator().buffer(capacity: blockSize)
    do throws(SystemError) {
      return try readSome(descriptor, into: &buffer, room: blockSize) == 0 ? .end : .block(buffer)
    } catch {
      return .failed(error)
    }
  }
}

/// Reads what is there, at most `room` bytes, and waits for the first one.
/// - Returns: how many; 0 at the end of the input.
func readSome(
  _ descriptor: CInt, into buffer: inout ByteBuffer, room: Int
) throws(SystemError) -> Int {
  var failure: CInt = 0
  let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { bytes in
    while true {
      let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      if errno == EAGAIN {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&poller, 1, -1)
      } else if errno != EINTR {
        failure = errno
        return 0
      }
    }
  }
  if failure != 0 { throw SystemError(errno: failure, operation: "read") }
  return count
}
