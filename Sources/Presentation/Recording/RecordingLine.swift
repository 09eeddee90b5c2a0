import Glibc
import MQTTPackets
import NIOCore
import Text

/// One line of a recording, taken apart. Keys that it does not know are ignored; the order of keys and
/// what a JSON tool makes of the line (white space, escapes) do not matter.
struct RecordingLine {
  struct Problem: Error {
    let words: String

    init(_ words: String) { self.words = words }
  }

  enum Content {
    case message(Publish)
    case gap(messages: UInt64?, reason: String)
    case wire(WireRecord)
    case remarks([String])
    /// What `wire` says too, in words.
    case trace
  }

  let content: Content
  /// Nil for a line that says nothing of its time.
  let time: WallTime?

  /// Nil for an empty line.
  init?(_ text: ByteBuffer) throws(Problem) {
    guard let value = try Self.parse(text) else { return nil }
    guard case .object(let members) = value else { throw Problem("a record is a JSON object") }
    if let content = try Self.bundle(members) {
      (self.content, time) = (content, nil)
      return
    }
    var fields = Fields()
    for member in members { try fields.read(member) }
    time = try fields.time()
    content = try fields.content()
  }

  /// The lines of a bundle are known by their first key.
  private static func bundle(_ members: [JSONValue.Member]) throws(Problem) -> Content? {
    guard let first = members.first else { return nil }
    switch first.key {
    case "mqttws_bundle":
      guard first.value.integer == BundleEncoder.format else {
        throw Problem("the bundle is of a format that this version does not know")
      }
      return .remarks(BundleRemarks.header(members))
    case "report": return .remarks(BundleRemarks.report(first.value))
    case "trace": return .trace
    case "wire":
      guard let record = BundleEvent.record(first.value) else { throw Problem("wire is no event") }
      return .wire(record)
    default: return nil
    }
  }

  private static func parse(_ text: ByteBuffer) throws(Problem) -> JSONValue? {
    let result = text.withUnsafeReadableBytes { bytes -> Result<JSONValue?, JSONError> in
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return .success(nil) }
      do throws(JSONError) {
        return .success(try JSONParser.parse(bytes, limit: bytes.count))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw Problem("column \(error.column): \(error.reason)")
    }
  }
}

extension RecordingLine {
  /// The members that a record is made of, as they were found.
  private struct Fields {
    private var topic: String?
    private var payload = ""
    private var isBase64 = false
    private var qos = QoS.atMostOnce
    private var retain = false
    private var isDuplicate = false
    private var identifier: UInt16?
    private var properties = Properties()
    private var subscriptions: [UInt32] = []
    private var nanoseconds: Int64?
    private var timestamp: String?
    private var gap: (messages: UInt64?, reason: String)?

    mutating func read(_ member: JSONValue.Member) throws(Problem) {
      let value = member.value
      switch member.key {
      case "topic": topic = try text(member)
      case "payload": payload = value == .null ? "" : try text(member)
      case "payload_encoding": isBase64 = try encoding(member) == "base64"
      case "qos":
        guard let qos = QoS(rawValue: UInt8(try number(member, 0...2))) else { return }
        self.qos = qos
      case "retain": retain = try flag(member)
      case "dup": isDuplicate = try flag(member)
      case "mid": identifier = UInt16(try number(member, 1...65_535))
      case "properties": properties = try RecordedProperties.properties(value)
      case "subscription_ids":
        guard let list = value.array else { throw Problem("subscription_ids is no list") }
        subscriptions = []
        for element in list {
          let number = try number(JSONValue.Member(member.key, element), 1...268_435_455)
          subscriptions.append(UInt32(number))
        }
      case "timestamp_ns":
        guard let number = value.integer else { throw Problem("timestamp_ns is no whole number") }
        nanoseconds = Int64(number)
      case "tst": timestamp = value.string
      case "gap":
        let count = value["messages"]?.integer
        gap = (count.map { UInt64(clamping: $0) }, value["reason"]?.string ?? "")
      default: break
      }
    }

    func time() throws(Problem) -> WallTime? {
      if let nanoseconds { return WallTime(nanoseconds: nanoseconds) }
      guard let timestamp else { return nil }
      guard let time = WallTime(iso8601: timestamp) else { throw Problem("tst is no time") }
      return time
    }

    func content() throws(Problem) -> Content {
      if let gap { return .gap(messages: gap.messages, reason: gap.reason) }
      guard let topic else { throw Problem("there is no topic") }
      do throws(TopicError) {
        try TopicName.validate(topic)
      } catch {
        throw Problem("the topic \(error.reason.words)")
      }
      var message = Message(topic: topic, payload: try bytes(), qos: qos, retain: retain)
      message.properties = properties
      if !subscriptions.isEmpty { RecordedProperties.place(subscriptions, in: &message.properties) }
      return .message(
        Publish(
          message: message, isDuplicate: isDuplicate,
          packetIdentifier: qos == .atMostOnce ? nil : identifier))
    }

    private func bytes() throws(Problem) -> ByteBuffer {
      guard isBase64 else { return ByteBuffer(string: payload) }
      guard let bytes = Base64.decode(payload) else { throw Problem("the payload is not base 64") }
      return ByteBuffer(bytes: bytes)
    }

    private func text(_ member: JSONValue.Member) throws(Problem) -> String {
      guard let text = member.value.string else { throw Problem("\(member.key) is no string") }
      return text
    }

    private func encoding(_ member: JSONValue.Member) throws(Problem) -> String {
      let name = try text(member)
      guard name == "base64" || name == "utf8" else {
        throw Problem("payload_encoding is neither utf8 nor base64")
      }
      return name
    }

    private func flag(_ member: JSONValue.Member) throws(Problem) -> Bool {
      if let flag = member.value.bool { return flag }
      return try number(member, 0...1) == 1
    }

    private func number(_ member: JSONValue.Member, _ range: ClosedRange<Int>) throws(Problem) -> Int {
      guard let number = member.value.integer, range.contains(number) else {
        throw Problem("\(member.key) is no number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }
}
