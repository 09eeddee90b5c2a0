import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

@testable import TUI

/// A model with a clock of its own, fed and driven like the real one.
struct Scene {
  private(set) var model: Model
  private(set) var time = MonotonicTime.seconds(1000)
  private(set) var commands: [Command] = []
  private var number: UInt64 = 0
  private var counters = TrafficCounters()

  init(_ rows: Int, _ columns: Int, readOnly: Bool = false) {
    let configuration = Model.Configuration(target: "wss://broker.lab:8084/mqtt", isReadOnly: readOnly)
    model = Model(configuration, size: Size(rows: rows, columns: columns))
  }

  /// 14:02:11 on the first day of the clock, and on with the time.
  private var wall: WallTime {
    WallTime(nanoseconds: 50_531_000_000_000 + Int64(time.nanoseconds) - 1_000_000_000_000)
  }

  mutating func update(_ event: Event) {
    commands += model.update(event, at: time, wall: wall)
  }

  mutating func pass(_ duration: Duration) {
    time = time + duration
    update(.tick)
  }

  mutating func receive(
    _ topic: String, _ payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false,
    properties: Properties = []
  ) {
    number += 1
    counters.messagesReceived += 1
    var batch = MessageBatch()
    let message = Message(
      topic: topic, payload: ByteBuffer(bytes: payload), qos: qos, retain: retain, properties: properties)
    batch.append(
      Publish(message: message, packetIdentifier: qos == .atMostOnce ? nil : 4711), number: number,
      receivedAt: wall)
    update(.batch(IngestBatch(messages: batch, counters: counters)))
  }

  mutating func receive(_ topic: String, _ payload: String, qos: QoS = .atMostOnce, retain: Bool = false) {
    receive(topic, Array(payload.utf8), qos: qos, retain: retain)
  }

  mutating func perform(_ actions: Action...) {
    for action in actions {
      commands += model.perform(action)
      update(.tick)
    }
  }

  func grid(unicode: Bool = true) -> CellGrid {
    render(model, size: model.size, capabilities: Capabilities(unicode: unicode))
  }

  /// The rows of the screen without the blanks at their ends.
  func screen(unicode: Bool = true) -> [String] {
    let grid = grid(unicode: unicode)
    return (0..<grid.size.rows).map { row in
      var line = ""
      for cell in grid.row(row) where cell.width > 0 {
        line.unicodeScalars.append(cell.base)
        for mark in [cell.firstMark, cell.secondMark] {
          if let mark { line.unicodeScalars.append(mark) }
        }
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
