import MQTTPackets
import MQTTSession
import NIOCore

/// Hears what happens on a `Connection`, on its event loop. Calls into the connection are allowed from
/// every method.
package protocol ConnectionDelegate: AnyObject {
  /// A message; `sequence` counts 1, 2, 3 … over the run. QoS 1 and 2 are acknowledged only after
  /// `Connection.delivered(upTo:)`.
  func connection(_ connection: Connection, received publish: Publish, sequence: UInt64)

  /// All that was read so far has been handed over: the time to write a batch out.
  func connectionDrainedInput(_ connection: Connection)

  /// The end of a `publish`; exactly one per request unless the run ends first.
  func connection(_ connection: Connection, finished request: RequestID, _ outcome: PublishOutcome)

  /// The socket has room again. (The in-flight window has whenever a request has finished.)
  func connectionCanSend(_ connection: Connection)

  func connection(_ connection: Connection, _ event: ConnectionEvent)
}

/// Takes large messages of QoS 0 as they come, in place of `connection(_:received:sequence:)`. A connection
/// that is lost, or ended, meanwhile says so by its event; the rest of the payload never comes then.
package protocol PayloadStream: AnyObject {
  /// `publish` has all but its payload.
  func connection(_ connection: Connection, began publish: Publish, payloadLength: Int, sequence: UInt64)

  /// The next bytes of the payload, and how many are still to come; 0 is the end of it.
  func connection(_ connection: Connection, continued part: ByteBuffer, left: Int)
}

/// What happens rarely enough to be told by value.
package enum ConnectionEvent: Sendable {
  case connected(ConnAck, resumed: Bool)
  case subscribed(RequestID, SubAck, asked: [Subscription])
  case unsubscribed(RequestID, UnsubAck)
  /// A subscribe or unsubscribe request that this server cannot be sent.
  case rejected(RequestID, LocalRefusal)
  /// After a reconnection without its session, this was the server's answer for what we had.
  case resubscribed(SubAck, asked: [Subscription])
  case authentication(Auth)
  case sessionLost(SessionLoss)
  /// The connection failed or was lost and is tried again after the delay.
  case retrying(ClientError, after: Duration)
  /// Nothing follows. nil when `disconnect` or `abort` asked for it.
  case ended(ClientError?)
}
