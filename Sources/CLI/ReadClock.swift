import MQTTSession
import Presentation

/// The wall time at which the bytes of messages were read. The clock is asked once a read, not once a message.
struct ReadClock {
  let now: () -> WallTime
  private var latest: (read: MonotonicTime, wall: WallTime)?

  init(_ now: @escaping () -> WallTime) { self.now = now }

  /// - Parameter read: `Connection.batchTime` while a message is handed over.
  mutating func time(ofReadAt read: MonotonicTime) -> WallTime {
    if let latest, latest.read == read { return latest.wall }
    let wall = now()
    latest = (read, wall)
    return wall
  }
}
