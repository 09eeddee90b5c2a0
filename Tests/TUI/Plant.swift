import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

@testable import TUI

/// The plant of the documentation on a screen: messages, and the frames that carried them.
struct Plant {
  var screen: Screen
  private var wire: WireScene
  private var told = 0

  /// Seen for so many seconds; the wire from the connection's beginning.
  init(rows: Int = 24, columns: Int = 80, seconds: Int = 40) {
    screen = Screen(rows: rows, columns: columns)
    screen.connect()
    wire = WireScene(at: screen.time)
    for second in 0..<seconds {
      deliver("site/gw-01/s/\(second % 4)", "{\"v\":\(second)}")
      deliver("plant/line1/rpm", "\(1000 + second)")
      deliver("bad\u{1B}[31mname", "x")
      deliver("温度/センサー", "21.40")
      deliver(
        "plant/line1/temp", "{\"t\":\(20 + Double(second % 7) / 10),\"u\":\"C\"}", qos: .atLeastOnce,
        retain: true, properties: [.payloadFormatIndicator(1), .contentType("application/json")])
      wire.send(.pubAck(Acknowledgement(4711)))
      screen.pass(.seconds(1))
    }
    tell()
  }

  mutating func deliver(
    _ topic: String, _ payload: String, qos: QoS = .atMostOnce, retain: Bool = false,
    properties: Properties = [], cutAt cuts: [Int] = []
  ) {
    let message = Message(
      topic: topic, payload: ByteBuffer(string: payload), qos: qos, retain: retain, properties: properties)
    let publish = Publish(message: message, packetIdentifier: qos == .atMostOnce ? nil : 4711)
    wire.time = screen.time
    wire.receive(.publish(publish), cutAt: cuts)
    tell()
    screen.receive(publish)
  }

  /// What crosses the wire beside messages.
  mutating func cross(_ body: (inout WireScene) -> Void) {
    wire.time = screen.time
    body(&wire)
    tell()
  }

  private mutating func tell() {
    screen.send(.wire(Array(wire.events[told...])))
    told = wire.events.count
  }
}
