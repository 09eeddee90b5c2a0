import Client
import Glibc
import MQTTPackets
import MQTTSession
import NIOCore
import TUI

/// Figures about the connection that are gathered on the event loop.
struct WatchHealth {
  /// The latest round trips of one kind, and what they come to.
  struct RoundTrips {
    private static let kept = 512
    private var times: [Duration] = []
    private var next = 0
    private(set) var figures = HealthFigures.RoundTrips()

    mutating func add(_ time: Duration) {
      if times.count < Self.kept { times.append(time) } else { times[next % Self.kept] = time }
      next += 1
      figures.count += 1
      figures.last = time
      figures.longest = max(figures.longest ?? .zero, time)
      let sorted = times.sorted()
      figures.median = sorted[sorted.count / 2]
      figures.p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    }
  }

  var publishAck = RoundTrips()
  var ping = RoundTrips()
  var webSocketPing = RoundTrips()
  private var seenPings = 0
  /// When messages of the peer that are not released were seen first.
  private var incoming: [UInt16: MonotonicTime] = [:]

  mutating func figures(
    _ connection: Connection, _ counters: TrafficCounters, _ recorder: WatchRecorder?, waiting: Int,
    _ requests: [RequestID: MonotonicTime]
  ) -> HealthFigures {
    var figures = HealthFigures()
    figures.counters = counters
    figures.publishAck = publishAck.figures
    let vitals = connection.vitals
    if vitals.answeredPings > seenPings, let time = vitals.lastPingRoundTrip {
      seenPings = vitals.answeredPings
      ping.add(time)
    }
    figures.mqttPing = ping.figures
    figures.keepAlive = vitals.keepAlive
    figures.isKeepAliveServers = vitals.isKeepAliveServers
    figures.nextPing = vitals.nextPing
    figures.sentInFlight = connection.unacknowledgedCount
    figures.sendWindow = vitals.sendWindow
    figures.receiveWindow = Int(connection.settings.session.receiveMaximum ?? .max)
    figures.receivedInFlight = vitals.receivedInFlight
    figures.exchanges = exchanges(connection, requests)
    figures.webSocketPing = webSocketPing.figures
    figures.queues.append(
      HealthFigures.Queue(
        "ingest", used: waiting, capacity: WatchMailbox.bound, isBytes: true, dropped: counters.viewDrops))
    if let recorder {
      figures.queues.append(
        HealthFigures.Queue(
          "record", used: recorder.waitingBytes, capacity: OutputWriter.bound, isBytes: true,
          dropped: recorder.dropped))
    }
    figures.residentBytes = Self.residentBytes()
    return figures
  }

  private static let shownExchanges = 64

  private mutating func exchanges(
    _ connection: Connection, _ requests: [RequestID: MonotonicTime]
  ) -> [HealthFigures.Exchange] {
    let open = connection.openExchanges(limit: Self.shownExchanges)
    let known = incoming
    incoming = [:]
    return open.map { exchange in
      let identifier = exchange.packetIdentifier
      let since: MonotonicTime
      if let request = exchange.request {
        since = requests[request] ?? .now
      } else {
        since = known[identifier] ?? .now
        incoming[identifier] = since
      }
      return HealthFigures.Exchange(
        packetIdentifier: identifier, isSent: exchange.isSent, waitsFor: exchange.awaits.name,
        topic: exchange.topic ?? "", since: since)
    }
  }

  /// Resident pages are the second number of statm.
  private static func residentBytes() -> Int? {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(CInt(_SC_PAGESIZE)) } : nil
  }
}
