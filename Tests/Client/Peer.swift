import MQTTPackets
import NIOCore
import NIOEmbedded
import WebSocketTransport

@testable import Client

/// The server's end of one virtual connection: what the client writes becomes lines at once, what it is
/// to read the test hands in.
final class Peer {
  let channel: EmbeddedChannel
  let wire: Wire
  private let version: ProtocolVersion
  private var encoder = FrameEncoder(role: .server)

  init(loop: EmbeddedEventLoop, version: ProtocolVersion, record: @escaping (String) -> Void) throws {
    self.version = version
    channel = EmbeddedChannel(handlers: [], loop: loop)
    wire = Wire(version: version, record: record)
    try channel.pipeline.syncOperations.addHandler(wire)
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
  }

  var isOpen: Bool { channel.isActive }

  // MARK: - Sending

  /// One frame a packet, all in one read.
  func send(_ packets: Packet...) { read(frames(packets)) }

  func frames(_ packets: [Packet]) -> ByteBuffer {
    var bytes = ByteBuffer()
    for packet in packets { encoder.write(.binary, encoded(packet), into: &bytes) }
    return bytes
  }

  func encoded(_ packet: Packet) -> ByteBuffer {
    var bytes = ByteBuffer()
    try? packet.encode(version, into: &bytes)
    return bytes
  }

  func send(_ opcode: FrameOpcode, _ payload: [UInt8]) {
    var bytes = ByteBuffer()
    encoder.write(opcode, ByteBuffer(bytes: payload), into: &bytes)
    read(bytes)
  }

  func send(_ close: CloseFrame) {
    var bytes = ByteBuffer()
    encoder.write(close, into: &bytes)
    read(bytes)
  }

  /// Bytes as one read of the socket.
  func read(_ bytes: ByteBuffer) {
    guard isOpen else { return }
    channel.pipeline.fireChannelRead(bytes)
    channel.pipeline.fireChannelReadComplete()
    channel.read()
  }

  func read(_ bytes: [UInt8]) { read(ByteBuffer(bytes: bytes)) }

  /// A frame's bytes without regard to the rules.
  static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [first, UInt8(payload.count)] + payload
  }

  // MARK: - Ends

  /// FIN.
  func finish() { channel.close(promise: nil) }

  /// RST.
  func reset() {
    channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "read"))
    channel.close(promise: nil)
  }
}

/// Stands for the socket, first in the pipeline.
final class Wire: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let record: (String) -> Void
  private let packets: PacketDecoder
  private var frames = FrameDecoder(role: .server, maximumFrameSize: .max)
  private var unread = ByteBuffer()
  private var stream = ByteBuffer()
  private var context: ChannelHandlerContext?

  private(set) var reads = 0
  private(set) var writes = 0
  private(set) var flushes = 0
  private(set) var bytes = 0
  /// Of those, taken by the kernel.
  private var pending = 0
  /// The kernel takes nothing.
  private(set) var isBlocked = false

  init(version: ProtocolVersion, record: @escaping (String) -> Void) {
    self.record = record
    packets = PacketDecoder(version: version, direction: .toServer)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func read(context: ChannelHandlerContext) {
    reads += 1
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let buffer = unwrapOutboundIn(data)
    writes += 1
    bytes += buffer.readableBytes
    pending += buffer.readableBytes
    context.write(data, promise: promise)
    setWritable(pending < 64 * 1024)
    tell(buffer)
  }

  func flush(context: ChannelHandlerContext) {
    flushes += 1
    if !isBlocked { take() }
  }

  /// As a socket whose peer does not read.
  func block() { isBlocked = true }

  func unblock() {
    isBlocked = false
    take()
  }

  private func take() {
    context?.flush()
    // Nobody looks at these bytes again.
    if let channel = context?.channel as? EmbeddedChannel { while drop(from: channel) {} }
    pending = 0
    setWritable(true)
  }

  private func drop(from channel: EmbeddedChannel) -> Bool {
    (try? channel.readOutbound(as: ByteBuffer.self)) != nil
  }

  private func setWritable(_ isWritable: Bool) {
    guard let context, let channel = context.channel as? EmbeddedChannel, channel.isWritable != isWritable
    else { return }
    channel.isWritable = isWritable
    context.fireChannelWritabilityChanged()
  }

  // MARK: - Lines

  private func tell(_ buffer: ByteBuffer) {
    unread.writeImmutableBuffer(buffer)
    do {
      while try tellStep() {}
      unread.discardReadBytes()
      stream.discardReadBytes()
    } catch {
      record("> \(error)")
    }
  }

  private func tellStep() throws -> Bool {
    guard unread.readableBytes > 0 else { return false }
    let step = try unread.withUnsafeMutableReadableBytes { try frames.next(unmasking: $0, at: 0) }
    if step.kind == .needMore { return false }
    unread.moveReaderIndex(forwardBy: step.payloadStart)
    var payload = unread.readSlice(length: step.payload.count) ?? ByteBuffer()
    switch step.kind {
    case .data:
      stream.writeBuffer(&payload)
      while let packet = try nextPacket() { record("> \(describe(packet))") }
    case .ping: record("> ping \(String(buffer: payload))")
    case .pong: record("> pong \(String(buffer: payload))")
    case .close: record("> close \(payload.readInteger(as: UInt16.self).map(String.init) ?? "-")")
    case .afterClose: record("> \(payload.readableBytes) bytes after close")
    case .needMore: break
    }
    return true
  }

  private func nextPacket() throws -> Packet? {
    let header = try stream.withUnsafeReadableBytes { bytes in try packets.header(bytes, at: 0) }
    guard let header, header.totalLength <= stream.readableBytes else { return nil }
    let packet = try packets.decode(header, in: stream, at: stream.readerIndex)
    stream.moveReaderIndex(forwardBy: header.totalLength)
    return packet
  }
}
