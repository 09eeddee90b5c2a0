import Glibc
import NIOConcurrencyHelpers
import NIOCore

/// Writes what the event loop formats to a file descriptor, from a thread of its own, so that a slow
/// reader never keeps the loop from answering the broker.
///
/// Two buffers: one is being written while the other fills. `append` says when the filling one is over
/// its bound; the caller then stops reading the socket until `onWritten` says that there is room again.
final class OutputWriter: MessageOutput, Sendable {
  /// Bytes that may wait before the caller has to stop: a few times what a pipe takes at once. Both buffers
  /// grow to twice of it in a burst.
  static let bound = 256 * 1024

  private struct State {
    /// Large payloads, each with what goes before it; `waiting` comes behind them.
    var large: [(before: [UInt8], LargeOutput)] = []
    var waiting: [UInt8] = []
    /// The last message whose bytes are in `waiting` or `large`.
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
  /// A lock of the system, not a Mutex: the thread sanitizer sees what it protects.
  private let state = NIOLockedValueBox(State())
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
    let (wakes, hasRoom) = state.withLockedValue { state in
      if state.waiting.isEmpty { swap(&state.waiting, &bytes) } else { state.waiting += bytes }
      state.sequence = sequence
      state.appended += 1
      defer { state.isIdle = false }
      return (state.isIdle, state.waiting.count < Self.bound && state.large.isEmpty)
    }
    bytes.removeAll(keepingCapacity: true)
    if wakes { wakeUp.signal() }
    return hasRoom
  }

  func append(_ payload: LargeOutput, sequence: UInt64) {
    let wakes = state.withLockedValue { state in
      state.large.append((state.waiting, payload))
      state.waiting = []
      state.sequence = sequence
      state.appended += 1
      defer { state.isIdle = false }
      return state.isIdle
    }
    if wakes { wakeUp.signal() }
  }

  var isDrained: Bool { state.withLockedValue { $0.reported == $0.appended } }

  /// Ends the thread once everything is written.
  func close() {
    state.withLockedValue { $0.isClosed = true }
    wakeUp.signal()
  }

  private func run() {
    var writing: [UInt8] = []
    while true {
      let (large, appended, sequence, isClosed) = state.withLockedValue { state in
        swap(&state.waiting, &writing)
        let large = state.large
        if !large.isEmpty { state.large = [] }
        if writing.isEmpty, large.isEmpty { state.isIdle = true }
        return (large, state.appended, state.sequence, state.isClosed)
      }
      if writing.isEmpty, large.isEmpty {
        if isClosed { return }
        wakeUp.wait()
        continue
      }
      if let failure = write(large) ?? write(writing) {
        eventLoop.execute { [onFailure] in onFailure(failure) }
        return
      }
      writing.removeAll(keepingCapacity: true)
      eventLoop.execute { self.report(appended, sequence) }
    }
  }

  private func write(_ bytes: [UInt8]) -> SystemError? {
    bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
  }

  private func write(_ large: [(before: [UInt8], LargeOutput)]) -> SystemError? {
    for (before, payload) in large {
      if let failure = write(before) ?? write(payload) ?? write(payload.end) { return failure }
    }
    return nil
  }

  private func write(_ large: LargeOutput) -> SystemError? {
    guard large.coder.form != .bytes else {
      return large.payload.withUnsafeReadableBytes { writeAll($0, to: descriptor) }
    }
    var (rest, coder, output) = (large.payload, large.coder, [UInt8]())
    while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceSize)),
      piece.readableBytes > 0
    {
      output.removeAll(keepingCapacity: true)
      piece.withUnsafeReadableBytes { coder.append($0, to: &output) }
      if rest.readableBytes == 0 { coder.finish(&output) }
      if let failure = write(output) { return failure }
    }
    return nil
  }

  /// Bytes of a large payload that are encoded at a time.
  private static let pieceSize = 48 * 1024

  /// Only here, on the event loop, does something become written: whoever looks at `isDrained` between
  /// the write and this call is told of the write soon.
  private func report(_ appended: UInt64, _ sequence: UInt64) {
    state.withLockedValue { $0.reported = appended }
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
