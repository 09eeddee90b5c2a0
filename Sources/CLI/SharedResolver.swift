import NIOCore
import WebSocketTransport

/// Asks the system for each name once and hands the answer to all who ask: thousands of connections would
/// start a thread each. A failure is not kept. Lives on the event loop.
final class SharedResolver: NameResolver {
  private struct Name: Hashable {
    var host: String
    var port: Int
    var family: AddressFamily
  }

  private let resolver: any NameResolver
  private var known: [Name: [SocketAddress]] = [:]
  private var waiting: [Name: [EventLoopPromise<[SocketAddress]>]] = [:]

  init(_ resolver: any NameResolver = SystemResolver()) { self.resolver = resolver }

  func resolve(
    _ host: String, port: Int, family: AddressFamily, on eventLoop: any EventLoop
  ) -> Resolution {
    let name = Name(host: host, port: port, family: family)
    if let addresses = known[name] {
      return Resolution(addresses: eventLoop.makeSucceededFuture(addresses), onCancel: {})
    }
    let promise = eventLoop.makePromise(of: [SocketAddress].self)
    let isFirst = waiting[name] == nil
    waiting[name, default: []].append(promise)
    if isFirst { ask(name, eventLoop) }
    return Resolution(
      addresses: promise.futureResult,
      onCancel: {
        guard let index = self.waiting[name]?.firstIndex(where: { $0.futureResult === promise.futureResult })
        else { return }
        self.waiting[name]?.remove(at: index)
        promise.fail(ResolutionFailure.temporary)
      })
  }

  private func ask(_ name: Name, _ eventLoop: any EventLoop) {
    let resolution = resolver.resolve(name.host, port: name.port, family: name.family, on: eventLoop)
    resolution.addresses.assumeIsolated().whenComplete { result in
      let promises = self.waiting.removeValue(forKey: name) ?? []
      switch result {
      case .success(let addresses):
        self.known[name] = addresses
        for promise in promises { promise.succeed(addresses) }
      case .failure(let error): for promise in promises { promise.fail(error) }
      }
    }
  }
}
