import Glibc

/// A counting semaphore of the system, for the threads beside the event loop.
///
/// Invariant: the pointer is set once, in `init`, and what it points to is touched only by `sem_post` and
/// `sem_wait`, which any thread may call, until `deinit`, when no thread has the object any more.
final class Semaphore: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init(count: Int = 0) {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, CUnsignedInt(count))
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0 && errno == EINTR {}
  }
}
