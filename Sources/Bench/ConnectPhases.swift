import Client
import MQTTSession

/// Takes the times of one attempt to connect from the connection's events. What a connection does not
/// need, such as TLS, has no time.
struct ConnectPhases {
  private(set) var times: [(kind: LatencyKind, nanoseconds: Int64)] = []
  private var began: UInt64 = 0
  private var last: UInt64 = 0

  /// - Returns: whether the attempt has come to its CONNACK.
  mutating func record(_ event: TraceEvent) -> Bool {
    let now = event.time.nanoseconds
    switch event.kind {
    case .state(.connecting):
      times.removeAll(keepingCapacity: true)
      began = now
      last = now
    case .state(.connected):
      step(.connAck, now)
      times.append((.connect, Int64(clamping: now - min(began, now))))
      return true
    case .transport(let event):
      switch event {
      case .resolved: step(.dns, now)
      case .connected: step(.tcp, now)
      case .tlsEstablished: step(.tls, now)
      case .upgradeSent: last = now
      case .upgradeReceived: pending = now
      case .upgraded:
        if let pending { step(.upgrade, pending) }
        pending = nil
        last = now
      default: break
      }
    default: break
    }
    return false
  }
  /// When the last bytes of the server's answer came: without them there was no upgrade.
  private var pending: UInt64?

  private mutating func step(_ kind: LatencyKind, _ now: UInt64) {
    times.append((kind, Int64(clamping: now - min(last, now))))
    last = now
  }
}
