import NIOCore

/// The steps on a connected socket: proxy, TLS, upgrade, and handing over.
extension Dialer {
  func open(_ channel: any Channel) {
    guard !isOver else { return channel.close(promise: nil) }
    self.channel = channel
    let upgrade = UpgradeClientHandler(dialer: self)
    self.upgrade = upgrade
    do {
      try channel.pipeline.syncOperations.addHandler(upgrade)
      if let proxy = settings.proxy {
        try askProxy(proxy, channel)
      } else {
        secure()
      }
      try channel.syncOptions?.setOption(.autoRead, value: true)
    } catch {
      fail(TransportError(channelError: error, in: phase))
    }
  }

  private func askProxy(_ proxy: ProxySettings, _ channel: any Channel) throws {
    phase = .proxy
    let url = settings.url
    let handler = ProxyConnectHandler(
      proxy, host: url.isIPv6Literal ? "[\(url.host)]" : url.host, port: url.port,
      maximumHead: settings.maximumResponseHead
    ) { outcome, answer in
      switch outcome {
      case .opened(let status):
        self.emit(.proxyAnswered(status: status, answer))
        self.secure()
      case .failed(let failure):
        let status: Int? = if case .refused(let status, _) = failure { status } else { nil }
        if answer.readableBytes > 0 { self.emit(.proxyAnswered(status: status, answer)) }
        self.fail(.proxy(failure))
      }
    }
    emit(.proxyAsked(host: url.host, port: url.port, handler.request))
    try channel.pipeline.syncOperations.addHandler(handler, position: .first)
  }

  private func secure() {
    guard !isOver, let channel, let upgrade else { return }
    guard let tlsContext else { return startUpgrade() }
    phase = .tls
    let name = settings.tls.serverName ?? settings.url.host
    emit(.tlsStarted(serverName: name))
    do {
      let handler = try TLSHandler(tlsContext, serverName: TLSConnection.verifiableName(name))
      try channel.pipeline.syncOperations.addHandler(handler, position: .before(upgrade))
    } catch {
      fail(TransportError(channelError: error, in: .tls))
    }
  }

  func tlsEstablished(_ facts: TLSFacts) {
    guard !isOver else { return }
    tlsFacts = facts
    emit(.tlsEstablished(facts))
    startUpgrade()
  }

  private func startUpgrade() {
    guard settings.url.scheme.isWebSocket else { return handOver(nil) }
    phase = .upgrade
    var random = SystemRandomNumberGenerator()
    let key = UpgradeRequest.makeKey(
      from: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    let request = UpgradeRequest(
      target: settings.url.target, host: settings.hostHeader ?? settings.url.hostHeader, key: key,
      subprotocol: settings.subprotocol, origin: settings.origin, headers: settings.headers)
    var bytes = ByteBuffer()
    do throws(UpgradeRequestError) {
      try request.encode(into: &bytes)
    } catch {
      return fail(.upgradeRequest(error))
    }
    let parser = UpgradeResponseParser(
      key: key, subprotocol: settings.subprotocol,
      allowsMissingSubprotocol: settings.allowsMissingSubprotocol,
      maximumHeadLength: settings.maximumResponseHead)
    emit(.upgradeSent(bytes))
    upgrade?.start(bytes, parser)
  }

  /// Puts the owner's handler behind ours; what ours still has to pass on reaches it.
  func handOver(_ response: UpgradeResponse?) {
    guard !isOver, let channel, let makeHandler else { return }
    phase = .open
    let result = DialResult(
      response: response, localAddress: channel.localAddress, remoteAddress: channel.remoteAddress,
      tls: tlsFacts)
    upgrade?.handOver()
    // Before the owner can send anything.
    emit(.upgraded(response))
    do {
      try channel.pipeline.syncOperations.addHandler(makeHandler(result), position: .last)
      succeed(channel)
    } catch {
      fail(TransportError(channelError: error, in: .open))
    }
  }

  /// An error travelled up the channel before it was handed over.
  func channelFailed(_ error: any Error) {
    switch TransportError(channelError: error, in: phase) {
    case .closed(.tlsTruncated, _), .closed(.endOfStream, _): channelEnded()
    case .closed(let reason, _):
      fail(upgrade?.pendingRefusal.map(TransportError.upgradeRefused) ?? .closed(reason, phase))
    case let other: fail(other)
    }
  }

  /// The peer closed the connection before it was handed over.
  func channelEnded() {
    switch phase {
    case .proxy: fail(.proxy(.closed))
    case .tls: fail(.tlsHandshake(.closed))
    case .upgrade: fail(upgrade?.endOfStream() ?? .closed(.endOfStream, .upgrade))
    default: fail(.closed(.endOfStream, phase))
    }
  }
}
