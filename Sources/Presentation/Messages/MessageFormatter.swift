import MQTTPackets
import NIOCore
import Text

/// Turns messages into bytes, appended to a buffer that the caller owns and reuses. Nothing is allocated
/// a message but what `out` needs to grow.
package struct MessageFormatter {
  package let format: MessageFormat
  package let layout: MessageLayout
  /// What pretty and json show in addition to, or in place of, the bytes.
  package let decoding: PayloadDecoding
  var clock: ClockText
  var timestamp: TimestampText?
  /// How wide the topics of the pretty form have been, up to a limit: what follows them is aligned.
  var topicColumns = 0

  package init(
    _ format: MessageFormat, layout: MessageLayout = MessageLayout(), decoding: PayloadDecoding = .none
  ) {
    self.format = format
    self.decoding = decoding
    self.layout = layout
    clock = ClockText(layout.zone)
    timestamp = layout.timestamps.map(TimestampText.init)
  }

  /// Appends `message` with its line end. The problem, if any, is for stderr.
  @discardableResult
  package mutating func append(
    _ message: borrowing ReceivedMessage, to output: inout [UInt8]
  ) -> FormatProblem? {
    switch format {
    case .payload: appendPayload(message, &output)
    case .json:
      appendJSON(message, &output)
      endLine(&output)
    case .hex: appendEncoded(message, &output) { Hexadecimal.append($0, to: &$1) }
    case .base64: appendEncoded(message, &output) { Base64.append($0, to: &$1) }
    case .pretty: appendPretty(message, &output)
    case .template(let template):
      let problem = append(template, message, &output)
      endLine(&output)
      return problem
    }
    return nil
  }

  @inline(__always)
  func endLine(_ output: inout [UInt8]) {
    if layout.endsLines { output.append(0x0A) }
  }

  /// mosquitto_sub prints an empty payload as nothing, or as `(null)` with `-v` unless `-N` is set; so is it
  /// behind a timestamp.
  private mutating func appendPayload(_ received: borrowing ReceivedMessage, _ output: inout [UInt8]) {
    if received.publish.message.payload.readableBytes == 0 {
      guard layout.showsTopic || layout.timestamps != nil, layout.endsLines else { return }
      appendBeginning(of: received.publish.message, receivedAt: received.receivedAt, to: &output)
      output.append(ascii: "(null)\n")
      return
    }
    appendBeginning(of: received.publish.message, receivedAt: received.receivedAt, to: &output)
    received.publish.message.payload.withUnsafeReadableBytes { append(foreign: $0, .lines, &output) }
    endLine(&output)
  }

  private mutating func appendEncoded(
    _ received: borrowing ReceivedMessage, _ output: inout [UInt8],
    _ encode: (UnsafeRawBufferPointer, inout [UInt8]) -> Void
  ) {
    appendBeginning(of: received.publish.message, receivedAt: received.receivedAt, to: &output)
    received.publish.message.payload.withUnsafeReadableBytes { encode($0, &output) }
    endLine(&output)
  }

  /// What a peer chose: sanitised where a terminal reads it, else as it is.
  @inline(__always)
  func append(foreign bytes: UnsafeRawBufferPointer, _ form: Sanitiser.Form, _ output: inout [UInt8]) {
    if layout.sanitises {
      Sanitiser.append(bytes, as: form, asciiOnly: layout.asciiOnly, to: &output)
    } else {
      output.append(contentsOf: bytes)
    }
  }

  @inline(__always)
  func append(foreign text: String, _ output: inout [UInt8]) {
    text.withUTF8Bytes { append(foreign: $0, .line, &output) }
  }
}

extension String {
  /// The UTF-8 bytes, without a copy for native strings.
  @inline(__always)
  func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
      return result
    }
    return Array(utf8).withUnsafeBytes(body)
  }
}

extension [UInt8] {
  /// A literal, without a String in between.
  @inline(__always)
  mutating func append(ascii text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
