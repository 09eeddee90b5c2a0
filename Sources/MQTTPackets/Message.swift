import NIOCore

/// An Application Message: what a publisher hands over and a subscriber gets, without the fields
/// that belong to one PUBLISH packet only.
package struct Message: Equatable, Sendable {
  /// A valid topic name; empty only in a received PUBLISH whose topic alias is not yet resolved.
  package var topic: String
  package var payload: ByteBuffer
  package var qos: QoS
  package var retain: Bool
  /// PUBLISH or will properties; always empty in 3.1.1.
  package var properties: Properties

  package init(
    topic: String, payload: ByteBuffer = ByteBuffer(), qos: QoS = .atMostOnce,
    retain: Bool = false, properties: Properties = []
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.retain = retain
    self.properties = properties
  }
}
