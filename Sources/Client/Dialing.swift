import NIOCore
import WebSocketTransport

/// The way to an open WebSocket, as a value so that tests can put a scripted peer or a virtual network
/// in its place.
package struct Dialing {
  /// One attempt under way.
  package struct Attempt {
    package var channel: EventLoopFuture<any Channel>
    package var cancel: () -> Void

    package init(channel: EventLoopFuture<any Channel>, cancel: @escaping () -> Void) {
      self.channel = channel
      self.cancel = cancel
    }
  }

  package typealias MakeHandler = (DialResult) -> any ChannelHandler

  /// Called on the event loop. The handler is added to an active channel, and not before this returns.
  package var dial:
    (TransportSettings, any EventLoop, @escaping TransportObserver, @escaping MakeHandler) -> Attempt

  package init(
    dial:
      @escaping (TransportSettings, any EventLoop, @escaping TransportObserver, @escaping MakeHandler) ->
      Attempt
  ) {
    self.dial = dial
  }

  /// Sockets of the system.
  package static var system: Dialing {
    Dialing { settings, eventLoop, observe, makeHandler in
      let dialer = Dialer(settings: settings, eventLoop: eventLoop, observe: observe)
      return Attempt(channel: dialer.dial(makeHandler), cancel: { dialer.cancel() })
    }
  }
}
