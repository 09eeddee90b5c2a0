/// What happened in each interval of the load. Bounded: of a long run, neighbours become one.
package struct TimeSeries: Equatable, Sendable {
  package struct Point: Equatable, Sendable {
    /// Seconds since the start of the load.
    package var start: Double
    package var length: Double
    package var sent: UInt64 = 0
    package var received: UInt64 = 0
    package var acknowledged: UInt64 = 0
    /// Clients with a connection at the end of the interval.
    package var connected = 0
    package var disconnects: UInt64 = 0
    /// Nanoseconds, corrected; of acknowledgements where nothing is received.
    package var p50: UInt64 = 0
    package var p99: UInt64 = 0
    package var maximum: UInt64 = 0

    package init(start: Double, length: Double) {
      self.start = start
      self.length = length
    }

    package var sentRate: Double { length > 0 ? Double(sent) / length : 0 }
    package var receivedRate: Double { length > 0 ? Double(received) / length : 0 }

    /// Percentiles cannot be joined: the higher one stands for both.
    mutating func join(_ other: Point) {
      length = other.start + other.length - start
      sent += other.sent
      received += other.received
      acknowledged += other.acknowledged
      connected = other.connected
      disconnects += other.disconnects
      p50 = max(p50, other.p50)
      p99 = max(p99, other.p99)
      maximum = max(maximum, other.maximum)
    }
  }

  static let maximumPoints = 3600

  package private(set) var points: [Point] = []
  /// Intervals that one point stands for.
  private var factor = 1
  private var pending = 0

  package init() {}

  init(points: [Point]) { self.points = points }

  package mutating func append(_ point: Point) {
    if pending > 0, !points.isEmpty {
      points[points.count - 1].join(point)
    } else {
      points.append(point)
    }
    pending = (pending + 1) % factor
    if points.count >= Self.maximumPoints, pending == 0 { halve() }
  }

  private mutating func halve() {
    factor *= 2
    points = stride(from: 0, to: points.count, by: 2).map { index in
      var point = points[index]
      if index + 1 < points.count { point.join(points[index + 1]) }
      return point
    }
  }

  /// As one line of a CSV file.
  package static let csvHeader =
    "seconds,length_s,sent,received,acknowledged,connected,disconnects,p50_ms,p99_ms,max_ms\n"

  package static func csv(_ point: Point) -> String {
    let times = [point.p50, point.p99, point.maximum].map { Decimal.text(Double($0) / 1e6, digits: 6) }
    let counts = [point.sent, point.received, point.acknowledged].map { String($0) }
    return
      ([Decimal.text(point.start, digits: 3), Decimal.text(point.length, digits: 3)] + counts
      + ["\(point.connected)", "\(point.disconnects)"] + times).joined(separator: ",") + "\n"
  }
}
