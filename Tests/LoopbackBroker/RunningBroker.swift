import LoopbackBroker
import NIOCore
import NIOPosix
import WebSocketTransport

/// A `LoopbackBroker` on an event loop and a port of its own.
final class RunningBroker: Sendable {
  let port: Int
  private let group: MultiThreadedEventLoopGroup
  private let broker: NIOLoopBound<LoopbackBroker>

  init(
    _ settings: BrokerSettings = BrokerSettings(), listener: ListenerSettings = ListenerSettings(),
    simulatesDevices: Bool = false
  ) throws {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let started = loop.flatSubmit {
      LoopbackBroker.start(
        listener, settings: settings, simulatesDevices: simulatesDevices, on: loop
      ).assumeIsolated().map { NIOLoopBound($0, eventLoop: loop) }.nonisolated()
    }
    broker = try started.wait()
    let bound = broker
    port = try loop.submit { bound.value.port }.wait()
  }

  func on<Value: Sendable>(_ body: @escaping @Sendable (LoopbackBroker) -> Value) throws -> Value {
    let bound = broker
    return try group.next().submit { body(bound.value) }.wait()
  }

  /// To be called once at the end: the broker keeps its connections open until then.
  func stop() throws {
    let bound = broker
    try group.next().flatSubmit { bound.value.stop() }.wait()
    try group.syncShutdownGracefully()
  }
}
