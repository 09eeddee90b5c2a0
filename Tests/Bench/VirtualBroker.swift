import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing

@testable import Bench
@testable import Client
@testable import WebSocketTransport

/// A broker on a virtual clock that does to messages what a test wants: everything that it passes on, it
/// passes on after `delay`, and while it is stalled it does nothing at all.
final class VirtualBroker {
  /// What becomes of one published message.
  enum Fate {
    case deliver
    case drop
    case twice
    /// Behind the next one of the same sender.
    case hold
  }

  let loop = EmbeddedEventLoop()
  var delay = TimeAmount.microseconds(100)
  /// Of the message with this count over all that were published, from 0.
  var fate: (Int) -> Fate = { _ in .deliver }
  var isRefusing = false
  private(set) var published = 0
  private(set) var delivered = 0
  private var isStalled = false
  private var waiting: [() -> Void] = []
  private var links: [Link] = []
  private var held: [Publish] = []
  private let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 1)

  var dialing: Dialing {
    Dialing { [unowned self] settings, loop, observe, makeHandler in
      let promise = loop.makePromise(of: (any Channel).self)
      if isRefusing {
        promise.fail(TransportError.closed(.endOfStream, .tcp))
      } else {
        let link = Link(broker: self)
        links.append(link)
        let channel = EmbeddedChannel(handler: link, loop: self.loop)
        link.channel = channel
        if let address = self.address { channel.connect(to: address, promise: nil) }
        let result = DialResult(response: nil, localAddress: nil, remoteAddress: nil, tls: nil)
        loop.assumeIsolated().execute {
          if let address = self.address { observe(.connected(local: nil, remote: address)) }
          try? channel.pipeline.syncOperations.addHandler(makeHandler(result))
          promise.succeed(channel)
          channel.read()
        }
      }
      return Dialing.Attempt(
        channel: promise.futureResult, cancel: { promise.fail(TransportError.cancelled) })
    }
  }

  func target(_ version: ProtocolVersion = .v5) throws -> LoadTarget {
    // Without frames: the link reads packets alone.
    let url = try WebSocketURL(parsing: "mqtt://test")
    return LoadTarget(name: "virtual", dialing: dialing) { index in
      ConnectionSettings(
        transport: TransportSettings(url: url),
        session: SessionSettings(version: version, clientIdentifier: "c\(index)", keepAlive: 0))
    }
  }

  func stall() { isStalled = true }

  func resume() {
    isStalled = false
    let work = waiting
    waiting.removeAll()
    for body in work { body() }
  }

  /// Ends every connection.
  func die() {
    for link in links { link.channel?.close(promise: nil) }
    links.removeAll()
  }

  // MARK: - Packets

  fileprivate func received(_ packet: Packet, from link: Link) {
    guard !isStalled else { return waiting.append { self.handle(packet, link) } }
    handle(packet, link)
  }

  private func handle(_ packet: Packet, _ link: Link) {
    switch packet {
    case .connect: send(.connAck(ConnAck(sessionPresent: false)), link)
    case .subscribe(let subscribe):
      link.filters += subscribe.subscriptions.compactMap { try? TopicFilter($0.filter) }
      send(.subAck(SubAck(subscribe.packetIdentifier, [.success])), link)
    case .publish(let publish):
      if publish.message.qos == .atLeastOnce, let identifier = publish.packetIdentifier {
        send(.pubAck(Acknowledgement(identifier)), link)
      }
      route(publish)
    case .disconnect: link.channel?.close(promise: nil)
    default: break
    }
  }

  private func route(_ publish: Publish) {
    let fate = fate(published)
    published += 1
    switch fate {
    case .drop: break
    case .hold: held.append(publish)
    case .deliver, .twice:
      forward(publish)
      if fate == .twice { forward(publish) }
      let late = held
      held.removeAll()
      for publish in late { forward(publish) }
    }
  }

  private func forward(_ publish: Publish) {
    var message = publish.message
    message.qos = .atMostOnce
    for link in links where link.filters.contains(where: { $0.matches(message.topic) }) {
      delivered += 1
      send(.publish(Publish(message: message)), link)
    }
  }

  private func send(_ packet: Packet, _ link: Link) {
    loop.assumeIsolated().scheduleTask(in: delay) {
      guard let channel = link.channel, channel.isActive else { return }
      var bytes = ByteBuffer()
      try? packet.encode(link.version, into: &bytes)
      channel.pipeline.fireChannelRead(bytes)
      channel.pipeline.fireChannelReadComplete()
    }
  }

  /// One connection, first in its pipeline.
  fileprivate final class Link: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    unowned let broker: VirtualBroker
    var channel: EmbeddedChannel?
    var filters: [TopicFilter] = []
    var version = ProtocolVersion.v5
    private var unread = ByteBuffer()

    init(broker: VirtualBroker) { self.broker = broker }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      unread.writeImmutableBuffer(unwrapOutboundIn(data))
      promise?.succeed(())
      let decoder = PacketDecoder(version: version, direction: .toServer)
      while let header = try? unread.withUnsafeReadableBytes({ try decoder.header($0, at: 0) }),
        header.totalLength <= unread.readableBytes,
        let packet = try? decoder.decode(header, in: unread, at: unread.readerIndex)
      {
        unread.moveReaderIndex(forwardBy: header.totalLength)
        // In a turn of its own, as from another process.
        broker.loop.assumeIsolated().execute { self.broker.received(packet, from: self) }
      }
      unread.discardReadBytes()
    }
  }
}
