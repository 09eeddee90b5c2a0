import MQTTPackets
import NIOCore

@testable import Presentation

/// 2026-11-22T14:48:56.123456789Z
let moment = WallTime(nanoseconds: 1_795_358_936_123_456_789)

func received(
  _ payload: some Sequence<UInt8>, topic: String = "a/b", qos: QoS = .atMostOnce, retain: Bool = false,
  properties: Properties = [], isDuplicate: Bool = false, at time: WallTime = moment
) -> ReceivedMessage {
  let message = Message(
    topic: topic, payload: ByteBuffer(bytes: payload), qos: qos, retain: retain, properties: properties)
  let publish = Publish(
    message: message, isDuplicate: isDuplicate, packetIdentifier: qos == .atMostOnce ? nil : 1)
  return ReceivedMessage(publish, receivedAt: time, sequence: 1)
}

func received(
  _ payload: String, topic: String = "a/b", qos: QoS = .atMostOnce, retain: Bool = false,
  properties: Properties = [], isDuplicate: Bool = false
) -> ReceivedMessage {
  received(
    payload.utf8, topic: topic, qos: qos, retain: retain, properties: properties, isDuplicate: isDuplicate)
}

func printed(
  _ message: ReceivedMessage, _ format: MessageFormat, _ layout: MessageLayout = MessageLayout(zone: .utc)
) -> String {
  var formatter = MessageFormatter(format, layout: layout)
  var output: [UInt8] = []
  formatter.append(message, to: &output)
  return String(decoding: output, as: UTF8.self)
}

/// One of each property that a PUBLISH can carry.
let allProperties: Properties = [
  .payloadFormatIndicator(1), .messageExpiryInterval(100), .contentType("text/plain"),
  .responseTopic("r/t"), .correlationData(ByteBuffer(string: "cd")), .subscriptionIdentifier(7),
  .subscriptionIdentifier(9), .topicAlias(3), .userProperty(name: "a", value: "b"),
  .userProperty(name: "a", value: "c"),
]
