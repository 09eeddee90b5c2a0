import Glibc

/// State behind a lock that a thread can wait on: the meeting place of a test and the threads that serve it.
package final class Monitor<State: Sendable>: @unchecked Sendable {
  // Invariant: `state` is touched with the mutex held only.
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` alone on the state; whoever waits looks again afterwards.
  package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  /// Waits until `body` gives something and returns that; nil when the deadline passed first.
  package func wait<Result>(
    until deadline: Deadline, for body: (inout State) throws -> Result?
  ) rethrows -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try body(&state) { return result }
      var moment = timespec()
      clock_gettime(CLOCK_MONOTONIC, &moment)
      let (seconds, attoseconds) = deadline.remaining.components
      if seconds == 0 && attoseconds == 0 { return nil }
      let nanoseconds = moment.tv_nsec + Int(attoseconds / 1_000_000_000)
      moment.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
      moment.tv_nsec = nanoseconds % 1_000_000_000
      pthread_cond_timedwait(condition, mutex, &moment)
    }
  }
}

/// Starts a thread of its own for work that blocks, so that no test's thread pool is held up.
package func startThread(_ body: @escaping @Sendable () -> Void) throws {
  let box = Unmanaged.passRetained(ThreadBody(run: body))
  var thread = pthread_t()
  let code = pthread_create(&thread, nil, runThreadBody, box.toOpaque())
  guard code == 0 else {
    box.release()
    throw SystemError("pthread_create", code)
  }
  pthread_detach(thread)
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
  return nil
}
