import MQTTPackets
import MQTTSession
import NIOCore
import NIOEmbedded
import Testing

@testable import Client
@testable import WebSocketTransport

/// A real `Connection` on a virtual clock, and the server's end of it: packets go in, and what the client
/// sends comes out as lines.
final class VirtualServer {
  let loop = EmbeddedEventLoop()
  let connection: Connection
  private let dial = PendingDial()
  private var channel: EmbeddedChannel?
  private let version: ProtocolVersion
  private var frames = FrameDecoder(role: .server, maximumFrameSize: .max)
  private var encoder = FrameEncoder(role: .server)
  private var unread = ByteBuffer()
  private var stream = ByteBuffer()
  /// What the client has published, as far as `sent` has read.
  private(set) var published: [Message] = []

  private final class PendingDial {
    var promise: EventLoopPromise<any Channel>?
    var makeHandler: Dialing.MakeHandler?
  }

  init(reconnects: Bool = false, version: ProtocolVersion = .v5) throws {
    self.version = version
    let settings = ConnectionSettings(
      transport: TransportSettings(url: try WebSocketURL(parsing: "ws://test/mqtt")),
      session: SessionSettings(
        version: version, clientIdentifier: "c", keepAlive: 0,
        sessionExpiryInterval: reconnects ? 60 : nil),
      reconnect: ReconnectPolicy(reconnects: reconnects))
    let dial = dial
    connection = Connection(
      settings, eventLoop: loop,
      dialing: Dialing { _, loop, _, makeHandler in
        let promise = loop.makePromise(of: (any Channel).self)
        (dial.promise, dial.makeHandler) = (promise, makeHandler)
        return Dialing.Attempt(
          channel: promise.futureResult, cancel: { promise.fail(TransportError.cancelled) })
      }, random: { 0 })
  }

  deinit {
    dial.promise?.fail(TransportError.cancelled)
    channel?.close(promise: nil)
    loop.run()
  }

  // MARK: - Connections

  /// The WebSocket opens and CONNECT is answered; what was sent by then is dropped.
  func accept(present: Bool = false, _ properties: Properties = []) throws {
    connection.start()
    loop.run()
    let makeHandler = try #require(dial.makeHandler)
    let channel = EmbeddedChannel(handlers: [], loop: loop)
    self.channel = channel
    (unread, stream) = (ByteBuffer(), ByteBuffer())
    frames = FrameDecoder(role: .server, maximumFrameSize: .max)
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    let result = DialResult(response: nil, localAddress: nil, remoteAddress: nil, tls: nil)
    try channel.pipeline.syncOperations.addHandler(makeHandler(result))
    dial.promise?.succeed(channel)
    dial.promise = nil
    #expect(try sent() == ["CONNECT"])
    send(.connAck(ConnAck(sessionPresent: present, properties: properties)))
  }

  func fail(_ error: TransportError) { dial.promise?.fail(error) }

  /// FIN, or the answer to the client's CLOSE.
  func finish() {
    channel?.close(promise: nil)
    loop.run()
  }

  func advance(_ time: Duration) { loop.advanceTime(by: TimeAmount(time)) }

  // MARK: - Packets

  /// One frame a packet, all in one read.
  func send(_ packets: Packet..., closing: CloseFrame? = nil) {
    var bytes = frames(packets)
    if let closing { encoder.write(closing, into: &bytes) }
    read(bytes)
  }

  /// One frame a packet, in reads of `cut` bytes, perhaps only some of them; `after` hears how many bytes
  /// were sent by then.
  func send(_ packets: Packet..., cut: Int, count: Int = .max, after: (Int) -> Void = { _ in }) {
    var rest = frames(packets)
    var (sent, reads) = (0, 0)
    while reads < count, let part = rest.readSlice(length: min(cut, rest.readableBytes)),
      part.readableBytes > 0
    {
      read(part)
      sent += part.readableBytes
      reads += 1
      after(sent)
    }
  }

  private func frames(_ packets: [Packet]) -> ByteBuffer {
    var bytes = ByteBuffer()
    for packet in packets {
      var encoded = ByteBuffer()
      do { try packet.encode(version, into: &encoded) } catch { Issue.record(error) }
      encoder.write(.binary, encoded, into: &bytes)
    }
    return bytes
  }

  private func read(_ bytes: ByteBuffer) {
    guard let channel, channel.isActive else { return }
    channel.pipeline.fireChannelRead(bytes)
    channel.pipeline.fireChannelReadComplete()
    loop.run()
  }

  /// What the client has sent since the last call.
  func sent() throws -> [String] {
    loop.run()
    while let bytes = try channel?.readOutbound(as: ByteBuffer.self) { unread.writeImmutableBuffer(bytes) }
    var lines: [String] = []
    while unread.readableBytes > 0 {
      let step = try unread.withUnsafeMutableReadableBytes { try frames.next(unmasking: $0, at: 0) }
      if step.kind == .needMore { break }
      unread.moveReaderIndex(forwardBy: step.payloadStart)
      var payload = unread.readSlice(length: step.payload.count) ?? ByteBuffer()
      if step.kind == .close { lines.append("close") }
      guard step.kind == .data else { continue }
      stream.writeBuffer(&payload)
      while let packet = try nextPacket() {
        if case .publish(let publish) = packet { published.append(publish.message) }
        lines.append(Self.line(packet))
      }
    }
    return lines
  }

  private func nextPacket() throws -> Packet? {
    let decoder = PacketDecoder(version: version, direction: .toServer)
    let header = try stream.withUnsafeReadableBytes { bytes in try decoder.header(bytes, at: 0) }
    guard let header, header.totalLength <= stream.readableBytes else { return nil }
    let packet = try decoder.decode(header, in: stream, at: stream.readerIndex)
    stream.moveReaderIndex(forwardBy: header.totalLength)
    return packet
  }

  private static func line(_ packet: Packet) -> String {
    switch packet {
    case .publish(let publish):
      let message = publish.message
      let identifier = publish.packetIdentifier.map { " #\($0)" } ?? ""
      return "PUBLISH \(message.topic)\(identifier)\(message.retain ? " retain" : "")"
        + " '\(String(buffer: message.payload))'"
    case .pubAck(let acknowledgement): return "PUBACK #\(acknowledgement.packetIdentifier)"
    case .pubRec(let acknowledgement): return "PUBREC #\(acknowledgement.packetIdentifier)"
    case .pubRel(let acknowledgement): return "PUBREL #\(acknowledgement.packetIdentifier)"
    case .subscribe(let subscribe):
      return "SUBSCRIBE #\(subscribe.packetIdentifier) "
        + subscribe.subscriptions.map(\.filter).joined(separator: " ")
    case .unsubscribe(let unsubscribe):
      return "UNSUBSCRIBE #\(unsubscribe.packetIdentifier) " + unsubscribe.filters.joined(separator: " ")
    case .disconnect(let disconnect):
      return disconnect.properties.isEmpty ? "DISCONNECT" : "DISCONNECT with properties"
    default: return packet.type.name
    }
  }
}

extension Packet {
  /// A message that a server delivers.
  static func message(
    _ topic: String, _ payload: String, _ identifier: UInt16? = nil, retain: Bool = false
  ) -> Packet {
    var message = Message(topic: topic, retain: retain)
    message.payload = ByteBuffer(string: payload)
    message.qos = identifier == nil ? .atMostOnce : .atLeastOnce
    return .publish(Publish(message: message, packetIdentifier: identifier))
  }
}
