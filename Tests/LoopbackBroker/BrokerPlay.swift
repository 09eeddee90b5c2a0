import MQTTPackets
import MQTTSession
import NIOCore
import Testing

@testable import LoopbackBroker

/// Plays packets of several connections against a `Broker` on a virtual clock and writes down what it
/// does, a line an effect: `2 PUBLISH a/b "x" q1 #1`. The number is the connection.
final class BrokerPlay {
  let broker: Broker
  private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000_000)
  /// Whether what is forwarded leaves at once, as on an idle network.
  var departsAtOnce = true
  /// Costs on their way, by connection.
  private(set) var onTheWay: [UInt64: Int] = [:]
  /// Notices are left out of the transcript and collected here.
  private(set) var notices: [BrokerNotice] = []

  init(_ settings: BrokerSettings = BrokerSettings()) { broker = Broker(settings: settings, seed: 7) }

  convenience init(_ change: (inout BrokerSettings) -> Void) {
    var settings = BrokerSettings()
    change(&settings)
    self.init(settings)
  }

  // MARK: - Events

  /// Opens a connection and sends its CONNECT.
  @discardableResult
  func connect(
    _ connection: UInt64, _ identifier: String = "", _ version: ProtocolVersion = .v5, clean: Bool = true,
    keepAlive: UInt16 = 0, will: Message? = nil, with properties: Properties = []
  ) -> [String] {
    open(connection)
    return send(
      connection,
      .connect(
        Connect(
          version: version, clientIdentifier: identifier.isEmpty ? "c\(connection)" : identifier,
          cleanStart: clean, keepAlive: keepAlive, will: will, properties: properties)))
  }

  func open(_ connection: UInt64) { broker.connectionOpened(ConnectionID(connection), now: now) }

  @discardableResult
  func send(_ connection: UInt64, _ packet: Packet) -> [String] {
    play { broker.received(packet, from: ConnectionID(connection), now: now, into: &$0) }
  }

  @discardableResult
  func close(_ connection: UInt64) -> [String] {
    play { broker.connectionClosed(ConnectionID(connection), now: now, into: &$0) }
  }

  @discardableResult
  func publish(
    _ connection: UInt64, _ topic: String, _ payload: String = "", _ qos: QoS = .atMostOnce,
    id: UInt16? = nil, retain: Bool = false, dup: Bool = false, with properties: Properties = []
  ) -> [String] {
    send(
      connection,
      .publish(
        Publish(
          message: Message(
            topic: topic, payload: ByteBuffer(string: payload), qos: qos, retain: retain,
            properties: properties), isDuplicate: dup, packetIdentifier: id)))
  }

  @discardableResult
  func subscribe(
    _ connection: UInt64, _ subscriptions: Subscription..., id: UInt16 = 1, with properties: Properties = []
  ) -> [String] {
    send(connection, .subscribe(Subscribe(id, subscriptions, properties: properties)))
  }

  /// What waited for the network of this connection leaves.
  @discardableResult
  func depart(_ connection: UInt64) -> [String] {
    let cost = onTheWay.removeValue(forKey: connection) ?? 0
    return play { broker.written(cost, to: ConnectionID(connection), now: now, into: &$0) }
  }

  @discardableResult
  func wait(_ duration: Duration) -> [String] {
    now = now + duration
    return play { broker.timer(now: now, into: &$0) }
  }

  func play(_ body: (inout [BrokerEffect]) -> Void) -> [String] {
    var effects: [BrokerEffect] = []
    body(&effects)
    var lines = effects.compactMap(line)
    guard departsAtOnce else { return lines }
    for id in onTheWay.keys.sorted() { lines += depart(id) }
    return lines
  }

  // MARK: - Lines

  private func line(_ effect: BrokerEffect) -> String? {
    switch effect {
    case .send(let packet, _, let to): return "\(to.rawValue) \(Self.text(packet))"
    case .forward(let publish, _, let to, let cost, _):
      onTheWay[to.rawValue, default: 0] += cost
      return "\(to.rawValue) \(Self.text(.publish(publish)))"
    case .accepted: return nil
    case .close(let connection, let cause): return "\(connection.rawValue) close: \(cause)"
    case .pauseReading(let connection): return "\(connection.rawValue) pause"
    case .resumeReading(let connection): return "\(connection.rawValue) resume"
    case .notice(let notice):
      notices.append(notice)
      return nil
    }
  }

  private static func text(_ packet: Packet) -> String {
    let name = packet.type.name
    switch packet {
    case .connAck(let ack):
      return "\(name) \(hex(ack.reasonCode))\(ack.sessionPresent ? " present" : "")"
    case .publish(let publish): return "\(name) \(text(publish))"
    case .pubAck(let ack), .pubRec(let ack), .pubRel(let ack), .pubComp(let ack):
      return "\(name) #\(ack.packetIdentifier) \(hex(ack.reasonCode))"
    case .subAck(let ack):
      return "\(name) #\(ack.packetIdentifier) " + ack.reasonCodes.map(hex).joined(separator: " ")
    case .unsubAck(let ack):
      return (["\(name) #\(ack.packetIdentifier)"] + ack.reasonCodes.map(hex)).joined(separator: " ")
    case .disconnect(let disconnect): return "\(name) \(hex(disconnect.reasonCode))"
    default: return name
    }
  }

  private static func text(_ publish: Publish) -> String {
    let message = publish.message
    var text = "\(message.topic) \"\(String(buffer: message.payload))\" q\(message.qos.rawValue)"
    if let identifier = publish.packetIdentifier { text += " #\(identifier)" }
    if message.retain { text += " retain" }
    if publish.isDuplicate { text += " dup" }
    for property in message.properties.elements { text += " \(self.text(property))" }
    return text
  }

  private static func text(_ property: Property) -> String {
    switch property {
    case .subscriptionIdentifier(let value): "sub=\(value)"
    case .messageExpiryInterval(let value): "expiry=\(value)"
    case .contentType(let value): "type=\(value)"
    case .responseTopic(let value): "response=\(value)"
    case .correlationData(let value): "correlation=\(String(buffer: value))"
    case .userProperty(let name, let value): "\(name)=\(value)"
    case .payloadFormatIndicator(let value): "format=\(value)"
    default: property.identifier.name
    }
  }

  static func hex(_ code: ReasonCode) -> String {
    let digits = String(code.rawValue, radix: 16)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }
}

extension Packet {
  static func ack(_ make: (Acknowledgement) -> Packet, _ id: UInt16, _ code: ReasonCode = .success) -> Packet
  {
    make(Acknowledgement(id, code))
  }
}
