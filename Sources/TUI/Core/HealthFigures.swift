import MQTTSession

/// Numbers about the connection that the event loop knows, as of one moment. Sent about once a second.
package struct HealthFigures: Sendable, Equatable {
  /// A distribution of round trips; nil fields while nothing was measured.
  package struct RoundTrips: Sendable, Equatable {
    package var count = 0
    package var last: Duration?
    package var median: Duration?
    package var p99: Duration?
    package var longest: Duration?

    package init() {}
  }

  /// A QoS 1 or 2 exchange that is not finished.
  package struct Exchange: Sendable, Equatable {
    package var packetIdentifier: UInt16
    package var isSent: Bool
    /// What is waited for: `PUBACK`, `PUBREC`, `PUBCOMP`, `PUBREL`.
    package var waitsFor: String
    package var topic: String
    package var since: MonotonicTime

    package init(
      packetIdentifier: UInt16, isSent: Bool, waitsFor: String, topic: String, since: MonotonicTime
    ) {
      self.packetIdentifier = packetIdentifier
      self.isSent = isSent
      self.waitsFor = waitsFor
      self.topic = topic
      self.since = since
    }
  }

  package struct Queue: Sendable, Equatable {
    package var name: String
    package var used: Int
    package var capacity: Int
    package var isBytes: Bool
    /// Since the start.
    package var dropped: UInt64

    package init(_ name: String, used: Int, capacity: Int, isBytes: Bool, dropped: UInt64 = 0) {
      self.name = name
      self.used = used
      self.capacity = capacity
      self.isBytes = isBytes
      self.dropped = dropped
    }
  }

  /// PINGREQ to PINGRESP.
  package var mqttPing = RoundTrips()
  /// PUBLISH to PUBACK or PUBREC.
  package var publishAck = RoundTrips()
  /// WebSocket ping to pong; only on request.
  package var webSocketPing = RoundTrips()
  package var counters = TrafficCounters()
  /// nil when keep-alive is off.
  package var keepAlive: Duration?
  /// Whether the server replaced the interval that was asked for.
  package var isKeepAliveServers = false
  /// When the next PINGREQ is due if nothing else is sent.
  package var nextPing: MonotonicTime?
  /// The oldest first; at most 64.
  package var exchanges: [Exchange] = []
  package var sentInFlight = 0
  package var sendWindow = 0
  package var receivedInFlight = 0
  package var receiveWindow = 0
  package var queues: [Queue] = []
  /// Of the process; nil when it cannot be read.
  package var residentBytes: Int?

  package init() {}
}
