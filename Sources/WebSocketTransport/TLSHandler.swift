import NIOCore

/// Sent up the pipeline when the handshake is over and bytes may be written.
struct TLSEstablished: Sendable {
  var facts: TLSFacts
}

/// TLS as a channel handler: ciphertext below, plain text above, `ByteBuffer` on both sides.
///
/// Begins the handshake when it is added to an active channel or the channel becomes active; what is written
/// before its end waits. Small writes are gathered into full records at each flush. A failure goes up as a
/// ``TransportError``, then the channel is closed. A connection that ends without close_notify is reported as
/// `.closed(.tlsTruncated, …)` before `channelInactive`: bytes may be missing.
final class TLSHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case idle, handshaking, open, closeNotified, closed
  }

  /// Ciphertext is handed down in pieces of about this size.
  private static let writeSize = 256 * 1024
  /// Ciphertext is taken in in pieces of this size, so that OpenSSL's buffer stays small.
  private static let feedSize = 32 * 1024

  private let connection: TLSConnection
  private let isServer: Bool
  private var state = State.idle
  private var hasSeenBytes = false
  private var hasReportedError = false
  private var pending: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
  private var wantsFlush = false
  private var record = ByteBuffer()

  /// - Parameter serverName: whom a client expects; nil on the server's side.
  init(_ context: TLSContext, serverName: String?) throws(TransportError) {
    connection = try TLSConnection(context, serverName: serverName)
    isServer = context.isServer
  }

  // MARK: Life

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    let last = state
    state = .closed
    if !hasReportedError {
      if last == .handshaking {
        report(.tlsHandshake(.closed), context)
      } else if last == .open {
        report(.closed(.tlsTruncated, .open), context)
      }
    }
    failPending(ChannelError.ioOnClosedChannel)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    state = .closed
    failPending(ChannelError.ioOnClosedChannel)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    hasReportedError = true
    context.fireErrorCaught(error)
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard state == .idle else { return }
    state = .handshaking
    advanceHandshake(context)
  }

  // MARK: In

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    guard state == .handshaking || state == .open else { return }
    if !hasSeenBytes {
      hasSeenBytes = true
      if let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self), !(20...23).contains(first) {
        fail(.tlsHandshake(.plainText(Array(bytes.readableBytesView.prefix(256)))), context)
        return
      }
    }
    decrypt(bytes, context)
  }

  private func decrypt(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    // Messages are slices of this buffer and keep all of it alive: no larger than the plain text can be.
    let carried = connection.holdsUnread ? TLSConnection.maximumRecord : 0
    var plain = context.channel.allocator.buffer(capacity: bytes.readableBytes + carried)
    var outcome = TLSConnection.ReadOutcome.needsMore
    var failure: TransportError?
    var rest = bytes.readableBytesView[...]
    while !rest.isEmpty, outcome == .needsMore, failure == nil {
      rest.prefix(Self.feedSize).withUnsafeBytes { connection.receive($0) }
      rest = rest.dropFirst(Self.feedSize)
      if state == .handshaking { advanceHandshake(context) }
      guard state == .open else { continue }
      do throws(TransportError) {
        outcome = try connection.read(into: &plain)
      } catch {
        failure = error
      }
    }
    // Reading may have produced an answer, to a key update for example.
    if state == .open, failure == nil { send(nil, context) }
    if plain.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(plain)) }
    if let failure {
      fail(failure, context)
    } else if outcome == .closeNotify {
      endByPeer(context)
    }
  }

  private func advanceHandshake(_ context: ChannelHandlerContext) {
    do throws(TransportError) {
      let isFinished = try connection.handshake()
      send(nil, context)
      guard isFinished else { return }
      state = .open
      context.fireUserInboundEventTriggered(TLSEstablished(facts: connection.facts))
      if wantsFlush { flush(context: context) }
    } catch {
      fail(error, context)
    }
  }

  private func endByPeer(_ context: ChannelHandlerContext) {
    guard state == .open else { return }
    connection.writeCloseNotify()
    send(nil, context)
    state = .closeNotified
    context.close(promise: nil)
  }

  /// Says why, sends the alert that OpenSSL prepared, and closes.
  private func fail(_ error: TransportError, _ context: ChannelHandlerContext) {
    guard state != .closed, state != .closeNotified else { return }
    send(nil, context)
    state = .closed
    report(error, context)
    failPending(error)
    context.close(promise: nil)
  }

  private func report(_ error: TransportError, _ context: ChannelHandlerContext) {
    guard !hasReportedError else { return }
    hasReportedError = true
    context.fireErrorCaught(error)
  }

  // MARK: Out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard state == .idle || state == .handshaking || state == .open else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    pending.append((unwrapOutboundIn(data), promise))
  }

  func flush(context: ChannelHandlerContext) {
    guard state == .open else {
      wantsFlush = true
      return
    }
    wantsFlush = false
    guard !pending.isEmpty else { return }
    let writes = pending
    pending.removeAll(keepingCapacity: writes.count <= 64)
    do throws(TransportError) {
      var out = context.channel.allocator.buffer(
        capacity: min(Self.writeSize, writes.reduce(512) { $0 + $1.bytes.readableBytes }))
      for write in writes { try gather(write.bytes, into: &out, context) }
      try encryptRecord(into: &out)
      send(out, context, promise: Self.joined(writes.compactMap(\.promise)))
    } catch {
      for write in writes { write.promise?.fail(error) }
      fail(error, context)
    }
  }

  /// Large writes are encrypted where they are, small ones wait in `record` for company.
  private func gather(
    _ bytes: ByteBuffer, into out: inout ByteBuffer, _ context: ChannelHandlerContext
  ) throws(TransportError) {
    var bytes = bytes
    while bytes.readableBytes > 0 {
      if record.readableBytes == 0, bytes.readableBytes >= TLSConnection.maximumRecord {
        try encrypt(&bytes, upTo: TLSConnection.maximumRecord, into: &out)
      } else {
        let room = TLSConnection.maximumRecord - record.readableBytes
        if var part = bytes.readSlice(length: min(room, bytes.readableBytes)) { record.writeBuffer(&part) }
        if record.readableBytes == TLSConnection.maximumRecord { try encryptRecord(into: &out) }
      }
      if out.readableBytes >= Self.writeSize {
        context.write(wrapOutboundOut(out), promise: nil)
        out = context.channel.allocator.buffer(capacity: Self.writeSize)
      }
    }
  }

  private func encryptRecord(into out: inout ByteBuffer) throws(TransportError) {
    while record.readableBytes > 0 { try encrypt(&record, upTo: record.readableBytes, into: &out) }
    record.clear()
  }

  private func encrypt(
    _ bytes: inout ByteBuffer, upTo length: Int, into out: inout ByteBuffer
  ) throws(TransportError) {
    let connection = connection
    let outcome = bytes.readWithUnsafeReadableBytes { view -> (Int, Result<Void, TransportError>) in
      do throws(TransportError) {
        return (try connection.write(UnsafeRawBufferPointer(rebasing: view.prefix(length))), .success(()))
      } catch {
        return (0, .failure(error))
      }
    }
    try outcome.get()
    connection.drain(into: &out)
  }

  /// Writes and flushes `bytes` and whatever ciphertext OpenSSL still holds.
  private func send(
    _ bytes: ByteBuffer?, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil
  ) {
    var out = bytes ?? ByteBuffer()
    connection.drain(into: &out)
    guard out.readableBytes > 0 || promise != nil else { return }
    context.writeAndFlush(wrapOutboundOut(out), promise: promise)
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode != .input, state == .open {
      flush(context: context)
      connection.writeCloseNotify()
      send(nil, context)
    }
    if mode == .all, state != .closed {
      state = .closeNotified
      failPending(ChannelError.ioOnClosedChannel)
    }
    context.close(mode: mode, promise: promise)
  }

  private func failPending(_ error: any Error) {
    let writes = pending
    pending = []
    for write in writes { write.promise?.fail(error) }
  }

  /// One promise that stands for all of them.
  private static func joined(_ promises: [EventLoopPromise<Void>]) -> EventLoopPromise<Void>? {
    guard let first = promises.first else { return nil }
    for other in promises.dropFirst() { first.futureResult.cascade(to: other) }
    return first
  }
}
