import Glibc
import Testing

/// For suites that start processes and wait for them: each test runs on a thread of its own, so that it blocks
/// no other test's async work, and only as many at once as the machine can serve within their deadlines.
///
/// A test waits for its turn inside a `.timeLimit`, so these tests have none: each of their waits has a
/// deadline of its own.
package struct OwnThread: SuiteTrait, TestTrait, TestScoping {
  /// Runs while no other test with this trait runs: for bursts that load the machine.
  let isAlone: Bool

  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let permits = isAlone ? Turnstile.shared.capacity : 1
    await Turnstile.shared.enter(permits)
    let result = await Self.onNewThread(function)
    await Turnstile.shared.leave(permits)
    try result.get()
  }

  private static func onNewThread(
    _ function: @Sendable () async throws -> Void
  ) async -> Result<Void, any Error> {
    await withTaskExecutorPreference(ThreadPerJob.shared) {
      do { return .success(try await function()) } catch { return .failure(error) }
    }
  }
}

extension Trait where Self == OwnThread {
  package static var ownThread: Self { OwnThread(isAlone: false) }
  package static var alone: Self { OwnThread(isAlone: true) }
}

private final class ThreadPerJob: TaskExecutor {
  static let shared = ThreadPerJob()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let run: @Sendable () -> Void = { [executor = asUnownedTaskExecutor()] in
      job.runSynchronously(on: executor)
    }
    do { try startThread(run) } catch { run() }
  }
}

/// First come, first served, so that a test that wants to be alone is not overtaken for ever.
private actor Turnstile {
  static let shared = Turnstile()

  let capacity = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  private lazy var free = capacity
  private var queue: [(permits: Int, turn: CheckedContinuation<Void, Never>)] = []

  func enter(_ permits: Int) async {
    if queue.isEmpty && free >= permits {
      free -= permits
    } else {
      await withCheckedContinuation { queue.append((permits, $0)) }
    }
  }

  func leave(_ permits: Int) {
    free += permits
    while let first = queue.first, free >= first.permits {
      free -= first.permits
      queue.removeFirst().turn.resume()
    }
  }
}
