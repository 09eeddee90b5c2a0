import Client
import Glibc
import MQTTPackets
import Presentation
import Synchronization
import TUI

/// What the event loop and the signals have for the thread of the screen, bounded in bytes.
///
/// The screen looks at it once a frame, so that messages wake nobody: the loop writes to the pipe only when
/// the screen has said that it waits, or when the mailbox is half full.
final class WatchMailbox: Sendable {
  /// Bytes of messages and wire events that may wait.
  static let bound = 8 << 20

  /// Everything that waits, in order within its kind.
  struct Content {
    var messages = MessageBatch()
    var counters = TrafficCounters()
    var events: [Event] = []
    /// What the tap reported, and about how many bytes that keeps alive.
    var wire: [TraceEvent] = []
    var wireBytes = 0
    var signals: [CInt] = []
    /// The run ends: the screen is to be given back.
    var isClosing = false
    /// The loop stopped because the mailbox was full.
    var wasFull = false

    var isEmpty: Bool {
      messages.isEmpty && events.isEmpty && wire.isEmpty && signals.isEmpty && !isClosing
    }

    var byteCount: Int { messages.byteCount + wireBytes }

    mutating func removeAll() {
      messages.removeAll()
      events.removeAll(keepingCapacity: true)
      wire.removeAll(keepingCapacity: true)
      wireBytes = 0
      signals.removeAll(keepingCapacity: true)
      wasFull = false
    }
  }

  private struct State {
    var content = Content()
    /// The screen waits for the pipe.
    var isAwaited = false
  }

  private let state = Mutex(State())
  /// Readable when there is something for a screen that waits.
  let descriptor: CInt
  private let writing: CInt

  init() throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(errno: errno, operation: "pipe") }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (descriptor, writing) = (ends[0], ends[1])
  }

  // MARK: - From the loop and the signals

  /// - Returns: false when there was no room, and the message was left out.
  func add(_ publish: borrowing Publish, number: UInt64, receivedAt: WallTime, dropsWhenFull: Bool) -> Bool {
    state.withLock { state in
      if dropsWhenFull, state.content.messages.byteCount >= Self.bound { return false }
      state.content.messages.append(publish, number: number, receivedAt: receivedAt)
      return true
    }
  }

  /// Tells of what `add` put in.
  /// - Returns: false when the caller should stop reading until `onRoom`.
  func messagesAdded(_ counters: TrafficCounters) -> Bool {
    let (wakes, hasRoom) = state.withLock { state in
      state.content.counters = counters
      let count = state.content.byteCount
      let hasRoom = count < Self.bound
      state.content.wasFull = state.content.wasFull || !hasRoom
      defer { if count > 0 { state.isAwaited = false } }
      return (state.isAwaited && count > 0 || count >= Self.bound / 2, hasRoom)
    }
    if wakes { wake() }
    return hasRoom
  }

  /// Puts in what the tap reported. It may not be left out, for frames are read one after the other; the
  /// socket is no longer read when there is too much of it.
  func add(wire event: TraceEvent) {
    let wakes = state.withLock { state in
      state.content.wire.append(event)
      state.content.wireBytes += Self.byteCount(event)
      defer { state.isAwaited = false }
      return state.isAwaited
    }
    if wakes { wake() }
  }

  /// About what an event keeps alive.
  static func byteCount(_ event: TraceEvent) -> Int {
    guard case .bytes(_, let bytes) = event.kind else { return MemoryLayout<TraceEvent>.stride }
    return MemoryLayout<TraceEvent>.stride + bytes.readableBytes
  }

  func add(_ event: Event) {
    state.withLock { state in
      state.content.events.append(event)
      state.isAwaited = false
    }
    wake()
  }

  func add(signal number: CInt) {
    state.withLock { $0.content.signals.append(number) }
    wake()
  }

  func close() {
    state.withLock { $0.content.isClosing = true }
    wake()
  }

  private func wake() {
    var byte: UInt8 = 1
    write(writing, &byte, 1)
  }

  var waitingBytes: Int { state.withLock { $0.content.byteCount } }

  // MARK: - From the screen

  /// Takes everything in exchange for `content`, which must be empty and lends its memory.
  func take(_ content: inout Content) {
    var bytes: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &bytes) { buffer in
      while read(descriptor, buffer.baseAddress, buffer.count) == buffer.count {}
    }
    state.withLock { state in
      swap(&content, &state.content)
      state.content.counters = content.counters
      state.content.isClosing = content.isClosing
      state.isAwaited = false
    }
  }

  /// Asks for the pipe to be written when messages come.
  /// - Returns: false when some are here already.
  func await() -> Bool {
    state.withLock { state in
      state.isAwaited = state.content.messages.isEmpty && state.content.wire.isEmpty
      return state.isAwaited
    }
  }
}
