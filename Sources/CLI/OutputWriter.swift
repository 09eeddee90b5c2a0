import Glibc
import NIOCore
import Synchronization

/// Writes what the event loop formats to a file descriptor, from a thread of its own, so that a slow
/// reader never keeps the loop from answering the broker.
///
/// Two buffers: one is being written while the other fills. `append` says when the filling one is over
/// its bound; the caller then stops reading the socket until `onWritten` says that there is room again.
final class OutputWriter: MessageOutput, Sendable {
  /// Bytes that may wait before the caller has to stop.
  static let bound = 1 << 20

  private struct State {
    var waiting: [UInt8] = []
    /// The last message whose bytes are in `waiting`.
    var sequence: UInt64 = 0
    /// Counts calls of `append`.
    var appended: UInt64 = 0
    /// The last of those calls that the caller knows to be written.
    var reported: UInt64 = 0
    /// The thread waits, or will before it looks at `waiting` again.
    var isIdle = false
    var isClosed = false
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

  func append(_ bytes: inout [UInt8], sequence: UInt64) -> Bool {
    let (wakes, hasRoom) = state.withLock { state in
      if state.waiting.isEmpty { swap(&state.waiting, &bytes) } else { state.waiting += bytes }
      state.sequence = sequence
      state.appended += 1
      defer { state.isIdle = false }
      return (state.isIdle, state.waiting.count < Self.bound)
    }
    bytes.removeAll(keepingCapacity: true)
    if wakes { wakeUp.signal() }
    return hasRoom
  }

  var isDrained: Bool { state.withLock { $0.reported == $0.appended } }

  /// Ends the thread once everything is written.
  func close() {
    state.withLock { $0.isClosed = true }
    wakeUp.signal()
  }

  private func run() {
    var writing: [UInt8] = []
    while true {
      let (appended, sequence, isClosed) = state.withLock { state in
        swap(&state.waiting, &writing)
        if writing.isEmpty { state.isIdle = true }
        return (state.appended, state.sequence, state.isClosed)
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
      eventLoop.execute { self.report(appended, sequence) }
    }
  }

  /// Only here, on the event loop, does something become written: whoever looks at `isDrained` between
  /// the write and this call is told of the write soon.
  private func report(_ appended: UInt64, _ sequence: UInt64) {
    state.withLock { $0.reported = appended }
    onWritten(sequence)
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
