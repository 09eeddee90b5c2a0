import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WebSocketTransport

/// What the handler of an open connection saw.
enum Happening: Equatable, Sendable {
  case bytes(String)
  case error(String)
  case closed
}

/// Stands for the owner's handler and reports what reaches it.
final class Recorder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let happenings: AsyncStream<Happening>.Continuation

  init(_ happenings: AsyncStream<Happening>.Continuation) {
    self.happenings = happenings
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    happenings.yield(.bytes(String(buffer: unwrapInboundIn(data))))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    happenings.yield(.error(summary(TransportError(channelError: error, in: .open))))
  }

  func channelInactive(context: ChannelHandlerContext) {
    happenings.yield(.closed)
    happenings.finish()
  }
}

/// An open connection in the hands of a test.
struct Dialed: Sendable {
  var channel: any Channel
  var result: DialResult
  var happenings: AsyncStream<Happening>

  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  /// All that arrives until `count` bytes have come or the connection ends.
  func receive(_ count: Int) async -> String {
    var text = ""
    for await happening in happenings {
      if case .bytes(let bytes) = happening { text += bytes }
      if text.utf8.count >= count { break }
    }
    return text
  }
}

/// The events of one dial, as short texts.
final class Trace: Sendable {
  private let lines = Mutex<[String]>([])
  var events: [String] { lines.withLock { $0 } }
  func append(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Dials on a loop of its own.
///
/// - Parameter cancelAfter: cancels when the event with this name has happened.
func dial(
  _ url: String, resolver: any NameResolver & Sendable = SystemResolver(), trace: Trace = Trace(),
  cancelAfter: String? = nil, configure: @Sendable (inout TransportSettings) -> Void = { _ in }
) async throws -> Dialed {
  var settings = TransportSettings(url: try WebSocketURL(parsing: url))
  settings.connectTimeout = .seconds(30)
  configure(&settings)
  let loop = MultiThreadedEventLoopGroup.singleton.next()
  let (happenings, continuation) = AsyncStream<Happening>.makeStream()
  let final = settings
  let opened = loop.flatSubmit { () -> EventLoopFuture<Dialed> in
    var dialer: Dialer?
    var result: DialResult?
    let made = Dialer(settings: final, eventLoop: loop, resolver: resolver) { event in
      trace.append(name(of: event))
      guard name(of: event) == cancelAfter else { return }
      loop.assumeIsolated().execute { dialer?.cancel() }
    }
    dialer = made
    let promise = loop.makePromise(of: Dialed.self)
    made.dial {
      result = $0
      return Recorder(continuation)
    }
    .assumeIsolated().whenComplete { outcome in
      dialer = nil
      switch (outcome, result) {
      case (.success(let channel), let result?):
        promise.succeed(Dialed(channel: channel, result: result, happenings: happenings))
      case (.success, nil): promise.fail(TransportError.cancelled)
      case (.failure(let error), _): promise.fail(error)
      }
    }
    return promise.futureResult
  }
  return try await opened.get()
}

/// The outcome of a dial that must fail, in few words.
func failure(
  _ url: String, resolver: any NameResolver & Sendable = SystemResolver(), trace: Trace = Trace(),
  cancelAfter: String? = nil, configure: @Sendable (inout TransportSettings) -> Void = { _ in }
) async throws -> String {
  do {
    let dialed = try await dial(
      url, resolver: resolver, trace: trace, cancelAfter: cancelAfter, configure: configure)
    try? await dialed.channel.close().get()
    return "connected"
  } catch let error as TransportError {
    return summary(error)
  }
}

func name(of event: TransportEvent) -> String {
  switch event {
  case .resolving: "resolving"
  case .resolved: "resolved"
  case .attempt: "attempt"
  case .attemptFailed: "attemptFailed"
  case .connected: "connected"
  case .proxyAsked: "proxyAsked"
  case .proxyAnswered: "proxyAnswered"
  case .tlsStarted: "tlsStarted"
  case .tlsEstablished: "tlsEstablished"
  case .upgradeSent: "upgradeSent"
  case .upgradeReceived: "upgradeReceived"
  case .upgraded: "upgraded"
  case .failed: "failed"
  case .closed: "closed"
  }
}

/// A transport error in few words, for tables.
func summary(_ error: TransportError) -> String {
  switch error {
  case .resolution(let host, let failure): "resolution \(host) \(failure)"
  case .connection(let attempts): "connection \(attempts.map { "\($0.errno ?? -1)" }.joined(separator: ","))"
  case .timeout(let phase, _, let attempts): "timeout \(phase)\(attempts.isEmpty ? "" : " \(attempts.count)")"
  case .proxy(let failure): "proxy \(failure)"
  case .tlsHandshake(let failure): "handshake \(failure)"
  case .tlsCertificate(let failure): "certificate \(failure.kind)"
  case .tlsFile(let failure): "file \(failure.role) \(failure.kind)"
  case .tlsSetting(let name, _): "setting \(name)"
  case .upgradeRequest(let error): "request \(error)"
  case .upgradeRefused(let refusal):
    "refused \(refusal.status) \(String(decoding: refusal.bodyPrefix, as: UTF8.self))"
  case .upgradeInvalid(let violation): "invalid \(violation.kind)"
  case .notHTTP(let looksLike): "not HTTP: \(looksLike)"
  case .webSocket(let violation): "webSocket \(violation)"
  case .closed(let reason, let phase): "closed \(reason) \(phase)"
  case .system(let code, _): "system \(code)"
  case .cancelled: "cancelled"
  }
}

/// Gives the same answer for every name, whatever port is asked for; nil never answers.
struct FixedResolver: NameResolver {
  var answer: Result<[SocketAddress], ResolutionFailure>?

  static let hanging = FixedResolver(answer: nil)

  func resolve(
    _ host: String, port: Int, family: AddressFamily, on eventLoop: any EventLoop
  ) -> Resolution {
    let promise = eventLoop.makePromise(of: [SocketAddress].self)
    switch answer {
    case .success(let addresses): promise.succeed(addresses)
    case .failure(let failure): promise.fail(failure)
    case nil: break
    }
    return Resolution(
      addresses: promise.futureResult, onCancel: { promise.fail(ResolutionFailure.temporary) })
  }
}
