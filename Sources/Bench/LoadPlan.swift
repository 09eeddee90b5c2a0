import MQTTPackets

/// What one run of load is to do: how many clients in which roles, how fast, for how long. A value; nothing
/// of it depends on a target.
package struct LoadPlan: Equatable, Sendable {
  /// Messages a second.
  package struct Rate: Equatable, Sendable {
    package var perSecond: Double
    /// Of each publishing client instead of all together.
    package var isPerClient: Bool

    package init(_ perSecond: Double, isPerClient: Bool = false) {
      self.perSecond = perSecond
      self.isPerClient = isPerClient
    }
  }

  package enum Pacing: Equatable, Sendable {
    /// Messages are due at instants fixed beforehand, whatever the broker does.
    case open(Rate)
    /// The next message goes when an earlier one has come through; as many as this are under way.
    case closed(window: Int)
    /// As fast as the sockets take.
    case flatOut
  }

  /// How the instants of an open loop are spread.
  package enum Arrival: String, Equatable, Sendable, CaseIterable {
    case even
    case poisson
  }

  /// How many messages of one client may be under way in an open loop. What is due beyond that waits, and
  /// its latency counts from when it was due.
  package enum Window: Equatable, Sendable {
    /// A small multiple of what the observed latency needs at this rate, so that a stalled broker does not
    /// take in a whole backlog.
    case adaptive
    case fixed(Int)
    case unlimited
  }

  /// Who hears whom.
  package enum Routing: String, Equatable, Sendable, CaseIterable {
    /// Each subscriber hears one publisher.
    case pairs
    /// Each subscriber hears all publishers.
    case all
    /// The subscribers are one group that shares the messages of all publishers.
    case shared
  }

  /// Clients that only publish, only subscribe, publish and hear themselves, or only connect.
  package var publishers = 1
  package var subscribers = 1
  package var echoing = 0
  package var idle = 0
  package var routing = Routing.pairs

  package var pacing = Pacing.open(Rate(1000))
  package var arrival = Arrival.even
  package var window = Window.adaptive

  /// Of the load, without connecting and waiting for the last messages.
  package var duration: Duration? = .seconds(10)
  /// Of all publishers together.
  package var messages: UInt64?
  /// Connections a second while the clients connect.
  package var connectRate = 1000.0
  /// Messages due in this time from the start, or this time before the end, are sent and counted, but not
  /// measured.
  package var warmUp = Duration.zero
  package var trim = Duration.zero
  /// How long the last messages are waited for.
  package var drain = Duration.seconds(5)
  /// Of one point of the time series.
  package var interval = Duration.seconds(1)

  package var topic = LoadTopic.standard
  /// Of each publisher; the placeholder `{topic}` is its number.
  package var topicsPerClient = 1
  package var payload = PayloadPlan.fixed(64)
  /// Whether payloads begin with the header that latency and loss are measured by.
  package var hasHeader = true
  package var qos: UInt8 = 0
  package var retain = false
  package var publishProperties: Properties = []
  package var subscribeProperties: Properties = []

  package init() {}

  package var clients: Int { publishers + subscribers + echoing + idle }
  /// Clients that publish.
  package var senders: Int { publishers + echoing }
  /// Clients that subscribe.
  package var receivers: Int { subscribers + echoing }
  /// Numbered sequences of messages: one for each topic of each sender.
  package var streams: Int { senders * topicsPerClient }

  /// Messages a second of all senders together; nil outside an open loop.
  package var totalRate: Double? {
    guard case .open(let rate) = pacing else { return nil }
    return rate.isPerClient ? rate.perSecond * Double(senders) : rate.perSecond
  }

  /// Whether messages come back to this process and can be measured from end to end.
  package var measuresLatency: Bool { hasHeader && senders > 0 && receivers > 0 }
  package var measuresAcknowledgements: Bool { senders > 0 && qos > 0 }

  /// How many receivers get one message of `sender`.
  package func audience(of sender: Int) -> Int {
    let isEchoing = sender >= publishers
    switch routing {
    case .all: return subscribers + (isEchoing ? 1 : 0)
    case .shared: return (subscribers > 0 ? 1 : 0) + (isEchoing ? 1 : 0)
    case .pairs:
      if isEchoing { return 1 }
      guard sender < subscribers else { return subscribers >= publishers ? 1 : 0 }
      return (subscribers - sender - 1) / max(publishers, 1) + 1
    }
  }
}

extension Duration {
  /// Clamped to about 292 years either way.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }

  package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
