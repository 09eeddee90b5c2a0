import Glibc

/// A thread of its own for calls that block; it ends when its body does.
package enum DetachedThread {
  /// Starts `body` on a new thread, with the starter's signal mask and `stackSize` bytes of stack, the
  /// system's default when nil. Returns the errno of a system that has no thread left; `body` then never runs.
  package static func start(stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void) -> CInt? {
    let box = Unmanaged.passRetained(Body(run: body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    if let stackSize { pthread_attr_setstacksize(&attributes, stackSize) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code != 0 else { return nil }
    box.release()
    return code
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
