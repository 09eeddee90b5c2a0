import MQTTPackets
import NIOCore
import Text

/// The NDJSON form: every key of mosquitto_sub's `%j`, then ours. Payload and correlation data that are
/// not UTF-8 are base 64 and say so, hence any bytes survive.
extension MessageFormatter {
  mutating func appendJSON(_ received: borrowing ReceivedMessage, _ output: inout [UInt8]) {
    appendHead(received, &output)
    let isText = appendBody(received.publish.message, isNested: true, &output)
    if isText {
      output.append(ascii: ",\"payload_encoding\":\"utf8\",\"timestamp_ns\":")
    } else {
      output.append(ascii: ",\"payload_encoding\":\"base64\",\"timestamp_ns\":")
    }
    output.append(decimal: Int(received.receivedAt.nanoseconds))
    output.append(ascii: received.publish.isDuplicate ? ",\"dup\":1" : ",\"dup\":0")
    appendSubscriptionIdentifiers(received.publish.message.properties, &output)
    if decoding != .none { appendDocument(of: received.publish.message, &output) }
    output.append(0x7D)
  }

  /// Beside the payload, which stays as it came.
  private func appendDocument(of message: borrowing Message, _ output: inout [UInt8]) {
    switch decoding.document(of: message) {
    case .success(let value):
      output.append(ascii: ",\"payload_decoded\":")
      value.append(to: &output, escaping: escaping)
    case .failure(let problem):
      output.append(ascii: ",\"payload_problem\":")
      JSONString.append(problem.text, escaping: escaping, to: &output)
    case nil: break
    }
  }

  /// `%j` and `%J`: mosquitto_sub's keys and values alone. `%J` needs a payload that is JSON.
  mutating func appendMosquittoJSON(
    _ received: borrowing ReceivedMessage, isPayloadJSON: Bool, _ output: inout [UInt8]
  ) -> FormatProblem? {
    let start = output.count
    appendHead(received, &output)
    if received.publish.message.payload.readableBytes == 0 {
      appendProperties(received.publish.message.properties, isNested: false, &output)
      output.append(ascii: ",\"payload\":null")
    } else if isPayloadJSON {
      appendProperties(received.publish.message.properties, isNested: false, &output)
      output.append(ascii: ",\"payload\":")
      guard appendParsedPayload(received.publish.message.payload, &output) else {
        output.removeLast(output.count - start)
        return .payloadIsNotJSON
      }
    } else if !appendBody(received.publish.message, isNested: false, &output) {
      output.append(ascii: ",\"payload_encoding\":\"base64\"")
    }
    output.append(0x7D)
    return nil
  }

  private var escaping: JSONString.Escaping {
    layout.sanitises ? (layout.asciiOnly ? .ascii : .terminal) : .required
  }

  private mutating func appendHead(_ received: borrowing ReceivedMessage, _ output: inout [UInt8]) {
    output.append(ascii: "{\"tst\":\"")
    clock.appendMicroseconds(received.receivedAt, &output)
    output.append(ascii: "\",\"topic\":")
    appendFacts(received.publish.message, &output)
    if let identifier = received.publish.packetIdentifier {
      output.append(ascii: ",\"mid\":")
      output.append(decimal: Int(identifier))
    }
  }

  private func appendFacts(_ message: borrowing Message, _ output: inout [UInt8]) {
    message.topic.withUTF8Bytes { JSONString.append(utf8: $0, escaping: escaping, to: &output) }
    output.append(ascii: ",\"qos\":")
    output.append(0x30 + message.qos.rawValue)
    output.append(ascii: message.retain ? ",\"retain\":1" : ",\"retain\":0")
    output.append(ascii: ",\"payloadlen\":")
    output.append(decimal: message.payload.readableBytes)
  }

  /// Whether the payload was text.
  private func appendBody(
    _ message: borrowing Message, isNested: Bool, _ output: inout [UInt8]
  ) -> Bool {
    appendProperties(message.properties, isNested: isNested, &output)
    output.append(ascii: ",\"payload\":")
    return message.payload.withUnsafeReadableBytes { appendText(orBase64: $0, &output) }
  }

  /// Whether it was text.
  private func appendText(orBase64 bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) -> Bool {
    if UTF8Scanner.isValid(bytes) {
      JSONString.append(utf8: bytes, escaping: escaping, to: &output)
      return true
    }
    output.append(0x22)
    Base64.append(bytes, to: &output)
    output.append(0x22)
    return false
  }

  private func appendParsedPayload(_ payload: ByteBuffer, _ output: inout [UInt8]) -> Bool {
    payload.withUnsafeReadableBytes { bytes in
      guard let value = try? JSONParser.parse(bytes, limit: bytes.count) else { return false }
      value.append(to: &output, escaping: escaping)
      return true
    }
  }

  /// `isNested` writes user properties as a list of one-member objects, which keeps order and repeated
  /// names in every JSON reader; otherwise they are one object, as mosquitto_sub 2.0 has it.
  private func appendProperties(
    _ properties: borrowing Properties, isNested: Bool, _ output: inout [UInt8]
  ) {
    if properties.isEmpty { return }
    output.append(ascii: ",\"properties\":{")
    var isFirst = true
    var hasIdentifier = false
    var hasUserProperties = false
    for property in properties.elements {
      if case .userProperty = property {
        hasUserProperties = true
        continue
      }
      // Further subscription identifiers stand in the list of all of them.
      if case .subscriptionIdentifier = property {
        if hasIdentifier { continue }
        hasIdentifier = true
      }
      separate(&isFirst, &output)
      append(property, &output)
    }
    if hasUserProperties {
      separate(&isFirst, &output)
      output.append(ascii: "\"user-properties\":")
      appendUserProperties(properties, isNested, &output)
    }
    output.append(0x7D)
  }

  private func separate(_ isFirst: inout Bool, _ output: inout [UInt8]) {
    if !isFirst { output.append(0x2C) }
    isFirst = false
  }

  private func append(_ property: Property, _ output: inout [UInt8]) {
    output.append(0x22)
    PropertyText.appendKey(property, &output)
    output.append(ascii: "\":")
    switch PropertyText.value(property) {
    case .number(let number): output.append(decimal: Int(number))
    case .text(let text): JSONString.append(text, escaping: escaping, to: &output)
    case .bytes(let bytes):
      let isText = bytes.withUnsafeReadableBytes { appendText(orBase64: $0, &output) }
      if !isText {
        output.append(ascii: ",\"")
        PropertyText.appendKey(property, &output)
        output.append(ascii: "-encoding\":\"base64\"")
      }
    case .pair(_, let value): JSONString.append(value, escaping: escaping, to: &output)
    }
  }

  private func appendUserProperties(
    _ properties: borrowing Properties, _ isNested: Bool, _ output: inout [UInt8]
  ) {
    output.append(isNested ? 0x5B : 0x7B)
    var isFirst = true
    for property in properties.elements {
      guard case .userProperty(let name, let value) = property else { continue }
      separate(&isFirst, &output)
      if isNested { output.append(0x7B) }
      JSONString.append(name, escaping: escaping, to: &output)
      output.append(0x3A)
      JSONString.append(value, escaping: escaping, to: &output)
      if isNested { output.append(0x7D) }
    }
    output.append(isNested ? 0x5D : 0x7D)
  }

  private func appendSubscriptionIdentifiers(
    _ properties: borrowing Properties, _ output: inout [UInt8]
  ) {
    var count = 0
    for property in properties.elements {
      guard case .subscriptionIdentifier(let identifier) = property else { continue }
      output.append(ascii: count == 0 ? ",\"subscription_ids\":[" : ",")
      output.append(decimal: Int(identifier))
      count += 1
    }
    if count > 0 { output.append(0x5D) }
  }
}
