import MQTTPackets
import Presentation

/// One message in a block of bytes: where its topic, properties and payload lie, and the facts of fixed
/// size. Plain values only, so that arrays of it are copied without counting references.
package struct MessageRecord: Sendable, Equatable {
  /// 1, 2, 3 … over the run, also over messages that the view did not get.
  package var number: UInt64
  package var receivedAt: WallTime
  /// Topic, properties and payload follow each other from here.
  var offset: UInt32
  var propertyLength: UInt32
  /// Bytes of the payload that are kept.
  var storedLength: UInt32
  /// Bytes that the payload had.
  package var payloadLength: UInt32
  var topicLength: UInt16
  package var packetIdentifier: UInt16
  var flags: UInt8
  /// The topic's place in the index while its serial still matches; -1 before the index saw it.
  var node: Int32 = -1
  var serial: UInt32 = 0

  package var qos: QoS { QoS(rawValue: flags & 3) ?? .atMostOnce }
  package var retain: Bool { flags & 4 != 0 }
  package var isDuplicate: Bool { flags & 8 != 0 }
  /// Published from here, not received.
  package var isSent: Bool { flags & 16 != 0 }
  /// Some of the properties are not kept.
  package var lacksProperties: Bool { flags & 32 != 0 }

  static func flags(of publish: Publish, isSent: Bool, lacksProperties: Bool) -> UInt8 {
    publish.message.qos.rawValue | (publish.message.retain ? 4 : 0) | (publish.isDuplicate ? 8 : 0)
      | (isSent ? 16 : 0) | (lacksProperties ? 32 : 0)
  }

  /// Bytes that the record refers to.
  var contentLength: Int { Int(topicLength) + Int(propertyLength) + Int(storedLength) }

  var topicRange: Range<Int> { Int(offset)..<(Int(offset) + Int(topicLength)) }

  var propertyRange: Range<Int> {
    topicRange.upperBound..<(topicRange.upperBound + Int(propertyLength))
  }

  var payloadRange: Range<Int> {
    propertyRange.upperBound..<(propertyRange.upperBound + Int(storedLength))
  }
}
