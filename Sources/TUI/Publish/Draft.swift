import MQTTPackets
import NIOCore
import Text

/// What is in the publish form, as it was typed.
struct Draft: Sendable, Equatable {
  enum PayloadKind: Int, CaseIterable, Sendable {
    case text, hex, file

    var name: String {
      switch self {
      case .text: "text"
      case .hex: "hex"
      case .file: "file"
      }
    }
  }

  /// Why it cannot be sent, and in which field.
  struct Problem: Error, Equatable {
    var field: FormField
    var message: String
  }

  var texts: [FormField: LineEditor] = [:]
  var qos = QoS.atMostOnce
  var isRetained = false
  var isText = false
  var payloadKind = PayloadKind.text
  var payload = TextEditor()

  init() {}

  /// What a message says of itself but topic and payload. It is not retained: that would outlive the draft.
  init(_ message: StoredMessage, _ version: ProtocolVersion) {
    qos = message.qos
    guard version == .v5 else { return }
    isText = message.properties.payloadFormatIndicator == 1
    if let type = message.properties.contentType { texts[.contentType] = LineEditor(type) }
  }

  func text(_ field: FormField) -> String { texts[field]?.text ?? "" }

  /// How often to send; 1 when the field is empty.
  func repeats() throws(Problem) -> Int {
    let text = text(.repeatCount)
    if text.isEmpty { return 1 }
    guard let count = Int(text), (1...1_000_000).contains(count) else {
      throw Problem(field: .repeatCount, message: "a number from 1 to 1,000,000")
    }
    return count
  }

  /// The time between two; one second when the field is empty.
  func interval() throws(Problem) -> Duration {
    let text = text(.repeatInterval)
    if text.isEmpty { return .seconds(1) }
    let units: [(suffix: String, scale: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)]
    for unit in units where text.hasSuffix(unit.suffix) {
      guard let value = Double(text.dropLast(unit.suffix.count)), value.isFinite else { continue }
      let seconds = value * unit.scale
      guard seconds >= 0.001, seconds <= 86_400 else { break }
      return .nanoseconds(Int64(seconds * 1e9))
    }
    throw Problem(field: .repeatInterval, message: "a time such as 250ms, 1s or 5m")
  }

  /// The payload as bytes; for a file what was read.
  func payloadBytes(file: [UInt8]?) throws(Problem) -> [UInt8] {
    switch payloadKind {
    case .text: return Array(payload.text.utf8)
    case .hex:
      guard let bytes = HexText.bytes(payload.text) else {
        throw Problem(field: .payload, message: "hex: two digits a byte")
      }
      return bytes
    case .file: return file ?? []
    }
  }

  /// The path in the payload field.
  var path: String { payload.text.split(separator: "\n").first.map(String.init) ?? "" }

  func message(file: [UInt8]?, version: ProtocolVersion) throws(Problem) -> Message {
    let topic = text(.topic)
    do throws(TopicError) {
      try TopicName.validate(topic)
    } catch {
      throw Problem(field: .topic, message: "the topic \(error.reason.words)")
    }
    if payloadKind == .file, path.isEmpty { throw Problem(field: .payload, message: "the path of a file") }
    let bytes = try payloadBytes(file: file)
    _ = try repeats()
    _ = try interval()
    return Message(
      topic: topic, payload: ByteBuffer(bytes: bytes), qos: qos, retain: isRetained,
      properties: try properties(version))
  }

  private func properties(_ version: ProtocolVersion) throws(Problem) -> Properties {
    var properties = Properties()
    if isText { properties.append(.payloadFormatIndicator(1)) }
    if let expiry = try number(.expiry, upTo: .max) { properties.append(.messageExpiryInterval(expiry)) }
    if let alias = try number(.topicAlias, upTo: 65_535) {
      guard alias > 0 else { throw Problem(field: .topicAlias, message: "a number from 1 to 65535") }
      properties.append(.topicAlias(UInt16(truncatingIfNeeded: alias)))
    }
    let response = text(.responseTopic)
    if !response.isEmpty {
      do throws(TopicError) {
        try TopicName.validate(response)
      } catch {
        throw Problem(field: .responseTopic, message: "the response topic \(error.reason.words)")
      }
      properties.append(.responseTopic(response))
    }
    if let data = try correlation() { properties.append(.correlationData(ByteBuffer(bytes: data))) }
    if !text(.contentType).isEmpty { properties.append(.contentType(text(.contentType))) }
    for (name, value) in try userProperties() { properties.append(.userProperty(name: name, value: value)) }
    if version == .v3_1_1, !properties.isEmpty {
      let field = FormField.allCases.first {
        $0.needsVersion5 && (!text($0).isEmpty || $0 == .isText && isText)
      }
      throw Problem(
        field: field ?? .isText, message: "3.1.1 has no properties: clear the field, or connect with -V 5")
    }
    return properties
  }

  private func number(_ field: FormField, upTo limit: UInt32) throws(Problem) -> UInt32? {
    let text = text(field)
    if text.isEmpty { return nil }
    guard let number = UInt32(text), number <= limit else {
      throw Problem(field: field, message: "a number from 0 to \(limit)")
    }
    return number
  }

  /// Text, or bytes behind `hex:`.
  private func correlation() throws(Problem) -> [UInt8]? {
    let text = text(.correlation)
    if text.isEmpty { return nil }
    guard text.hasPrefix("hex:") else { return Array(text.utf8) }
    guard let bytes = HexText.bytes(text.dropFirst(4)) else {
      throw Problem(field: .correlation, message: "hex: two digits a byte")
    }
    return bytes
  }

  /// `k=v ; k=v`; a backslash takes `;`, `=` and itself as they are.
  private func userProperties() throws(Problem) -> [(String, String)] {
    var result: [(String, String)] = []
    var name: String?
    var part = String.UnicodeScalarView()
    func trimmed(_ view: String.UnicodeScalarView) -> String {
      let rest = view.drop { $0 == " " }
      let end = rest.lastIndex { $0 != " " }.map(rest.index(after:)) ?? rest.startIndex
      return String(rest[..<end])
    }
    var isEscaped = false
    for scalar in text(.userProperties).unicodeScalars + [";"] {
      if isEscaped {
        part.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "=", name == nil {
        name = trimmed(part)
        part = .init()
      } else if scalar == ";" {
        let text = trimmed(part)
        part = .init()
        if let key = name {
          result.append((key, text))
          name = nil
        } else if !text.isEmpty {
          throw Problem(field: .userProperties, message: "name=value, several after semicolons")
        }
      } else {
        part.append(scalar)
      }
    }
    return result
  }
}
