import Text

/// Writes a recording: the lines of `sub --format json`, and a line for each gap. What it appends is
/// whole lines, so that whatever was written by then is a recording.
package struct RecordingWriter {
  private var formatter: MessageFormatter

  /// `zone` is that of the `tst` for people; a reader goes by `timestamp_ns`.
  package init(zone: MessageLayout.TimeZone = .local) {
    formatter = MessageFormatter(.json, layout: MessageLayout(zone: zone))
  }

  package mutating func append(_ message: borrowing ReceivedMessage, to output: inout [UInt8]) {
    formatter.append(message, to: &output)
  }

  /// `{"tst":"…","gap":{"messages":12,"reason":"…"},"timestamp_ns":…}`
  package mutating func append(_ gap: RecordingGap, to output: inout [UInt8]) {
    output.append(ascii: "{\"tst\":\"")
    formatter.clock.appendMicroseconds(gap.at, &output)
    output.append(ascii: "\",\"gap\":{")
    if let messages = gap.messages {
      output.append(ascii: "\"messages\":")
      output.append(decimal: Int(clamping: messages))
      output.append(0x2C)
    }
    output.append(ascii: "\"reason\":")
    JSONString.append(gap.reason, to: &output)
    output.append(ascii: "},\"timestamp_ns\":")
    output.append(decimal: Int(gap.at.nanoseconds))
    output.append(ascii: "}\n")
  }
}
