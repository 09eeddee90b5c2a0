import MQTTPackets
import MQTTSession
import NIOCore

extension Message {
  /// When it expires if it arrived at `now`; nil when it never does.
  func expiry(from now: MonotonicTime) -> MonotonicTime? {
    if properties.isEmpty { return nil }
    return properties.messageExpiryInterval.map { now + .seconds(Int64($0)) }
  }

  /// The message with the seconds that it has left, or nil when it has none ([MQTT-3.3.2-5], [MQTT-3.3.2-6]).
  func aged(until expires: MonotonicTime?, now: MonotonicTime) -> Message? {
    guard let expires else { return self }
    guard expires > now else { return nil }
    let seconds = (expires.nanoseconds - now.nanoseconds + 999_999_999) / 1_000_000_000
    var aged = self
    for index in aged.properties.elements.indices {
      if case .messageExpiryInterval = aged.properties.elements[index] {
        aged.properties.elements[index] = .messageExpiryInterval(UInt32(clamping: seconds))
      }
    }
    return aged
  }

  /// The message with bytes of its own where they are a small part of what was read from a socket,
  /// and would keep all of that alive.
  func compacted() -> Message {
    var compacted = self
    compacted.payload = payload.compacted()
    for index in properties.elements.indices {
      if case .correlationData(let data) = properties.elements[index] {
        compacted.properties.elements[index] = .correlationData(data.compacted())
      }
    }
    return compacted
  }

  /// The properties that a server hands on to subscribers; the others belong to the publisher's hop.
  mutating func dropHopProperties() {
    if properties.isEmpty { return }
    properties.elements.removeAll {
      switch $0 {
      case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic,
        .correlationData, .userProperty:
        false
      default: true
      }
    }
  }
}

extension ByteBuffer {
  fileprivate func compacted() -> ByteBuffer {
    storageCapacity > 2 * readableBytes + 64 ? ByteBuffer(bytes: readableBytesView) : self
  }
}
