import WebSocketTransport

/// A detached thread for system calls that block; it ends when its body does.
enum BackgroundThread {
  /// Starts `body` on a thread of its own. It has the starter's signals blocked: they belong to
  /// `SignalSource`.
  /// - Throws: the errno of a system that has no thread left.
  static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    if let code = DetachedThread.start(stackSize: 256 * 1024, body) {
      throw SystemError(errno: code, operation: "pthread_create")
    }
  }
}
