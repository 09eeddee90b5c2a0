import MQTTPackets
import MQTTSession
import NIOCore
import WebSocketTransport

/// One entry of a connection's timeline, as people look at it.
package struct WireItem: Sendable {
  package enum Kind: Sendable {
    case transport(TransportEvent)
    case state(ConnectionState)
    case frame(WireFrame)
    case packet(WirePacket)
    case rejected(WireRejection)
  }

  /// 1, 2, 3 … over all connections of a run.
  package var number: Int
  /// When the event that completed it was taken.
  package var time: MonotonicTime
  /// Which connection of the run, from 1; 0 before the first attempt.
  package var connection: Int
  package var kind: Kind
}

/// A WebSocket frame. It comes before the packets in it; a long one as soon as there is more of it than
/// is kept, or than was read at once.
package struct WireFrame: Sendable {
  package var direction: TraceEvent.Direction
  package var header: FrameHeader
  /// As they crossed the wire, mask key included.
  package var headerBytes: [UInt8]
  /// The first bytes of the payload, unmasked; all of them for a control frame.
  package var payload: ByteBuffer
}

/// An MQTT packet.
package struct WirePacket: Sendable {
  package var direction: TraceEvent.Direction
  /// To the server when a client sent it.
  package var flow: PacketDecoder.Direction
  package var version: ProtocolVersion
  package var type: PacketType
  /// The payload of a PUBLISH ends where `bytes` do. nil for another packet of which not all is kept.
  package var packet: Packet?
  /// The first bytes, fixed header included.
  package var bytes: ByteBuffer
  /// Of the whole packet.
  package var length: Int
  /// The numbers of the frames that carried it, nil without a WebSocket.
  package var frames: Frames?
  package var answers: WireAnswer?

  /// Frames of one direction, which other items may lie between.
  package struct Frames: Sendable, Equatable {
    package var first: Int
    package var last: Int
    package var count: Int
  }
}

/// Which packet another one answers.
package struct WireAnswer: Sendable, Equatable {
  /// The number of the packet that is answered.
  package var number: Int
  package var roundTrip: Duration
  /// The packet that the exchange began with: for a PUBCOMP the PUBLISH. The same as `number` for the
  /// first answer.
  package var first: Int
  package var total: Duration
}

/// Bytes that are no legal frame or packet, or that this side objected to.
package struct WireRejection: Sendable {
  /// After bytes that broke a rule, nothing that follows in this direction can be told apart.
  package var direction: TraceEvent.Direction
  package var flow: PacketDecoder.Direction
  package var error: ClientError
  /// From the first byte of the frame as it crossed the wire, or of the packet; cut after 1 KiB, and empty
  /// when the session objects to a packet that is legal by itself.
  package var bytes: ByteBuffer
  package var version: ProtocolVersion
}
