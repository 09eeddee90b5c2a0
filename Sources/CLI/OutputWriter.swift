import Glibc
import NIOCore
import Synchronization

/// Writes what the event loop formats to a file descriptor, from a thread of its own, so that a slow
/// reader never keeps the loop from answering the broker.
///
/// Two buffers: one is being written while the other fills. `append` says when the filling one is over
/// its bound; the caller then stops reading the socket until `onWritten` says that there is room again.
final class OutputWriter: Sendable {
  /// Bytes that may wait before the caller has to stop.
  static let bound = 1 << 20

  private struct State {
    var waiting: [UInt8] = []
    /// The last message whose bytes are in `waiting`.
    var sequence: UInt64 = 0
    var isIdle = true
    var isClosed = false
    var failure: SystemError?
  }

  private let descriptor: CInt
  private let eventLoop: any EventLoop
  private let state = Mutex(State())
  private let wakeUp = Semaphore()
  /// Called on the event loop after every write, with the last message that was written whole.
  private let onWritten: @Sendable (UInt64) -> Void
  /// Called on the event loop, once.
  private let onFailure: @Sendable (SystemError) -> Void

  init(
    descriptor: CInt, eventLoop: any EventLoop, onWritten: @escaping @Sendable (UInt64) -> Void,
    onFailure: @escaping @Sendable (SystemError) -> Void
  ) throws(SystemError) {
    self.descriptor = descriptor
    self.eventLoop = eventLoop
    self.onWritten = onWritten
    self.onFailure = onFailure
    try BackgroundThread.start { [self] in run() }
  }

  /// Hands over `bytes`, which are then empty, up to and including message `sequence`.
  /// - Returns: false when so much waits that the caller should stop producing.
  func append(_ bytes: inout [UInt8], sequence: UInt64) -> Bool {
    let (wakes, hasRoom) = state.withLock { state in
      if state.waiting.isEmpty { swap(&state.waiting, &bytes) } else { state.waiting += bytes }
      state.sequence = sequence
      defer { state.isIdle = false }
      return (state.isIdle, state.waiting.count < Self.bound)
    }
    bytes.removeAll(keepingCapacity: true)
    if wakes { wakeUp.signal() }
    return hasRoom
  }

  /// Whether everything that was handed over has been written.
  var isDrained: Bool { state.withLock { $0.isIdle } }

  /// Ends the thread once everything is written.
  func close() {
    state.withLock { $0.isClosed = true }
    wakeUp.signal()
  }

  private func run() {
    var writing: [UInt8] = []
    while true {
      let (sequence, isClosed) = state.withLock { state in
        swap(&state.waiting, &writing)
        if writing.isEmpty { state.isIdle = true }
        return (state.sequence, state.isClosed)
      }
      if writing.isEmpty {
        if isClosed { return }
        wakeUp.wait()
        continue
      }
      if let failure = writing.withUnsafeBytes({ writeAll($0, to: descriptor) }) {
        eventLoop.execute { [onFailure] in onFailure(failure) }
        return
      }
      writing.removeAll(keepingCapacity: true)
      eventLoop.execute { [onWritten] in onWritten(sequence) }
    }
  }
}

/// Writes all of `bytes`, however many calls it takes.
/// - Returns: the error that stopped it.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> SystemError? {
  var rest = bytes
  while let start = rest.baseAddress, rest.count > 0 {
    let count = write(descriptor, start, rest.count)
    if count >= 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    } else if errno == EAGAIN {
      var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&poller, 1, -1)
    } else if errno != EINTR {
      return SystemError(errno: errno, operation: "write")
    }
  }
  return nil
}
