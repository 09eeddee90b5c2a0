import Client
import Doctor
import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// One probe on the network: as far as its depth goes, then a clean end.
///
/// Lives on the event loop.
final class ProbeRun: ConnectionDelegate {
  private let settings: ConnectionSettings
  private let depth: Probe.Depth
  private let eventLoop: any EventLoop
  private let tracer: ((TraceEvent) -> Void)?
  private let startedAt: NIODeadline
  private var finish: ((ProbeResult) -> Void)?
  private var connection: Connection?
  private var dialer: Dialer?

  /// - Parameter finish: called once, in a turn of its own; not after `stop`.
  init(
    _ settings: ConnectionSettings, depth: Probe.Depth, eventLoop: any EventLoop,
    tracer: ((TraceEvent) -> Void)?, finish: @escaping (ProbeResult) -> Void
  ) {
    self.settings = settings
    self.depth = depth
    self.eventLoop = eventLoop
    self.tracer = tracer
    self.finish = finish
    startedAt = .now()
  }

  func start() {
    switch depth {
    case .webSocket:
      let connection = Connection(settings, eventLoop: eventLoop)
      self.connection = connection
      connection.delegate = self
      connection.tracer = tracer
      connection.start()
    case .open, .plain: dial()
    }
  }

  func stop() {
    finish = nil
    connection?.disconnect()
    dialer?.cancel()
  }

  private func end(_ error: ClientError?, tls: TLSFacts? = nil) {
    guard let finish else { return }
    self.finish = nil
    let time = Duration.nanoseconds((NIODeadline.now() - startedAt).nanoseconds)
    eventLoop.assumeIsolated().execute { finish(ProbeResult(error, tls: tls, time: time)) }
  }

  // MARK: - Without a WebSocket

  private func dial() {
    let dialer = Dialer(
      settings: settings.transport, eventLoop: eventLoop,
      observe: tracer.map { _ in { [weak self] in self?.trace(.transport($0)) } })
    self.dialer = dialer
    let session = settings.session
    trace(.state(.connecting(attempt: 1)))
    let channel = dialer.dial { result -> any ChannelHandler in
      if self.depth == .open {
        return HangUpHandler {
          self.trace(.transport(.closed(nil)))
          self.end(nil, tls: result.tls)
        }
      }
      return PlainProbeHandler(
        session, timeout: self.settings.transport.connectTimeout, trace: { self.trace($0) }
      ) { self.end($0) }
    }
    channel.assumeIsolated().whenFailure { error in
      self.end(.transport(TransportError(channelError: error, in: .tcp)))
    }
  }

  private func trace(_ kind: TraceEvent.Kind) {
    tracer?(TraceEvent(time: MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds), kind: kind))
  }

  // MARK: - On a WebSocket

  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64) {}
  func connectionDrainedInput(_ connection: Connection) {}
  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome) {}
  func connectionCanSend(_ connection: Connection) {}

  func connection(_ connection: Connection, _ event: ConnectionEvent) {
    switch event {
    case .connected:
      end(nil)
      connection.disconnect()
    case .ended(let error): end(error)
    default: break
    }
  }
}

/// Ends a connection as soon as it is open.
private final class HangUpHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let onOpen: () -> Void

  init(_ onOpen: @escaping () -> Void) { self.onOpen = onOpen }

  func handlerAdded(context: ChannelHandlerContext) {
    onOpen()
    context.close(promise: nil)
  }
}

/// Says CONNECT on a bare connection, without credentials, and waits for the CONNACK.
private final class PlainProbeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let session: SessionSettings
  private let timeout: Duration
  private let decoder: PacketDecoder
  private let trace: (TraceEvent.Kind) -> Void
  private var finish: ((ClientError?) -> Void)?
  private var deadline: Scheduled<Void>?
  private var received = ByteBuffer()

  init(
    _ session: SessionSettings, timeout: Duration, trace: @escaping (TraceEvent.Kind) -> Void,
    finish: @escaping (ClientError?) -> Void
  ) {
    self.session = session
    self.timeout = timeout
    self.trace = trace
    self.finish = finish
    decoder = PacketDecoder(version: session.version, direction: .toClient, maximumPacketSize: 64 * 1024)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // A new session under a name of its own: nothing that exists is touched.
    let connect = Connect(
      version: session.version, clientIdentifier: "", cleanStart: true, keepAlive: session.keepAlive)
    var bytes = ByteBuffer()
    do throws(EncodeError) {
      try Packet.connect(connect).encode(session.version, into: &bytes)
    } catch {
      return end(.encode(error), context)
    }
    trace(.bytes(.sent, bytes))
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    let context = NIOLoopBound(context, eventLoop: context.eventLoop)
    deadline = context.value.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
      self.end(.noConnAck(.timedOut(after: self.timeout)), context.value)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    trace(.bytes(.received, bytes))
    received.writeImmutableBuffer(bytes)
    do throws(DecodeError) {
      if let packet = try firstPacket() { answered(packet, context) }
    } catch {
      end(.decode(error), context)
    }
  }

  private func firstPacket() throws(DecodeError) -> Packet? {
    var header: PacketHeader?
    var failure: DecodeError?
    received.withUnsafeReadableBytes { bytes in
      do throws(DecodeError) { header = try decoder.header(bytes, at: 0) } catch { failure = error }
    }
    if let failure { throw failure }
    guard let header, header.totalLength <= received.readableBytes else { return nil }
    return try decoder.decode(header, in: received, at: received.readerIndex)
  }

  private func answered(_ packet: Packet, _ context: ChannelHandlerContext) {
    guard case .connAck(let connAck) = packet else {
      return end(.noConnAck(.closed(.endOfStream)), context)
    }
    end(connAck.reasonCode == .success ? nil : .refused(connAck, session.version), context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.noConnAck(.closed(.endOfStream)), context, by: .endOfStream)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(.noConnAck(.closed(.reset)), context, by: .reset)
  }

  private func end(
    _ error: ClientError?, _ context: ChannelHandlerContext, by reason: CloseReason? = nil
  ) {
    guard let finish else { return }
    self.finish = nil
    deadline?.cancel()
    trace(.transport(.closed(reason)))
    finish(error)
    context.close(promise: nil)
  }
}
