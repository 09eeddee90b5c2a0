import Glibc
import NIOCore
import NIOPosix

/// The connection attempts of one dial: ``HappyEyeballs`` put into practice with NIO's bootstrap.
/// Confined to its event loop.
final class ConnectionAttempts {
  enum Outcome {
    case connected(any Channel)
    case failed([FailedAttempt])
    /// Not this address's fault: the process or the system ran out of something.
    case exhausted(errno: Int32)
  }

  private var eyeballs: HappyEyeballs
  private let bootstrap: ClientBootstrap
  private let eventLoop: any EventLoop
  private let emit: (TransportEvent) -> Void
  private var onOutcome: ((Outcome) -> Void)?
  private var channels: [Int: any Channel] = [:]
  private var connected: [Int: any Channel] = [:]
  private var failures: [FailedAttempt] = []
  private var timer: Scheduled<Void>?

  init(
    _ addresses: [SocketAddress], delay: Duration, bootstrap: ClientBootstrap, eventLoop: any EventLoop,
    emit: @escaping (TransportEvent) -> Void, onOutcome: @escaping (Outcome) -> Void
  ) {
    self.eyeballs = HappyEyeballs(addresses, delay: TimeAmount(delay))
    self.bootstrap = bootstrap
    self.eventLoop = eventLoop
    self.emit = emit
    self.onOutcome = onOutcome
  }

  func start() {
    perform(eyeballs.start(now: .now()))
  }

  /// Closes what is still connecting; no outcome is reported any more.
  func abandonAll() {
    onOutcome = nil
    perform(eyeballs.cancel())
  }

  /// What was tried so far, in vain or without an answer yet.
  var unsuccessful: [FailedAttempt] {
    failures + eyeballs.running.map { FailedAttempt(address: eyeballs.addresses[$0], errno: nil) }
  }

  private func perform(_ actions: [HappyEyeballs.Action]) {
    timer?.cancel()
    timer = nil
    if let next = eyeballs.nextAttemptAt {
      timer = eventLoop.assumeIsolated().scheduleTask(deadline: next) {
        self.perform(self.eyeballs.timerFired(now: .now()))
      }
    }
    for action in actions {
      switch action {
      case .attempt(let index): attempt(index)
      case .abandon(let index): channels.removeValue(forKey: index)?.close(promise: nil)
      case .use(let index): use(index)
      case .giveUp: end(.failed(failures))
      }
    }
  }

  private func attempt(_ index: Int) {
    let address = eyeballs.addresses[index]
    emit(.attempt(address))
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    bootstrap
      .channelInitializer { channel in
        // The only way to get hold of a channel that is still connecting, and so to give it up.
        bound.value.channels[index] = channel
        return channel.eventLoop.makeCompletedFuture { try SocketTuning.prepareClient(channel) }
      }
      .connect(to: address).assumeIsolated().whenComplete { result in
        switch result {
        case .success(let channel): self.succeeded(index, channel)
        case .failure(let error): self.failed(index, error)
        }
      }
  }

  private func succeeded(_ index: Int, _ channel: any Channel) {
    // A connection to a free port of this machine can happen to meet itself.
    if let local = channel.localAddress, local == channel.remoteAddress {
      channel.close(promise: nil)
      return failed(index, IOError(errnoCode: ECONNREFUSED, reason: "connected to itself"))
    }
    connected[index] = channel
    perform(eyeballs.connected(index))
    connected[index] = nil
  }

  private func failed(_ index: Int, _ error: any Error) {
    channels[index] = nil
    guard onOutcome != nil, eyeballs.running.contains(index) else { return }
    let code = (error as? IOError)?.errnoCode ?? ETIMEDOUT
    let failure = FailedAttempt(address: eyeballs.addresses[index], errno: code)
    failures.append(failure)
    emit(.attemptFailed(failure))
    switch code {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: end(.exhausted(errno: code))
    default: perform(eyeballs.failed(index, now: .now()))
    }
  }

  private func use(_ index: Int) {
    channels[index] = nil
    guard let channel = connected[index] else { return }
    emit(.connected(local: channel.localAddress, remote: eyeballs.addresses[index]))
    end(.connected(channel))
  }

  private func end(_ outcome: Outcome) {
    let report = onOutcome
    abandonAll()
    report?(outcome)
  }
}

extension Dialer {
  func connect(to addresses: [SocketAddress]) {
    do throws(TransportError) {
      let local = try localAddress()
      let usable = addresses.filter { local == nil || local?.protocol == $0.protocol }
      guard !usable.isEmpty else {
        let family: AddressFamily =
          local.map { $0.protocol == .inet ? .ipv4 : .ipv6 } ?? settings.addressFamily
        return resolutionFailed(settings.proxy?.host ?? settings.url.host, .noAddress(family))
      }
      phase = .tcp
      let attempts = ConnectionAttempts(
        usable, delay: settings.attemptDelay, bootstrap: try bootstrap(from: local), eventLoop: eventLoop,
        emit: { self.emit($0) }, onOutcome: { self.connectingEnded($0) })
      self.attempts = attempts
      attempts.start()
    } catch {
      fail(error)
    }
  }

  private func connectingEnded(_ outcome: ConnectionAttempts.Outcome) {
    switch outcome {
    case .connected(let channel): open(channel)
    case .failed(let failures):
      fail(settings.proxy == nil ? .connection(failures) : .proxy(.connection(failures)))
    case .exhausted(let code): fail(.system(errno: code, operation: "socket"))
    }
  }

  private func localAddress() throws(TransportError) -> SocketAddress? {
    guard let text = settings.bindAddress else { return nil }
    guard let address = SystemResolver.literal(text, port: 0) else {
      throw .system(errno: EINVAL, operation: "bind to \(text)")
    }
    return address
  }

  private func bootstrap(from local: SocketAddress?) throws(TransportError) -> ClientBootstrap {
    guard let bootstrap = ClientBootstrap(validatingGroup: eventLoop) else {
      throw .system(errno: EINVAL, operation: "event loop without sockets")
    }
    // Ours ends first.
    let configured = bootstrap.connectTimeout(TimeAmount(settings.connectTimeout) + .seconds(5))
    return local.map { configured.bind(to: $0) } ?? configured
  }
}

/// Socket options that dialer and listener share.
enum SocketTuning {
  /// Sets the options of a channel that is to connect, directly: those of a bootstrap pass through a chain of
  /// futures each.
  static func prepareClient(_ channel: any Channel) throws {
    guard let options = channel.syncOptions else { return }
    // The handlers go in when the connection is chosen; until then nobody could take what is read.
    try options.setOption(.autoRead, value: false)
    try options.setOption(.recvAllocator, value: receiveAllocator)
    try options.setOption(.socketOption(.so_keepalive), value: 1)
    try options.setOption(userTimeout, value: userTimeoutMilliseconds)
  }

  /// Grows to what a busy connection needs and costs an idle one little.
  static let receiveAllocator = AdaptiveRecvByteBufferAllocator(
    minimum: 512, initial: 1024, maximum: 256 * 1024)
  /// A peer that acknowledges nothing for this long is gone: without it, the system waits for a quarter of
  /// an hour.
  static let userTimeoutMilliseconds = 30_000
  static let userTimeout = ChannelOptions.Types.SocketOption(
    level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT))
}
