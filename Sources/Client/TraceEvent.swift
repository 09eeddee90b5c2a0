import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// What really happened on a connection, in order: the one tap that traces, captures, the wire view and
/// the phase times of doctor and bench read. `WireReader` makes frames and packets of it.
package struct TraceEvent: Sendable {
  package enum Direction: Sendable, Equatable {
    case sent
    case received
  }

  package enum Kind: Sendable {
    case transport(TransportEvent)
    /// What crossed the wire after the upgrade, as it was read or handed to the socket: in order,
    /// decrypted, a client's frames masked.
    case bytes(Direction, ByteBuffer)
    /// What this side objected to, after the bytes that show it; the buffer begins with the frame or
    /// packet, as far as there is one, and is cut after 1 KiB.
    case violation(ClientError, ByteBuffer)
    case state(ConnectionState)
  }

  package var time: MonotonicTime
  package var kind: Kind

  package init(time: MonotonicTime, kind: Kind) {
    self.time = time
    self.kind = kind
  }
}

/// The states that a user can tell apart.
package enum ConnectionState: Sendable, Equatable {
  case connecting(attempt: Int)
  case connected(resumed: Bool)
  case waiting(Duration)
  case closing
  case ended
}
