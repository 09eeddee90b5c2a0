import MQTTPackets
import Text

/// Turns a payload into output piece by piece: what comes out does not depend on where it is cut.
package struct PayloadCoder: Equatable, Sendable {
  package enum Form: Equatable, Sendable {
    case bytes
    case hex
    case base64
  }

  package let form: Form
  /// Bytes that are no whole group of base 64 yet, at most 2.
  private var rest: [UInt8] = []

  package init(_ form: Form) { self.form = form }

  package mutating func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    switch form {
    case .bytes: output.append(contentsOf: bytes)
    case .hex: Hexadecimal.append(bytes, to: &output)
    case .base64: appendGroups(bytes, to: &output)
    }
  }

  /// What is left at the end of the payload.
  package mutating func finish(_ output: inout [UInt8]) {
    rest.withUnsafeBytes { Base64.append($0, to: &output) }
    rest = []
  }

  private mutating func appendGroups(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    var start = 0
    if !rest.isEmpty {
      start = min(3 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<start])
      guard rest.count == 3 else { return }
      finish(&output)
    }
    let end = start + (bytes.count - start) / 3 * 3
    Base64.append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), to: &output)
    rest.append(contentsOf: bytes[end...])
  }
}

extension MessageFormatter {
  /// What puts out a payload piece by piece; nil for formats that need it whole.
  package var payloadCoder: PayloadCoder? {
    switch format {
    case .payload: layout.sanitises ? nil : PayloadCoder(.bytes)
    case .hex: PayloadCoder(.hex)
    case .base64: PayloadCoder(.base64)
    case .pretty, .json, .template: nil
    }
  }

  /// What stands before a payload that is put out piece by piece, and is not empty: once a message.
  package mutating func appendBeginning(
    of message: borrowing Message, receivedAt: WallTime, to output: inout [UInt8]
  ) {
    if timestamp != nil {
      timestamp?.append(receivedAt, &clock, to: &output)
      output.append(0x20)
    }
    guard layout.showsTopic else { return }
    append(foreign: message.topic, &output)
    output.append(0x20)
  }

  /// What stands behind it.
  package func appendEnd(to output: inout [UInt8]) { endLine(&output) }
}
