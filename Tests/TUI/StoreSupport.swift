import MQTTPackets
import MQTTSession
import NIOCore
import Presentation

@testable import TUI

extension MonotonicTime {
  static func seconds(_ seconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: seconds * 1_000_000_000)
  }
}

extension Store {
  /// Takes in messages numbered on from what the store has, one millisecond apart.
  mutating func feed(
    _ messages: [(String, [UInt8])], retain: Bool = false, qos: QoS = .atMostOnce,
    at time: MonotonicTime = .seconds(100)
  ) {
    var batch = MessageBatch()
    for (topic, payload) in messages {
      let number = UInt64(totals.messages + batch.count + 1)
      let message = Message(topic: topic, payload: ByteBuffer(bytes: payload), qos: qos, retain: retain)
      batch.append(
        Publish(message: message, packetIdentifier: qos == .atMostOnce ? nil : 1), number: number,
        receivedAt: WallTime(nanoseconds: Int64(time.nanoseconds) + Int64(number) * 1_000_000))
    }
    ingest(batch, at: time)
  }

  mutating func feed(_ topics: [String], payload: String = "1", at time: MonotonicTime = .seconds(100)) {
    feed(topics.map { ($0, Array(payload.utf8)) }, at: time)
  }

  /// Lets the work that is spread over frames finish.
  mutating func settle(at time: MonotonicTime = .seconds(1000)) {
    var time = time
    for _ in 0..<1000 {
      time = time + .seconds(1)
      if !advance(to: time, wall: WallTime(nanoseconds: Int64(time.nanoseconds)), steps: 10_000) { return }
    }
  }

  /// The labels of the first rows, with two spaces for each level.
  func outlineText(_ count: Int = 100) -> [String] {
    topics.rows(from: topics.firstRow, count: count).compactMap { row in
      topics.content(of: row, at: second, sparks: 0).map {
        String(repeating: "  ", count: $0.depth) + $0.label
      }
    }
  }
}
