import MQTTPackets
import NIOCore
import Presentation

/// Messages on their way from the connection to the view: one buffer of bytes and one array of records,
/// so that a message costs no allocation and no reference count, and crosses threads with its batch.
///
/// A payload over 64 KiB keeps its first 32 KiB and its last 1 KiB: the view says so, and a recording,
/// which does not pass here, has all of it.
package struct MessageBatch: Sendable {
  /// Payloads up to this many bytes are kept whole.
  package static let wholePayload = 64 << 10
  /// What is kept of the beginning and the end of a larger one.
  package static let payloadHead = 32 << 10
  package static let payloadTail = 1 << 10
  /// Bytes of properties that are kept of one message.
  package static let maximumProperties = 32 << 10

  private(set) var bytes: [UInt8] = []
  package private(set) var records: [MessageRecord] = []

  package init() {}

  package var count: Int { records.count }
  package var isEmpty: Bool { records.isEmpty }

  /// What the batch holds in memory: what a bounded buffer counts.
  package var byteCount: Int { bytes.count + records.count * MemoryLayout<MessageRecord>.stride }

  /// Copies the message in; the buffers that its payload and properties are slices of are let go.
  package mutating func append(
    _ publish: borrowing Publish, number: UInt64, receivedAt: WallTime, isSent: Bool = false
  ) {
    let offset = bytes.count
    if publish.message.topic.utf8.count <= Int(UInt16.max) {
      bytes.append(contentsOf: publish.message.topic.utf8)
    } else {
      bytes.append(contentsOf: publish.message.topic.utf8.prefix(Int(UInt16.max)))
    }
    let propertyStart = bytes.count
    let isComplete = PropertyBytes.append(
      publish.message.properties, limit: Self.maximumProperties, to: &bytes)
    let payloadStart = bytes.count
    appendPayload(publish.message.payload)
    records.append(
      MessageRecord(
        number: number, receivedAt: receivedAt, offset: UInt32(truncatingIfNeeded: offset),
        propertyLength: UInt32(truncatingIfNeeded: payloadStart - propertyStart),
        storedLength: UInt32(truncatingIfNeeded: bytes.count - payloadStart),
        payloadLength: UInt32(clamping: publish.message.payload.readableBytes),
        topicLength: UInt16(truncatingIfNeeded: propertyStart - offset),
        packetIdentifier: publish.packetIdentifier ?? 0,
        flags: MessageRecord.flags(of: publish, isSent: isSent, lacksProperties: !isComplete)))
  }

  /// Empties the batch and keeps its memory for the next messages.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }

  private mutating func appendPayload(_ payload: ByteBuffer) {
    payload.withUnsafeReadableBytes { all in
      if all.count <= Self.wholePayload {
        bytes.append(contentsOf: all)
      } else {
        bytes.append(contentsOf: all.prefix(Self.payloadHead))
        bytes.append(contentsOf: all.suffix(Self.payloadTail))
      }
    }
  }
}
