import Client
import MQTTSession
import NIOCore
import Text

typealias TraceDirection = TraceEvent.Direction

/// The trace for people: one line for what happened, a direction in front, in the order of the wire.
///
///     19:04:11.402 +0.3ms > mqtt  PUBLISH #14 "a/b" q1 id 1 payload "hi"
///     19:04:11.403 +1.1ms < mqtt  PUBACK #16 id 1 · 1.1ms after #14
package struct TraceLines {
  private let layout: TraceLayout
  private let words: TraceWords
  /// What the monotonic clock said at the epoch of the wall clock.
  private let clockOffset: Int64
  private var readers = WireReaders()
  private var echoes: [Int: EchoMask] = [:]
  private var items: [WireItem] = []
  private var clock = ClockText(.local)
  private var last: MonotonicTime?

  /// - Parameters:
  ///   - monotonic, wall: the two clocks at one moment.
  package init(_ layout: TraceLayout, monotonic: MonotonicTime, wall: WallTime) {
    self.layout = layout
    words = TraceWords(level: layout.level, wall: wall, isUnicode: !layout.asciiOnly)
    clockOffset = wall.nanoseconds - Int64(clamping: monotonic.nanoseconds)
  }

  /// Appends the lines that `event` is worth at this level.
  ///
  /// - Parameter source: which of several connections that live side by side it is about; of all but 0
  ///   the lines say so.
  package mutating func append(_ event: TraceEvent, from source: Int = 0, to output: inout [UInt8]) {
    items.removeAll(keepingCapacity: true)
    readers.read(echoes[source, default: EchoMask()].pass(event), from: source, into: &items)
    for item in items {
      for line in words.lines(item) { append(line, item.time, source, &output) }
    }
  }

  private mutating func append(
    _ line: TraceLine, _ time: MonotonicTime, _ source: Int, _ output: inout [UInt8]
  ) {
    var head: [UInt8] = []
    if line.isContinuation {
      head += Array(repeating: UInt8(ascii: " "), count: 22)
    } else {
      let elapsed = last.map { Human.duration(time.duration(since: $0)) } ?? "0s"
      last = time
      clock.appendTimeOfDay(
        WallTime(nanoseconds: Int64(clamping: time.nanoseconds) &+ clockOffset), &head)
      let delta = "+" + elapsed
      head += Array(" \(delta)\(String(repeating: " ", count: max(9 - delta.utf8.count, 1)))".utf8)
    }
    let text = Diagnosis.safe(
      "\(line.mark.sign) \(line.layer)\(String(repeating: " ", count: max(6 - line.layer.utf8.count, 1)))"
        + (source == 0 ? "" : "(\(source)) ") + line.text, asciiOnly: layout.asciiOnly)
    let room = layout.width.map { max($0 - head.count - 1, 16) }
    let shown = room.map { Self.elided(text, to: $0, ellipsis: layout.asciiOnly ? "..." : "…") } ?? text
    let colour = layout.usesColour ? line.mark.colour : nil
    output += head
    if let colour { output += "\u{1B}[\(colour)m".utf8 }
    output += shown.utf8
    if colour != nil { output += "\u{1B}[0m".utf8 }
    output.append(0x0A)
  }

  /// Beginning and end of a safe line that is wider than `width` columns.
  static func elided(_ text: String, to width: Int, ellipsis: String) -> String {
    guard Sanitiser.columns(of: text) > width else { return text }
    let room = width - ellipsis.unicodeScalars.count
    let front = room - room / 3
    return prefix(text.unicodeScalars, front) + ellipsis
      + String(
        prefix(text.unicodeScalars.reversed(), room - front).unicodeScalars.reversed().map(Character.init))
  }

  private static func prefix(_ scalars: some Sequence<Unicode.Scalar>, _ width: Int) -> String {
    var result = ""
    var columns = 0
    for scalar in scalars {
      columns += ScalarWidth.columns(scalar)
      guard columns <= width else { break }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
