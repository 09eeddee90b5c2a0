import MQTTPackets
import NIOCore
import Text

/// The fields of `-F`. Widths count bytes, as mosquitto_sub's do; what it ignores is ignored here.
extension MessageFormatter {
  mutating func append(
    _ template: FormatTemplate, _ received: borrowing ReceivedMessage, _ output: inout [UInt8]
  ) -> FormatProblem? {
    var problem: FormatProblem?
    for piece in template.pieces {
      switch piece {
      case .literal(let bytes): output.append(contentsOf: bytes)
      case .nanoseconds: output.append(decimal: UInt(received.receivedAt.subsecond), digits: 9)
      case .time(let conversion): clock.append(conversion: conversion, received.receivedAt, &output)
      case .field(let field, let layout):
        if let found = append(field, layout, received, &output) { problem = found }
      }
    }
    return problem
  }

  private mutating func append(
    _ field: FormatTemplate.Field, _ layout: FormatTemplate.Layout,
    _ received: borrowing ReceivedMessage, _ output: inout [UInt8]
  ) -> FormatProblem? {
    switch field {
    case .topic: append(text: received.publish.message.topic, layout, &output)
    case .payload: append(payload: received.publish.message.payload, layout, &output)
    case .lowerHex: append(hex: received.publish.message.payload, layout, uppercase: false, &output)
    case .upperHex: append(hex: received.publish.message.payload, layout, uppercase: true, &output)
    case .payloadLength: append(number: received.publish.message.payload.readableBytes, layout, &output)
    case .packetIdentifier:
      append(number: Int(received.publish.packetIdentifier ?? 0), layout, &output)
    case .qos: output.append(0x30 + received.publish.message.qos.rawValue)
    case .retain: output.append(received.publish.message.retain ? 0x31 : 0x30)
    case .isoTime, .unixTime: append(time: received.receivedAt, field, layout, &output)
    case .json: return appendMosquittoJSON(received, isPayloadJSON: false, &output)
    case .jsonPayload: return appendMosquittoJSON(received, isPayloadJSON: true, &output)
    case .float, .double:
      return append(float: received.publish.message.payload, isDouble: field == .double, layout, &output)
    default: appendProperty(field, layout, received.publish.message.properties, &output)
    }
    return nil
  }

  private func appendProperty(
    _ field: FormatTemplate.Field, _ layout: FormatTemplate.Layout,
    _ properties: borrowing Properties, _ output: inout [UInt8]
  ) {
    switch field {
    case .topicAlias: append(number: properties.topicAlias.map(Int.init), layout, &output)
    case .messageExpiry: append(number: properties.messageExpiryInterval.map(Int.init), layout, &output)
    case .payloadFormat: append(number: properties.payloadFormatIndicator.map(Int.init), layout, &output)
    case .subscriptionIdentifier:
      append(number: properties.subscriptionIdentifiers.first.map(Int.init), layout, &output)
    case .contentType:
      if let type = properties.contentType {
        append(text: type, layout, &output)
      } else {
        pad(0x20, layout.width, &output)
      }
    case .responseTopic:
      if let topic = properties.responseTopic { append(text: topic, layout, &output) }
    case .correlationData:
      properties.correlationData?.withUnsafeReadableBytes { append(foreign: $0, .line, &output) }
    case .userProperties: appendUserProperties(properties, &output)
    default: break
    }
  }

  /// An absent number is blanks, or zeros where those were asked for.
  private func append(number: Int?, _ layout: FormatTemplate.Layout, _ output: inout [UInt8]) {
    guard let number else { return pad(layout.padding, layout.width, &output) }
    let start = output.count
    output.append(decimal: number)
    let missing = layout.width - (output.count - start)
    if missing <= 0 { return }
    if layout.isLeftAligned {
      pad(0x20, missing, &output)
    } else {
      output.insert(contentsOf: repeatElement(layout.padding, count: missing), at: start)
    }
  }

  private func append(text: String, _ layout: FormatTemplate.Layout, _ output: inout [UInt8]) {
    text.withUTF8Bytes { bytes in
      append(bytes: shortened(bytes, to: layout.precision), layout, padding: 0x20, .line, &output)
    }
  }

  private func append(payload: ByteBuffer, _ layout: FormatTemplate.Layout, _ output: inout [UInt8]) {
    payload.withUnsafeReadableBytes { bytes in
      let limit = layout.width > 0 ? layout.width : nil
      append(bytes: shortened(bytes, to: limit), layout, padding: layout.padding, .lines, &output)
    }
  }

  private func shortened(_ bytes: UnsafeRawBufferPointer, to limit: Int?) -> UnsafeRawBufferPointer {
    guard let limit, limit < bytes.count else { return bytes }
    return UnsafeRawBufferPointer(rebasing: bytes[..<limit])
  }

  private func append(
    bytes: UnsafeRawBufferPointer, _ layout: FormatTemplate.Layout, padding: UInt8,
    _ form: Sanitiser.Form, _ output: inout [UInt8]
  ) {
    let missing = layout.width - bytes.count
    if !layout.isLeftAligned { pad(padding, missing, &output) }
    append(foreign: bytes, form, &output)
    if layout.isLeftAligned { pad(0x20, missing, &output) }
  }

  /// With a width, mosquitto_sub 2.0 shows half as many bytes as the smaller of width and payload.
  private func append(
    hex payload: ByteBuffer, _ layout: FormatTemplate.Layout, uppercase: Bool, _ output: inout [UInt8]
  ) {
    payload.withUnsafeReadableBytes { bytes in
      var count = bytes.count
      if layout.width > 0 { count = min(count, layout.width) / 2 }
      let missing = layout.width > 0 ? layout.width - count * 2 : 0
      if !layout.isLeftAligned { pad(layout.padding, missing, &output) }
      let shown = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      if let group = layout.precision, group > 0 {
        append(groupedHex: shown, group, layout.separator, uppercase, &output)
      } else {
        Hexadecimal.append(shown, uppercase: uppercase, to: &output)
      }
      if layout.isLeftAligned { pad(0x20, missing, &output) }
    }
  }

  private func append(
    groupedHex bytes: UnsafeRawBufferPointer, _ group: Int, _ separator: UInt8, _ uppercase: Bool,
    _ output: inout [UInt8]
  ) {
    for digit in 0..<(bytes.count * 2) {
      if digit > 0, digit % group == 0 { output.append(separator) }
      let nibble = digit % 2 == 0 ? bytes[digit / 2] >> 4 : bytes[digit / 2] & 0xF
      output.append(uppercase ? Hexadecimal.upper(nibble) : Hexadecimal.lower(nibble))
    }
  }

  private mutating func append(
    time: WallTime, _ field: FormatTemplate.Field, _ layout: FormatTemplate.Layout,
    _ output: inout [UInt8]
  ) {
    if field == .unixTime {
      output.append(decimal: Int(time.seconds))
      output.append(0x2E)
      output.append(decimal: UInt(time.subsecond), digits: 9)
      return
    }
    if layout == FormatTemplate.Layout() { return clock.appendSeconds(time, &output) }
    var text: [UInt8] = []
    clock.appendSeconds(time, &text)
    text.withUnsafeBytes { bytes in
      append(bytes: shortened(bytes, to: layout.precision), layout, padding: 0x20, .line, &output)
    }
  }

  private func appendUserProperties(_ properties: borrowing Properties, _ output: inout [UInt8]) {
    var isFirst = true
    for property in properties.elements {
      guard case .userProperty(let name, let value) = property else { continue }
      if !isFirst { output.append(0x20) }
      isFirst = false
      append(foreign: name, &output)
      output.append(0x3A)
      append(foreign: value, &output)
    }
  }

  private func pad(_ byte: UInt8, _ count: Int, _ output: inout [UInt8]) {
    if count > 0 { output.append(contentsOf: repeatElement(byte, count: count)) }
  }
}
