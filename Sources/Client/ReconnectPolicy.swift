/// When a failed or lost connection is tried again. Pure: randomness comes in, delays go out.
///
/// The delay doubles from `firstDelay` to `longestDelay` with full jitter. A connection that was of use
/// starts the series anew; one that the server ends right after its CONNACK does not, or it would be
/// dialled several times a second for ever.
package struct ReconnectPolicy: Sendable, Equatable {
  /// How often the first connection may fail before the run does.
  package enum Retries: Sendable, Equatable {
    case limited(Int)
    case unlimited
  }

  package enum Decision: Sendable, Equatable {
    case retry(after: Duration)
    case stop
  }

  package var firstDelay: Duration = .milliseconds(250)
  package var longestDelay: Duration = .seconds(30)
  /// Failures before the first CONNACK that are forgiven (`--retry`).
  package var retries: Retries = .limited(0)
  /// Whether a connection lost after a CONNACK is dialled again (off with `--no-reconnect`).
  package var reconnects = true

  /// Whether there was a CONNACK in this run.
  package private(set) var hasConnected = false
  private var failures = 0
  private var lastTakeover: Duration?

  package init(retries: Retries = .limited(0), reconnects: Bool = true) {
    self.retries = retries
    self.reconnects = reconnects
  }

  /// A CONNACK with success has arrived.
  package mutating func connected() { hasConnected = true }

  /// Something else has arrived after it: a message, an answer.
  package mutating func progressed() { failures = 0 }

  /// - Parameters:
  ///   - permanence: what the failure says about trying again.
  ///   - now: monotonic time since any fixed instant.
  ///   - random: 64 uniformly random bits, for the jitter.
  package mutating func failed(_ permanence: Permanence, now: Duration, random: UInt64) -> Decision {
    switch permanence {
    case .permanent: return .stop
    case .takeover:
      defer { lastTakeover = now }
      if let lastTakeover, now - lastTakeover < Self.takeoverWindow { return .stop }
    case .transient: break
    }
    if hasConnected {
      guard reconnects else { return .stop }
    } else if case .limited(let limit) = retries, failures >= limit {
      return .stop
    }
    failures += 1
    var delay = jittered(random)
    if case .transient(let atLeast?) = permanence { delay = max(delay, atLeast) }
    return .retry(after: delay)
  }

  /// Two takeovers within this time mean that another client fights for the same identifier.
  private static let takeoverWindow: Duration = .seconds(10)

  private func jittered(_ random: UInt64) -> Duration {
    let doublings = min(failures - 1, 20)
    let ceiling = min(firstDelay * (1 << doublings), longestDelay)
    let nanoseconds = UInt64(max(ceiling / .nanoseconds(1), 0))
    return .nanoseconds(Int64(random.multipliedFullWidth(by: nanoseconds).high))
  }
}

/// What a failure says about trying again.
package enum Permanence: Sendable, Equatable {
  /// Trying again may help, after this time at the least.
  case transient(atLeast: Duration?)
  /// Another client took the session over: once is a restart, twice is a fight.
  case takeover
  /// Credentials, certificates, protocol errors: the next attempt would end the same way.
  case permanent

  package static let transient = Permanence.transient(atLeast: nil)
}
