import MQTTPackets

/// Where the bytes of the message last encoded stand, for the next subscriber of the same one. A
/// server's frames are not masked, so they are the same for all of one version.
struct SharedBytes {
  private struct Place {
    let sharing: UInt64
    let connection: BrokerConnection
    let range: Range<Int>
  }

  private var older: Place?
  private var newer: Place?

  /// The connection whose pending bytes hold the frame, and where.
  func find(_ sharing: UInt64, _ version: ProtocolVersion) -> (BrokerConnection, Range<Int>)? {
    guard let place = version == .v5 ? newer : older, place.sharing == sharing else { return nil }
    return (place.connection, place.range)
  }

  mutating func remember(
    _ sharing: UInt64, _ version: ProtocolVersion, _ connection: BrokerConnection, _ range: Range<Int>
  ) {
    let place = Place(sharing: sharing, connection: connection, range: range)
    if version == .v5 { newer = place } else { older = place }
  }

  /// The pending bytes are about to leave.
  mutating func forget() {
    older = nil
    newer = nil
  }
}
