import MQTTPackets

/// Chosen by the caller of a request and echoed in the effect that ends it. Only the caller needs it
/// to be unique.
package struct RequestID: Hashable, Sendable {
  package var rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What the owner of a `Session` has to do, in this order.
package enum Effect: Equatable, Sendable {
  case send(Packet)
  /// The CONNACK that accepted us. With `resumed` false the server knows no subscription of ours;
  /// subscribe requests that it has not answered yet are sent again without being asked for.
  case connected(ConnAck, resumed: Bool)
  /// One message, `sequence` 1, 2, 3 … over the run and all QoS. The topic is never an alias. QoS 1
  /// and 2 wait for `Session.delivered(upTo:)` before they are acknowledged.
  case deliver(sequence: UInt64, Publish)
  case published(RequestID, PublishOutcome)
  case subscribed(RequestID, SubAck, asked: [Subscription])
  case unsubscribed(RequestID, UnsubAck)
  /// A subscribe or unsubscribe request that this server cannot be sent.
  case rejected(RequestID, LocalRefusal)
  /// The server's half of an AUTH exchange; answer it with `Session.authenticate` unless its reason
  /// code is success.
  case authentication(Auth)
  /// Comes before `connected(_, resumed: false)`.
  case sessionLost(SessionLoss)
  /// A CONNACK with an error; `close` follows.
  case refused(ConnAck)
  /// By the server; `close` follows.
  case disconnected(Disconnect)
  /// A DISCONNECT precedes it where the version allows one; `close` follows.
  case violation(ProtocolViolation)
  /// Close the transport once what was sent before is out.
  case close
}

/// How a publish request ended. Every request gets one, unless the run ends first.
package enum PublishOutcome: Equatable, Sendable {
  /// QoS 0: handed to the transport, nothing more is known.
  case sent
  /// The server took the message. A QoS 2 message has the reason code of its PUBREC.
  case acknowledged(ReasonCode, Properties)
  /// The server answered with an error.
  case failed(ReasonCode, Properties)
  /// Never sent.
  case rejected(LocalRefusal)
  /// QoS 2: sent at least once, then the server lost the session. It may or may not have been
  /// delivered, and sending it again could deliver it twice.
  case unknown
}

/// Why a request was not sent: the CONNACK, or our own bounds, rule it out.
package enum LocalRefusal: Equatable, Sendable {
  /// Maximum QoS of the server.
  case qosAboveMaximum(QoS)
  case retainUnavailable
  /// Bytes of the packet, and Maximum Packet Size of the server.
  case packetTooLarge(size: Int, maximum: Int)
  /// Topic Alias Maximum of the server.
  case topicAliasAboveMaximum(UInt16)
  case wildcardSubscriptionUnavailable(filter: String)
  case sharedSubscriptionUnavailable(filter: String)
  case subscriptionIdentifiersUnavailable
  /// Bytes of `SessionSettings.queueLimit`.
  case queueFull(limit: Int)
  /// An AUTH that no rule of this version, or of this moment, allows.
  case authenticationNotPossible
}

/// What ended with a session that the server no longer had.
package struct SessionLoss: Equatable, Sendable {
  /// QoS 1 messages that were sent and now go out again as new ones.
  package var resent: Int
  /// QoS 2 messages with a `PublishOutcome.unknown`.
  package var unknown: Int
  /// Incoming QoS 2 messages whose release is no longer awaited: the server may deliver them again.
  package var forgotten: Int

  package init(resent: Int = 0, unknown: Int = 0, forgotten: Int = 0) {
    self.resent = resent
    self.unknown = unknown
    self.forgotten = forgotten
  }
}

/// A rule of the specification that the peer broke, as seen by the session (malformed bytes are the
/// decoder's).
package struct ProtocolViolation: Error, Equatable, Sendable {
  /// What 5.0 calls it; not necessarily sent.
  package var reasonCode: ReasonCode
  /// The packet that showed it; nil when it is the lack of one.
  package var packet: PacketType?
  /// As the specification writes it: `[MQTT-3.2.0-2]`.
  package var rule: String
  /// What was seen, without anything the peer wrote.
  package var detail: String

  package init(_ reasonCode: ReasonCode, _ packet: PacketType?, rule: String, detail: String) {
    self.reasonCode = reasonCode
    self.packet = packet
    self.rule = rule
    self.detail = detail
  }
}
