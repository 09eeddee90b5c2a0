import Glibc
import Synchronization

/// Writes to a descriptor that somebody may read slowly or not at all, and never waits for that before the
/// end: the event loop may use it.
///
/// Theory of operation: what the reader takes at once is written at once, so that it is there however the run
/// ends. The rest waits, up to a bound, for a thread that writes it as there is room. Beyond the bound whole
/// pieces are left out; where they are missing stands how many. To regular files, which do not make anybody
/// wait, everything is written at once.
final class PatientOutput: Sendable {
  /// Bytes that may wait.
  static let usualBound = 1 << 20

  private struct State {
    var target: NonblockingDescriptor
    var waiting: [UInt8] = []
    /// The thread is under way.
    var isDraining = false
    /// Left out since the last mark.
    var leftOut: UInt64 = 0
    /// Left out before that.
    var marked: UInt64 = 0
    var failure: SystemError?
  }

  private let state: Mutex<State>
  private let bound: Int
  private let mark: @Sendable (UInt64) -> String

  /// - Parameter mark: what stands in place of so many pieces that were left out.
  init(
    descriptor: CInt, bound: Int = PatientOutput.usualBound, mark: @escaping @Sendable (UInt64) -> String
  ) {
    state = Mutex(State(target: NonblockingDescriptor(descriptor)))
    self.bound = bound
    self.mark = mark
  }

  deinit { close() }

  /// Gives back what it opened for itself; the descriptor it was made with stays open.
  func close() { state.withLock { $0.target.close() } }

  /// Of the first write that failed. What was to be written then is lost, and the next piece is tried again.
  var failure: SystemError? { state.withLock { $0.failure } }

  /// How many pieces were left out so far.
  var leftOut: UInt64 { state.withLock { $0.marked + $0.leftOut } }

  /// Writes a piece, or keeps it, or leaves it out as a whole.
  func write(_ piece: some Collection<UInt8>) {
    state.withLock { state in
      write(&state)
      take(piece, &state)
      if !state.waiting.isEmpty, !state.isDraining { startDraining(&state) }
    }
  }

  /// Waits until everything is written, or so many milliseconds are over; without them for as long as it takes.
  func finish(within milliseconds: Int? = nil) {
    let end = milliseconds.map { ContinuousClock.now + .milliseconds($0) }
    while let descriptor = unfinished() {
      let left = end.map { max(Int(ContinuousClock.now.duration(to: $0) / .milliseconds(1)), 0) }
      if left == 0 { return }
      NonblockingDescriptor.waitForRoom(descriptor, milliseconds: left.map { CInt(clamping: $0) })
    }
  }

  /// Writes what there is room for; nil when that was everything.
  private func unfinished(inThread: Bool = false) -> CInt? {
    state.withLock { state in
      write(&state)
      if state.waiting.isEmpty, state.leftOut > 0 {
        markGap(&state)
        write(&state)
      }
      if inThread { state.isDraining = !state.waiting.isEmpty }
      return state.waiting.isEmpty ? nil : state.target.descriptor
    }
  }

  // MARK: - With the lock

  private func take(_ piece: some Collection<UInt8>, _ state: inout State) {
    // After a gap there has to be some room, lest there be a gap after every piece.
    if state.leftOut > 0, state.waiting.count <= bound / 2 { markGap(&state) }
    guard state.leftOut == 0, state.waiting.isEmpty || state.waiting.count + piece.count <= bound else {
      state.leftOut += 1
      return
    }
    let wasWaiting = !state.waiting.isEmpty
    state.waiting += piece
    if !wasWaiting { write(&state) }
  }

  private func markGap(_ state: inout State) {
    state.waiting += mark(state.leftOut).utf8
    state.marked += state.leftOut
    state.leftOut = 0
  }

  /// As much as goes without waiting.
  private func write(_ state: inout State) {
    guard !state.waiting.isEmpty else { return }
    switch state.waiting.withUnsafeBytes({ state.target.write($0) }) {
    case .success(let count):
      if count == state.waiting.count {
        state.waiting.removeAll(keepingCapacity: true)
      } else {
        state.waiting.removeFirst(count)
      }
    case .failure(let error):
      state.failure = state.failure ?? error
      state.waiting = []
    }
  }

  private func startDraining(_ state: inout State) {
    state.isDraining = true
    do throws(SystemError) {
      try BackgroundThread.start { [self] in drain() }
    } catch {
      // The next piece tries again.
      state.isDraining = false
    }
  }

  private func drain() {
    while let descriptor = unfinished(inThread: true) { NonblockingDescriptor.waitForRoom(descriptor) }
  }
}
