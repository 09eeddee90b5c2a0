import Presentation
import Text

/// One number of one topic over time, in at most 600 points. When they are full, neighbours are joined, so
/// the series always reaches back to its beginning and keeps every low and high.
package struct NumericSeries: Sendable {
  static let maximumPoints = 600
  private static let firstWidth: Int64 = 100_000_000
  static let cost = maximumPoints * MemoryLayout<Point>.stride + 256

  package struct Point: Equatable, Sendable {
    /// The bucket of time since the clock's origin, in widths of the series.
    var bucket: Int64
    package var minimum: Double
    package var maximum: Double
    package var last: Double
  }

  package struct Statistics: Equatable, Sendable {
    package var count = 0
    package var minimum = Double.infinity
    package var maximum = -Double.infinity
    package var sum = 0.0
    package var last = 0.0

    package var mean: Double { count > 0 ? sum / Double(count) : 0 }
  }

  package let topic: String
  package let path: ValuePath
  package private(set) var points: [Point] = []
  package private(set) var statistics = Statistics()
  /// Messages in which the number was missing.
  package private(set) var misses = 0
  private var width = firstWidth
  private var lastNumber: UInt64 = 0

  init(topic: String, path: ValuePath) {
    self.topic = topic
    self.path = path
    points.reserveCapacity(Self.maximumPoints + 1)
  }

  /// Nanoseconds that a point stands for.
  package var pointWidth: Int64 { width }

  /// When a point begins.
  package func start(of point: Point) -> WallTime { WallTime(nanoseconds: point.bucket &* width) }

  /// Takes the number out of a message that came after those before.
  mutating func take(_ number: UInt64, _ payload: UnsafeRawBufferPointer, at time: WallTime) {
    guard number > lastNumber else { return }
    lastNumber = number
    guard let root = PayloadValue.decode(payload), let value = path.value(in: root)?.number else {
      misses += 1
      return
    }
    add(value, at: time)
  }

  mutating func add(_ value: Double, at time: WallTime) {
    guard value.isFinite else { return }
    statistics.count += 1
    statistics.minimum = min(statistics.minimum, value)
    statistics.maximum = max(statistics.maximum, value)
    statistics.sum += value
    statistics.last = value
    let point = Point(bucket: bucket(time), minimum: value, maximum: value, last: value)
    append(point)
    while points.count > Self.maximumPoints { widen() }
  }

  private func bucket(_ time: WallTime) -> Int64 {
    let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: width)
    return rest < 0 ? quotient - 1 : quotient
  }

  private mutating func append(_ point: Point) {
    // A clock that was set back must not tear the series apart.
    guard let last = points.last, point.bucket <= last.bucket else {
      points.append(point)
      return
    }
    points[points.count - 1].minimum = min(last.minimum, point.minimum)
    points[points.count - 1].maximum = max(last.maximum, point.maximum)
    points[points.count - 1].last = point.last
  }

  private mutating func widen() {
    width = width.multipliedReportingOverflow(by: 2).partialValue
    let old = points
    points.removeAll(keepingCapacity: true)
    for var point in old {
      point.bucket >>= 1
      append(point)
    }
  }
}
