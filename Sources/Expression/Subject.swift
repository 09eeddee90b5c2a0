import MQTTPackets

/// What an expression is held against: one message, packet or frame. A nil is a field that it lacks.
///
/// The payload is borrowed: a subject lives no longer than the closure that lent the bytes.
package struct Subject {
  package enum Direction: Equatable, Sendable {
    case incoming
    case outgoing
  }

  package struct Frame: Equatable, Sendable {
    /// RFC 6455 5.2.
    package var opcode: UInt8
    package var isFinal: Bool
    package var length: Int

    package init(opcode: UInt8, isFinal: Bool, length: Int) {
      self.opcode = opcode
      self.isFinal = isFinal
      self.length = length
    }
  }

  package var topic: String?
  package var payload: UnsafeRawBufferPointer?
  /// The JSON that `json.…` looks into, where that is not the payload itself: what it was decoded to.
  package var document: UnsafeRawBufferPointer?
  /// Of the payload in bytes, where only a part of it is at hand; nil takes the payload's own.
  package var size: Int?
  package var qos: QoS?
  package var retain: Bool?
  package var isDuplicate: Bool?
  package var packetIdentifier: UInt16?
  package var properties: Properties = []
  package var direction: Direction?
  package var type: PacketType?
  /// Messages per second of the topic.
  package var rate: Double?
  /// Seconds since it came.
  package var age: Double?
  /// Seconds between a packet and its answer.
  package var roundTrip: Double?
  package var reasonCode: UInt8?
  package var frame: Frame?

  package init() {}

  package init(_ publish: borrowing Publish, payload: UnsafeRawBufferPointer) {
    topic = publish.message.topic
    self.payload = payload
    qos = publish.message.qos
    retain = publish.message.retain
    isDuplicate = publish.isDuplicate
    packetIdentifier = publish.packetIdentifier
    properties = publish.message.properties
    direction = .incoming
    type = .publish
  }
}

extension Subject {
  /// Lends `body` a received message.
  /// - Parameter document: what its payload was decoded to, as JSON.
  package static func withSubject<Result>(
    of publish: Publish, document: [UInt8]? = nil, _ body: (Subject) -> Result
  ) -> Result {
    publish.message.payload.withUnsafeReadableBytes { payload in
      var subject = Subject(publish, payload: payload)
      guard let document else { return body(subject) }
      return document.withUnsafeBytes { document in
        subject.document = document
        return body(subject)
      }
    }
  }
}
