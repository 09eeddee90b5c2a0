import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// What really happened on a connection, in order: the one tap that traces, captures, the wire view and
/// the phase times of doctor and bench read.
package struct TraceEvent: Sendable {
  package enum Direction: Sendable, Equatable {
    case sent
    case received
  }

  package enum Kind: Sendable {
    case transport(TransportEvent)
    /// A frame as it crossed the wire; data frames are reported with their length only.
    case frame(Direction, FrameOpcode, fin: Bool, payloadLength: Int, payload: ByteBuffer?)
    /// A packet, also one that was rejected right afterwards.
    case packet(Direction, Packet)
    /// Bytes that no packet could be made of.
    case rejected(DecodeError, ByteBuffer)
    case state(ConnectionState)
  }

  package var time: MonotonicTime
  package var kind: Kind
}

/// The states that a user can tell apart.
package enum ConnectionState: Sendable, Equatable {
  case connecting(attempt: Int)
  case connected(resumed: Bool)
  case waiting(Duration)
  case closing
  case ended
}
