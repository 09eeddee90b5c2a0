import Glibc

/// A counting semaphore of the system, for the threads beside the event loop.
///
/// `@unchecked Sendable`: the pointer never changes, and `sem_t` is made for use from many threads.
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
