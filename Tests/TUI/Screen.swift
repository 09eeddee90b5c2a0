import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

@testable import TUI

/// A model that tests drive, with a clock of its own.
struct Screen {
  var model: Model
  var time = MonotonicTime(nanoseconds: 1_000_000_000_000)
  /// 2026-11-22T14:02:11Z
  var wall = WallTime(nanoseconds: 1_795_356_131_000_000_000)
  var commands: [Command] = []
  private var nextMessage: UInt64 = 1
  private var counters = TrafficCounters()

  init(
    rows: Int = 24, columns: Int = 80, target: String = "wss://broker.lab:8084/mqtt",
    isReadOnly: Bool = false,
    asksForFilter: Bool = false
  ) {
    let configuration = Model.Configuration(
      target: target, version: "0.1.0", isReadOnly: isReadOnly, asksForFilter: asksForFilter)
    model = Model(configuration, size: Size(rows: rows, columns: columns))
  }

  mutating func send(_ event: Event) {
    commands += model.update(event, at: time, wall: wall)
  }

  /// Keys as people write them, after blanks: `: Ctrl-P Enter`.
  mutating func press(_ keys: String) {
    for text in keys.split(separator: " ") {
      if let key = Key(text: String(text)) { send(.key(key)) }
    }
  }

  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars { send(.key(.character(scalar))) }
  }

  mutating func pass(_ duration: Duration) {
    time = time + duration
    wall.nanoseconds += Int64(duration / .nanoseconds(1))
    send(.tick)
  }

  mutating func receive(_ messages: [(topic: String, payload: String)]) {
    var batch = MessageBatch()
    for (topic, payload) in messages {
      let publish = Publish(
        message: Message(topic: topic, payload: ByteBuffer(string: payload)), isDuplicate: false)
      batch.append(publish, number: nextMessage, receivedAt: wall)
      nextMessage += 1
      counters.messagesReceived += 1
      counters.payloadBytesReceived += UInt64(payload.utf8.count)
      counters.bytesReceived += UInt64(payload.utf8.count + topic.utf8.count + 8)
    }
    send(.batch(IngestBatch(messages: batch, counters: counters)))
  }

  mutating func receive(_ publish: Publish) {
    var batch = MessageBatch()
    batch.append(publish, number: nextMessage, receivedAt: wall)
    nextMessage += 1
    counters.messagesReceived += 1
    counters.payloadBytesReceived += UInt64(publish.message.payload.readableBytes)
    counters.bytesReceived += UInt64(publish.encodedLength(.v5) + 2)
    counters.framesReceived += 1
    counters.packetsReceived += 1
    send(.batch(IngestBatch(messages: batch, counters: counters)))
  }

  mutating func connect() {
    send(.connection(.connecting(attempt: 1)))
    send(
      .connection(
        .connected(
          ConnectionFacts(
            clientIdentifier: "mqttws-7f3a", version: .v5, address: "192.0.2.7:8084", subprotocol: "mqtt",
            options: [NegotiatedOption("receive maximum", asked: "65535", granted: "20")]))))
    var figures = HealthFigures()
    figures.mqttPing.count = 12
    figures.mqttPing.last = .milliseconds(12)
    figures.mqttPing.median = .milliseconds(11)
    figures.mqttPing.p99 = .milliseconds(31)
    figures.mqttPing.longest = .milliseconds(210)
    figures.keepAlive = .seconds(30)
    figures.isKeepAliveServers = true
    figures.nextPing = time + .seconds(9)
    figures.sendWindow = 20
    figures.receiveWindow = 65_535
    figures.queues = [
      .init("ingest", used: 0, capacity: 8 << 20, isBytes: true),
      .init("record", used: 0, capacity: 4_096, isBytes: false),
    ]
    figures.residentBytes = 84 << 20
    send(.health(figures))
  }

  func grid(_ capabilities: Capabilities = Capabilities()) -> CellGrid {
    render(model, size: model.size, capabilities: capabilities)
  }

  var text: String { grid().text }

  func row(_ row: Int) -> String { grid().text(row: row) }
}
