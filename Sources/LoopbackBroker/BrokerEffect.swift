import MQTTPackets

/// One connection to a broker; chosen by whoever owns the sockets and never reused.
package struct ConnectionID: Hashable, Sendable {
  package var rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What the owner of the sockets has to do for a `Broker`, in this order.
package enum BrokerEffect: Equatable, Sendable {
  case send(Packet, ProtocolVersion, to: ConnectionID)
  /// A message on its way to a subscriber. Its `cost` is to be given back by `Broker.written` once
  /// the bytes have left. Publishes with the same `sharing` other than 0 have the same bytes in the
  /// same protocol version.
  case forward(Publish, ProtocolVersion, to: ConnectionID, cost: Int, sharing: UInt64)
  /// The CONNECT was accepted: from here on this packet limit counts.
  case accepted(ConnectionID, maximumPacketSize: Int)
  /// Close once everything sent before is out. The broker has forgotten the connection.
  case close(ConnectionID, CloseCause)
  /// Stop reading from the connection: a receiver of its messages does not keep up.
  case pauseReading(ConnectionID)
  case resumeReading(ConnectionID)
  case notice(BrokerNotice)

  /// Why a connection ends, as far as the layer below has a code for it.
  package enum CloseCause: Equatable, Sendable {
    /// After a DISCONNECT of the client, or the MQTT error was told in a packet.
    case normal
    case shutdown
    /// An MQTT rule was broken and MQTT has no packet to say so.
    case protocolError
    case packetTooLarge
    case timeout
  }
}

/// Something that an operator of the broker wants to know. Client identifiers and topics are the
/// peers' text: escape them.
package enum BrokerNotice: Equatable, Sendable {
  case connected(ConnectionID, clientIdentifier: String, version: ProtocolVersion, resumed: Bool)
  case refused(ConnectionID, clientIdentifier: String, ReasonCode)
  /// `reason` is what the one who ended it said; nil when the connection was simply gone.
  case disconnected(ConnectionID, clientIdentifier: String, ReasonCode?)
  /// The first message that a session lost, and then every power of two of them. Counts since it began.
  case dropped(clientIdentifier: String, atMostOnce: Int, acknowledged: Int)
  case publishDenied(clientIdentifier: String, topic: String)
  case retainedStoreFull(topic: String)
}

/// Totals since the start.
package struct BrokerCounters: Equatable, Sendable {
  package var connections = 0
  /// Application messages that clients and devices published.
  package var received = 0
  /// Application messages handed to connections.
  package var sent = 0
  /// QoS 0 messages that a slow receiver did not get.
  package var droppedAtMostOnce = 0
  /// QoS 1 and 2 messages that a full queue, a receiver's packet limit or their expiry kept back.
  package var droppedAcknowledged = 0

  package init() {}
}
