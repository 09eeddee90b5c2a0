import MQTTPackets
import MQTTSession

/// One connection, from the upgrade to its end.
final class ClientLink {
  let id: ConnectionID
  /// nil until a CONNECT was accepted.
  var session: ClientSession?
  /// Of the client: larger packets are not sent to it ([MQTT-3.1.2-24]).
  var maximumPacketSize = Int.max
  /// Of CONNECT, for the rule about DISCONNECT ([MQTT-3.1.2-23]).
  var connectExpiryInterval: UInt32 = 0
  var aliases = TopicAliases()

  /// Silence longer than this ends the connection; nil while the client asked for no limit.
  var patience: Duration?
  var lastReceived: MonotonicTime
  /// Costs of forwards that have not left yet.
  var outstanding = 0
  /// Sessions that this publisher is held up for; it is not read while there are any.
  var holders: Set<SessionNumber> = []

  init(id: ConnectionID, now: MonotonicTime, patience: Duration) {
    self.id = id
    self.patience = patience
    lastReceived = now
  }
}
