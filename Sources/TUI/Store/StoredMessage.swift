import MQTTPackets
import Presentation

/// A message as the view shows it: copied out of the store, so that it stays while the store moves on.
package struct StoredMessage: Equatable, Sendable {
  package var number: UInt64
  package var receivedAt: WallTime
  package var topic: String
  package var qos: QoS
  package var retain: Bool
  package var isDuplicate: Bool
  package var isSent: Bool
  /// Nil for QoS 0.
  package var packetIdentifier: UInt16?
  package var properties: Properties
  /// Some of the properties were too many to keep.
  package var lacksProperties: Bool
  /// The bytes that are kept: all, or the head and the tail of a large payload, or as many from the
  /// beginning as were asked for.
  package var payload: [UInt8]
  /// Bytes that the payload had.
  package var payloadLength: Int
  /// Bytes that the store keeps of the payload.
  package var storedLength: Int

  /// The middle of the payload is not in the store.
  package var isTruncated: Bool { storedLength < payloadLength }

  /// Where the kept tail begins in `payload`, when the middle is missing.
  package var tailStart: Int? { isTruncated ? min(payload.count, MessageBatch.payloadHead) : nil }

  /// `content` holds what `record` describes from its offset on. With `payloadPrefix`, at most so many
  /// bytes of the payload are copied.
  init(_ record: MessageRecord, topic: String, in content: UnsafeRawBufferPointer, payloadPrefix: Int?) {
    number = record.number
    receivedAt = record.receivedAt
    self.topic = topic
    qos = record.qos
    retain = record.retain
    isDuplicate = record.isDuplicate
    isSent = record.isSent
    packetIdentifier = record.packetIdentifier == 0 ? nil : record.packetIdentifier
    properties =
      record.propertyLength == 0
      ? []
      : PropertyBytes.read(UnsafeRawBufferPointer(rebasing: content[record.propertyRange]))
    lacksProperties = record.lacksProperties
    let range = record.payloadRange
    let length = min(range.count, payloadPrefix ?? range.count)
    payload = Array(content[range.lowerBound..<(range.lowerBound + length)])
    payloadLength = Int(record.payloadLength)
    storedLength = Int(record.storedLength)
  }

  init(_ record: MessageRecord, in content: UnsafeRawBufferPointer, payloadPrefix: Int? = nil) {
    self.init(
      record, topic: String(decoding: content[record.topicRange], as: UTF8.self), in: content,
      payloadPrefix: payloadPrefix)
  }
}
