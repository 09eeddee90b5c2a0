import MQTTPackets
import NIOCore

@testable import Expression

/// A publish that a table line describes.
func publish(
  _ topic: String = "plant/7/temp", _ payload: String = "", qos: QoS = .atMostOnce, retain: Bool = false,
  dup: Bool = false, pid: UInt16? = nil, _ properties: Properties = []
) -> Publish {
  Publish(
    message: Message(
      topic: topic, payload: ByteBuffer(string: payload), qos: qos, retain: retain, properties: properties),
    isDuplicate: dup, packetIdentifier: pid)
}

func publish(bytes: [UInt8]) -> Publish {
  Publish(message: Message(topic: "bytes", payload: ByteBuffer(bytes: bytes)))
}

/// A generator whose numbers a failing test can repeat.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
