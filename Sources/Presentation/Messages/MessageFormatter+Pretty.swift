import MQTTPackets
import NIOCore
import Text

/// The form for people: `14:48:56.195 topic (q1, retained) payload`. JSON that is long is indented, text
/// of several lines too; what is not text is dumped. Properties follow on a line of their own, but for
/// those that the form itself shows. Always sanitised: its readers are eyes.
extension MessageFormatter {
  private static let longestJSONLine = 100
  private static let largestPrettyJSON = 1 << 20
  private static let dumpedBytes = 256
  /// A longer topic pushes its payload to the right, and none but its own.
  private static let widestTopic = 32
  /// Up to 9,999 seconds keep what follows aligned.
  private static let differenceColumns = 14

  private enum Style {
    case time
    case topic
    case note

    var start: StaticString {
      switch self {
      case .time, .note: "\u{1B}[2m"
      case .topic: "\u{1B}[1;36m"
      }
    }
  }

  mutating func appendPretty(_ received: borrowing ReceivedMessage, _ output: inout [UInt8]) {
    let message = received.publish.message
    begin(.time, &output)
    appendTime(received.receivedAt, &output)
    end(&output)
    output.append(0x20)
    appendTopic(message.topic, &output)
    appendFlags(received.publish, &output)
    let payloadStart = output.count
    if decoding == .none || !appendDocument(of: message, &output) {
      message.payload.withUnsafeReadableBytes { append(payload: $0, &output) }
    }
    if !message.properties.isEmpty { insert(propertiesOf: message, below: payloadStart, &output) }
    endLine(&output)
  }

  private mutating func appendTime(_ time: WallTime, _ output: inout [UInt8]) {
    if timestamp == nil {
      clock.appendTimeOfDay(time, &output)
    } else {
      timestamp?.append(time, &clock, columns: Self.differenceColumns, to: &output)
    }
  }

  private mutating func appendTopic(_ topic: String, _ output: inout [UInt8]) {
    begin(.topic, &output)
    let start = output.count
    sanitise(topic, &output)
    let columns = output[start...].count { $0 & 0xC0 != 0x80 }
    end(&output)
    if columns <= Self.widestTopic { topicColumns = max(topicColumns, columns) }
    for _ in 0..<max(topicColumns - columns, 0) { output.append(0x20) }
  }

  private func begin(_ style: Style, _ output: inout [UInt8]) {
    if layout.colours { output.append(ascii: style.start) }
  }

  private func end(_ output: inout [UInt8]) {
    if layout.colours { output.append(ascii: "\u{1B}[0m") }
  }

  private func sanitise(_ text: String, _ output: inout [UInt8]) {
    Sanitiser.append(text, as: .line, asciiOnly: layout.asciiOnly, to: &output)
  }

  private func sanitise(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
    Sanitiser.append(bytes, as: .line, asciiOnly: layout.asciiOnly, to: &output)
  }

  private func note(_ text: StaticString, _ output: inout [UInt8]) {
    begin(.note, &output)
    output.append(ascii: text)
    end(&output)
  }

  private func appendFlags(_ publish: borrowing Publish, _ output: inout [UInt8]) {
    let message = publish.message
    guard message.qos != .atMostOnce || message.retain || publish.isDuplicate else { return }
    output.append(0x20)
    begin(.note, &output)
    var isFirst = true
    func add(_ text: StaticString, _ output: inout [UInt8]) {
      output.append(ascii: isFirst ? "(" : ", ")
      output.append(ascii: text)
      isFirst = false
    }
    if message.qos == .atLeastOnce { add("q1", &output) }
    if message.qos == .exactlyOnce { add("q2", &output) }
    if message.retain { add("retained", &output) }
    if publish.isDuplicate { add("dup", &output) }
    output.append(0x29)
    end(&output)
  }

  /// Under the first line, above the others of the payload.
  private func insert(propertiesOf message: borrowing Message, below start: Int, _ output: inout [UInt8]) {
    var text: [UInt8] = []
    let payloadIsText = message.payload.withUnsafeReadableBytes { isText($0) }
    for property in message.properties.elements where !isShown(property, payloadIsText) {
      text.append(ascii: text.isEmpty ? "\n  " : ", ")
      append(property: property, &text)
    }
    if text.isEmpty { return }
    let end = output[start...].firstIndex(of: 0x0A) ?? output.count
    output.insert(contentsOf: text, at: end)
  }

  /// Whether the payload as it is printed says the same.
  private func isShown(_ property: Property, _ payloadIsText: Bool) -> Bool {
    switch property {
    case .payloadFormatIndicator: true
    case .contentType(let type): payloadIsText && (type.hasPrefix("text/plain") || type.contains("json"))
    default: false
    }
  }

  private func append(property: Property, _ output: inout [UInt8]) {
    begin(.note, &output)
    PropertyText.appendKey(property, &output)
    output.append(ascii: ": ")
    switch PropertyText.value(property) {
    case .number(let number): output.append(decimal: Int(number))
    case .text(let text): sanitise(text, &output)
    case .bytes(let bytes): bytes.withUnsafeReadableBytes { sanitise($0, &output) }
    case .pair(let name, let value):
      sanitise(name, &output)
      output.append(ascii: " = ")
      sanitise(value, &output)
    }
    end(&output)
  }

  /// Whether there was one. What is wrong with it is noted before the bytes.
  private func appendDocument(of message: borrowing Message, _ output: inout [UInt8]) -> Bool {
    switch decoding.document(of: message) {
    case .success(let value):
      var text: [UInt8] = []
      let escaping: JSONString.Escaping = layout.asciiOnly ? .ascii : .terminal
      value.append(to: &text, escaping: escaping)
      if text.count > Self.longestJSONLine {
        text.removeAll(keepingCapacity: true)
        value.append(to: &text, escaping: escaping, indentation: 2)
      }
      text.withUnsafeBytes { appendLines($0, text.contains(0x0A), &output) }
      return true
    case .failure(let problem):
      output.append(0x20)
      begin(.note, &output)
      output.append(0x28)
      sanitise(problem.text, &output)
      output.append(0x29)
      end(&output)
      return false
    case nil: return false
    }
  }

  private func append(payload: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
    if payload.isEmpty {
      output.append(0x20)
      note("(empty)", &output)
    } else if !isText(payload) {
      appendDump(payload, &output)
    } else if payload[0] == 0x7B || payload[0] == 0x5B, payload.count > Self.longestJSONLine {
      appendLongJSON(payload, &output)
    } else {
      appendLines(payload, false, &output)
    }
  }

  private func isText(_ payload: UnsafeRawBufferPointer) -> Bool {
    UTF8Scanner.isValid(payload) && !payload.contains(0)
  }

  private func appendLongJSON(_ payload: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
    guard payload.count <= Self.largestPrettyJSON else {
      output.append(0x20)
      note("(too large to pretty print)", &output)
      return appendLines(payload, true, &output)
    }
    guard let value = try? JSONParser.parse(payload, limit: Self.largestPrettyJSON) else {
      return appendLines(payload, false, &output)
    }
    var text: [UInt8] = []
    value.append(to: &text, escaping: layout.asciiOnly ? .ascii : .terminal, indentation: 2)
    text.withUnsafeBytes { appendLines($0, true, &output) }
  }

  /// On the same line when it is one line, else below and indented. A line feed at the end of the
  /// payload is not shown as a further line.
  private func appendLines(_ text: UnsafeRawBufferPointer, _ isSplit: Bool, _ output: inout [UInt8]) {
    let content = text.last == 0x0A ? UnsafeRawBufferPointer(rebasing: text.dropLast()) : text
    guard isSplit || content.contains(0x0A) else {
      output.append(0x20)
      return sanitise(content, &output)
    }
    for line in content.split(separator: 0x0A, omittingEmptySubsequences: false) {
      output.append(ascii: "\n  ")
      sanitise(UnsafeRawBufferPointer(rebasing: line), &output)
    }
  }

  /// `0000  00 01 … 0f  |................|`
  private func appendDump(_ payload: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
    output.append(0x20)
    begin(.note, &output)
    output.append(0x28)
    output.append(decimal: payload.count)
    output.append(ascii: payload.count == 1 ? " byte)" : " bytes)")
    end(&output)
    var offset = 0
    while offset < min(payload.count, Self.dumpedBytes) {
      output.append(ascii: "\n  ")
      let row = UnsafeRawBufferPointer(rebasing: payload[offset..<min(offset + 16, payload.count)])
      append(dumpRow: row, at: offset, &output)
      offset += 16
    }
    guard payload.count > Self.dumpedBytes else { return }
    output.append(ascii: "\n  ")
    begin(.note, &output)
    output.append(ascii: "... ")
    output.append(decimal: payload.count - Self.dumpedBytes)
    output.append(ascii: " bytes more (--format hex shows all)")
    end(&output)
  }

  private func append(dumpRow row: UnsafeRawBufferPointer, at offset: Int, _ output: inout [UInt8]) {
    for shift in [12, 8, 4, 0] { output.append(Hexadecimal.lower(UInt8(offset >> shift & 0xF))) }
    output.append(0x20)
    for column in 0..<16 {
      output.append(0x20)
      if column < row.count {
        output.append(Hexadecimal.lower(row[column] >> 4))
        output.append(Hexadecimal.lower(row[column] & 0xF))
      } else {
        output.append(ascii: "  ")
      }
    }
    output.append(ascii: "  |")
    for byte in row { output.append(byte >= 0x20 && byte < 0x7F ? byte : 0x2E) }
    output.append(0x7C)
  }
}
