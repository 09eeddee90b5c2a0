import MQTTPackets
import MQTTSession
import NIOCore

/// What the broker knows of one client identifier while it has a connection, and for as long after
/// it as the client asked for.
final class ClientSession {
  /// A message that waits for its turn.
  struct Queued {
    /// As it goes to this session: QoS, retain flag and properties are settled.
    var message: Message
    var expires: MonotonicTime?
    var cost: Int
  }

  let number: SessionNumber
  let clientIdentifier: String
  /// A session does not change its version: a client that comes back with another starts anew.
  let version: ProtocolVersion
  /// By the text of the filter.
  var subscriptions: [ExactText: TopicFilter] = [:]
  /// Both directions of QoS 1 and 2. Its queue stays empty: messages wait in ours, which knows their expiry.
  var delivery: DeliveryState
  var queue = CircularBuffer<Queued>()
  /// The sum of the costs in `queue`.
  var queuedBytes = 0

  /// nil while the client is away.
  var link: ClientLink?
  /// Seconds that the session outlives its connection; `.max` is for ever.
  var expiryInterval: UInt32 = 0
  /// Set while the client is away, unless the session never expires.
  var expires: MonotonicTime?
  var will: Message?
  /// Set while the client is away and its will is still to be published.
  var willDue: MonotonicTime?

  /// Connections that are not read because this session does not keep up.
  var heldUp: Set<ConnectionID> = []
  /// When the client last took something, or messages began to wait for it.
  var lastProgress = MonotonicTime(nanoseconds: 0)
  /// Took nothing for so long that it may no longer hold anybody up.
  var isStalled = false

  var droppedAtMostOnce = 0
  var droppedAcknowledged = 0

  init(number: SessionNumber, clientIdentifier: String, version: ProtocolVersion) {
    self.number = number
    self.clientIdentifier = clientIdentifier
    self.version = version
    delivery = DeliveryState(version: version)
  }
}
