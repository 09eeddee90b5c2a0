import Glibc
import NIOCore
import NIOPosix

/// The relay's working part. Invariant behind `@unchecked`: all of it is touched on `loop` only.
final class RelayCore: @unchecked Sendable {
  enum Trigger {
    case bytes(left: Int, Direction, Relay.Ending)
    case packet(PacketKind, Direction, passingItOn: Bool, Relay.Ending)
  }

  let loop: any EventLoop
  private let target: UInt16
  private let record: Monitor<Relay.Record>
  private let keepsPassages: Bool
  private var links: [ObjectIdentifier: RelayLink] = [:]
  private var stalled: Set<Direction> = []
  var isRefusing = false
  var delay: TimeAmount = .zero
  var trigger: Trigger?

  init(loop: any EventLoop, target: UInt16, record: Monitor<Relay.Record>, keepsPassages: Bool) {
    self.keepsPassages = keepsPassages
    self.loop = loop
    self.target = target
    self.record = record
  }

  func accept(_ client: any Channel) -> EventLoopFuture<Void> {
    if isRefusing { return client.close() }
    return ClientBootstrap(group: loop)
      .channelOption(.autoRead, value: false)
      .connect(host: "127.0.0.1", port: Int(target))
      .flatMapThrowing { [self] server in
        let link = RelayLink(client: client, server: server)
        links[ObjectIdentifier(link)] = link
        record.withLock {
          $0.connections += 1
          $0.open += 1
        }
        try client.pipeline.syncOperations.addHandler(RelayEnd(self, link, .toServer))
        try server.pipeline.syncOperations.addHandler(RelayEnd(self, link, .toClient))
        setReading(link)
      }
      .flatMapError { _ in client.close() }
  }

  func pass(_ buffer: ByteBuffer, _ direction: Direction, _ link: RelayLink) {
    guard !link.isCut else { return }
    let tapBefore = link.tap
    let packets = link.tap.observe(buffer.readableBytesView, direction)
    var buffer = buffer
    var cut: Relay.Ending?
    switch trigger {
    case .bytes(let left, direction, let ending):
      if left <= buffer.readableBytes {
        buffer = buffer.getSlice(at: buffer.readerIndex, length: left) ?? buffer
        cut = ending
      } else {
        trigger = .bytes(left: left - buffer.readableBytes, direction, ending)
      }
    case .packet(let kind, direction, let passingItOn, let ending) where packets.contains { $0.kind == kind }:
      if !passingItOn {
        buffer.clear()
        link.tap = tapBefore
      }
      cut = ending
    default: break
    }
    record.withLock { record in
      record.bytes[direction, default: 0] += buffer.readableBytes
      if keepsPassages {
        record.passages.append(Relay.Passage(direction: direction, bytes: Array(buffer.readableBytesView)))
      }
      for packet in packets { record.packets[packet.kind, default: 0] += 1 }
    }
    let sink = link.sink(direction)
    if let cut {
      trigger = nil
      link.isCut = true
      sink.writeAndFlush(buffer).whenComplete { [self] _ in end(link, cut) }
    } else if delay == .zero {
      sink.writeAndFlush(buffer, promise: nil)
    } else {
      loop.scheduleTask(in: delay) { [buffer] in sink.writeAndFlush(buffer, promise: nil) }
    }
    setReading(link)
  }

  /// One side has hung up: the other hears it once it has all that came before.
  func ended(_ direction: Direction, _ link: RelayLink) {
    let sink = link.sink(direction)
    loop.scheduleTask(in: delay) {
      sink.writeAndFlush(ByteBuffer()).whenComplete { _ in sink.close(promise: nil) }
    }
    if links.removeValue(forKey: ObjectIdentifier(link)) != nil { record.withLock { $0.open -= 1 } }
  }

  func cut(_ ending: Relay.Ending) {
    for link in Array(links.values) { end(link, ending) }
  }

  func setStalled(_ directions: Set<Direction>) {
    stalled = directions
    links.values.forEach { setReading($0) }
  }

  /// Each side is read while the other can take it.
  func setReading(_ link: RelayLink) {
    for direction in Direction.allCases {
      let isReading = !stalled.contains(direction) && link.sink(direction).isWritable
      link.source(direction).setOption(.autoRead, value: isReading).whenFailure { _ in }
    }
  }

  private func end(_ link: RelayLink, _ ending: Relay.Ending) {
    link.isCut = true
    record.withLock { $0.cuts.append(Relay.Cut(unfinishedExchanges: link.tap.openExchanges.count)) }
    for channel in [link.client, link.server] {
      if ending == .reset, let options = channel as? any SocketOptionProvider {
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
      } else {
        channel.close(promise: nil)
      }
    }
  }
}

/// One client's connection and the one to the server that stands for it. Touched on the relay's loop only.
final class RelayLink: @unchecked Sendable {
  let client: any Channel
  let server: any Channel
  var tap = WireTap()
  var isCut = false

  init(client: any Channel, server: any Channel) {
    self.client = client
    self.server = server
  }

  func source(_ direction: Direction) -> any Channel { direction == .toServer ? client : server }
  func sink(_ direction: Direction) -> any Channel { direction == .toServer ? server : client }
}

private final class RelayEnd: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let core: RelayCore
  private let link: RelayLink
  private let direction: Direction

  init(_ core: RelayCore, _ link: RelayLink, _ direction: Direction) {
    self.core = core
    self.link = link
    self.direction = direction
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    core.pass(unwrapInboundIn(data), direction, link)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { core.setReading(link) }
  func channelInactive(context: ChannelHandlerContext) { core.ended(direction, link) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
