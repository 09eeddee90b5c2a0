import NIOCore

/// A name being looked up. Confined to its event loop.
package final class Resolution {
  package let addresses: EventLoopFuture<[SocketAddress]>
  private let onCancel: () -> Void

  /// - Parameters:
  ///   - addresses: fails with a ``ResolutionFailure``.
  ///   - onCancel: must make `addresses` fail at once and never be touched again.
  package init(addresses: EventLoopFuture<[SocketAddress]>, onCancel: @escaping () -> Void) {
    self.addresses = addresses
    self.onCancel = onCancel
  }

  /// Ends the wait; whatever the system still does about the name goes on by itself and is dropped.
  package func cancel() {
    onCancel()
  }
}

/// Turns a host name into addresses, in the order in which they should be tried.
package protocol NameResolver {
  /// Called on `eventLoop` with a name that is no IP literal; must not block.
  func resolve(
    _ host: String, port: Int, family: AddressFamily, on eventLoop: any EventLoop
  ) -> Resolution
}
