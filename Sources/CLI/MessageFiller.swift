import MQTTPackets
import NIOCore
import Presentation
import Text

/// `pub --placeholders`: fills the `{placeholders}` of topic and payload, anew for each message.
///
/// Lives on the event loop.
final class MessageFiller {
  static let names = ["seq", "now", "random", "client"]

  private let topic: Template
  /// Nil where the payload goes as it is: a line of standard input.
  private let payload: Template?
  private let client: String
  private let clock: () -> WallTime
  private let random: () -> UInt64
  private var sequence: UInt64 = 0

  init(
    topic: Template, payload: Template?, client: String, clock: @escaping () -> WallTime,
    random: @escaping () -> UInt64
  ) {
    self.topic = topic
    self.payload = payload
    self.client = client
    self.clock = clock
    self.random = random
  }

  /// Fills in a message; `{seq}` goes up by one with each.
  func fill(_ message: inout Message) {
    sequence += 1
    let now = clock()
    message.topic = topic.text { value($0, now) }
    guard let payload else { return }
    var bytes: [UInt8] = []
    payload.append(to: &bytes) { name, output in output += Array(value(name, now).utf8) }
    message.payload = ByteBuffer(bytes: bytes)
  }

  /// `name` is one that `check` has accepted.
  private func value(_ name: String, _ now: WallTime) -> String {
    let (base, detail) = Self.parts(name)
    switch base {
    case "seq": return Self.padded(sequence, to: detail)
    case "now": return Self.time(now, detail)
    case "random": return randomText(detail)
    default: return client
    }
  }

  private static func parts(_ name: String) -> (base: String, detail: String?) {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return (parts[0], parts.count > 1 ? parts[1] : nil)
  }

  private static func padded(_ value: UInt64, to detail: String?) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, (detail.flatMap(Int.init) ?? 0) - text.count)) + text
  }

  private static func time(_ now: WallTime, _ detail: String?) -> String {
    switch detail {
    case "s": String(now.nanoseconds / 1_000_000_000)
    case "ms": String(now.nanoseconds / 1_000_000)
    case "us": String(now.nanoseconds / 1000)
    case "ns": String(now.nanoseconds)
    default: now.iso8601
    }
  }

  private static let characters = Array("abcdefghijklmnopqrstuvwxyz0123456789")

  private func randomText(_ detail: String?) -> String {
    if let range = detail.flatMap(Self.range) {
      let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
      let step = width == .max ? random() : random() % (width + 1)
      return String(range.lowerBound &+ Int(truncatingIfNeeded: step))
    }
    let count = detail.flatMap(Int.init) ?? 8
    let size = UInt64(Self.characters.count)
    return String((0..<count).map { _ in Self.characters[Int(random() % size)] })
  }

  /// `1-100`
  private static func range(_ text: String) -> ClosedRange<Int>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let low = Int(parts[0]), let high = Int(parts[1]), low <= high else { return nil }
    return low...high
  }

  /// What is wrong with a placeholder's name and what follows its colon; nil for a good one.
  static func flaw(_ name: String) -> String? {
    let (base, detail) = parts(name)
    guard let detail else { return nil }
    switch base {
    case "seq":
      return Int(detail).map { (1...20).contains($0) } == true
        ? nil : "takes a width from 1 to 20, as {seq:06}"
    case "now": return ["s", "ms", "us", "ns"].contains(detail) ? nil : "takes s, ms, us or ns"
    case "random":
      let isCount = Int(detail).map { (1...1024).contains($0) } == true
      return isCount || range(detail) != nil ? nil : "takes a count up to 1024 or a range, as {random:1-100}"
    default: return "takes nothing after its name"
    }
  }
}
