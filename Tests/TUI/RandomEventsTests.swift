import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import Presentation
import Testing

@testable import TUI

/// Whatever comes in, in whatever order: no trap, and every frame keeps its invariants.
/// `MQTTWS_RANDOM_EVENTS=1000000` for a long run, `MQTTWS_RANDOM_SEED` for the same again.
@Suite struct RandomEventsTests {
  @Test func everyFrameKeepsTheInvariants() {
    let count = number("MQTTWS_RANDOM_EVENTS") ?? 2_000
    let seed = UInt64(number("MQTTWS_RANDOM_SEED") ?? Int(UInt32.random(in: 0 ... .max)))
    print("seed \(seed)")
    var source = EventSource(seed: seed)
    var screen = Screen()
    var fed = 0
    for index in 0..<count {
      let event = source.event(&fed)
      screen.time = MonotonicTime(nanoseconds: screen.time.nanoseconds &+ source.step())
      screen.send(event)
      screen.commands.removeAll()
      // Drawing costs more than taking in; every size comes up all the same.
      guard index.isMultiple(of: 7) else { continue }
      let capabilities = Capabilities(unicode: source.flip(), colours: source.flip() ? .none : .ansi16)
      if let broken = screen.grid(capabilities).brokenInvariant {
        Issue.record("event \(index) of seed \(seed): \(broken)")
        return
      }
    }
    #expect(screen.model.workspace.store.totals.messages == fed)
    let pools = screen.model.workspace.store.poolUse
    #expect(pools.reduce(0) { $0 + $1.used } <= screen.model.workspace.store.budget.total)
  }

  private func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }
}

/// Events out of a seed.
struct EventSource {
  private var random: SeededRandom
  private var messages: UInt64 = 0
  private var counters = TrafficCounters()

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
  mutating func flip() -> Bool { random.next() & 1 == 0 }

  /// Mostly a moment, at times hours.
  mutating func step() -> UInt64 {
    below(50) == 0 ? random.next() % 10_000_000_000_000 : random.next() % 100_000_000
  }

  mutating func event(_ fed: inout Int) -> Event {
    switch below(100) {
    case ..<62: return .key(key())
    case ..<70: return .mouse(mouse())
    case ..<74: return .paste(bytes(below(40)))
    case ..<78: return .resize(size())
    case ..<80: return .tick
    case ..<92: return .batch(batch(&fed))
    case ..<95: return .connection(update())
    case ..<96: return .health(figures())
    case ..<98: return .result(result())
    default: return .note(Note(flip() ? .warning : .error, text()))
    }
  }

  private mutating func key() -> Key {
    let codes: [Key.Code] = [
      .enter, .tab, .escape, .backspace, .delete, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
      .function(1), .function(10), .insert,
    ]
    switch below(10) {
    case ..<3: return Key(codes[below(codes.count)], below(6) == 0 ? .shift : [])
    case ..<5: return .control(Unicode.Scalar(UInt8(0x61 + below(26))))
    case ..<9: return .character(Unicode.Scalar(UInt8(0x20 + below(95))))
    default: return .character(["é", "温", "\u{301}", "🏭", "\u{202E}"][below(5)])
    }
  }

  private mutating func mouse() -> Mouse {
    let kinds: [Mouse.Kind] = [.press, .release, .doubleClick, .drag, .wheelUp, .wheelDown]
    return Mouse(kinds[below(kinds.count)], row: below(70) - 3, column: below(220) - 3)
  }

  private mutating func size() -> Size {
    let sizes = [
      (10, 40), (24, 80), (24, 80), (30, 100), (40, 140), (60, 200), (1, 1), (9, 39), (16, 60), (11, 500),
    ]
    let (rows, columns) = sizes[below(sizes.count)]
    return below(4) == 0 ? Size(rows: below(60), columns: below(200)) : Size(rows: rows, columns: columns)
  }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private mutating func text() -> String {
    let parts = [
      "plant", "/", "line1", "温度", "\u{1B}[31m", "\u{202E}", "e\u{301}\u{301}\u{301}", "\u{200B}", "👩‍🏭", "\t",
      "\n",
      "\u{7F}", "\u{9B}", "{\"t\":21.5}", "$SYS", "\u{FFFD}", "", "a long word of some letters",
    ]
    return (0..<below(6)).map { _ in parts[below(parts.count)] }.joined()
  }

  private mutating func batch(_ fed: inout Int) -> IngestBatch {
    var batch = MessageBatch()
    for _ in 0..<below(30) {
      messages += 1
      fed += 1
      let payload = flip() ? Array(text().utf8) : bytes(below(300))
      var message = Message(
        topic: below(3) == 0 ? "s/\(below(40))/\(text())" : text(), payload: ByteBuffer(bytes: payload),
        qos: QoS(rawValue: UInt8(below(3))) ?? .atMostOnce, retain: flip())
      if below(4) == 0 {
        message.properties = [.contentType(text()), .userProperty(name: text(), value: text())]
      }
      batch.append(
        Publish(message: message, isDuplicate: flip()), number: messages,
        receivedAt: WallTime(nanoseconds: Int64(truncatingIfNeeded: random.next() >> 2)))
    }
    counters.messagesReceived = messages
    counters.bytesReceived &+= UInt64(below(100_000))
    return IngestBatch(messages: batch, counters: counters)
  }

  private mutating func update() -> ConnectionUpdate {
    switch below(6) {
    case 0: return .connecting(attempt: below(5))
    case 1: return .connected(ConnectionFacts(clientIdentifier: text(), version: flip() ? .v5 : .v3_1_1))
    case 2:
      return .subscribed([
        GrantedSubscription(filter: text(), granted: flip() ? .atMostOnce : nil, reason: text())
      ])
    case 3: return .retrying(diagnosis(), after: .milliseconds(below(30_000)))
    case 4: return .ended(flip() ? diagnosis() : nil)
    default: return .sessionLost(text())
    }
  }

  private mutating func diagnosis() -> Diagnosis {
    Diagnosis(.tcp, .unavailable, text(), text())
  }

  private mutating func figures() -> HealthFigures {
    var figures = HealthFigures()
    figures.mqttPing.count = below(3)
    figures.mqttPing.last = .nanoseconds(below(1 << 40))
    figures.keepAlive = flip() ? .seconds(30) : nil
    figures.sentInFlight = below(3)
    figures.exchanges = (0..<below(5)).map {
      .init(
        packetIdentifier: UInt16($0), isSent: flip(), waitsFor: "PUBACK", topic: text(),
        since: MonotonicTime(nanoseconds: random.next() >> 8))
    }
    return figures
  }

  private mutating func result() -> CommandResult {
    switch below(7) {
    case 0: return .published(identifier: below(5), isSuccess: flip(), text: text(), after: nil)
    case 1: return .recordingStarted(path: text())
    case 2: return .recordingStopped(path: text(), messages: 1, bytes: random.next())
    case 3: return .recordingFailed(text())
    case 4: return .edited(bytes: bytes(below(50)), purpose: .publishForm)
    case 5: return .fileRead(path: text(), bytes: bytes(3))
    default: return .failed(text())
    }
  }
}
